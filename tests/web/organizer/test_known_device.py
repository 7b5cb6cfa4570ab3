"""The browser an organizer has logged in with before, known for half a year and under earlier keys too."""

from dataclasses import replace

import pytest
from flask import Flask

from campaign.web import create_app
from campaign.web.organizer import cookies
from campaign.web.organizer.cookies import DEVICE
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import enter

OWNER = "owner@desk.example"


def device_cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie(DEVICE, domain="127.0.0.1")
    assert cookie is not None
    return cookie.value


def known_as(app: Flask, cookie: str, email: str = OWNER) -> str:
    """What the desk makes of a request with this cookie."""
    with app.test_request_context(headers={"Cookie": f"{DEVICE}={cookie}"}):
        return cookies.known_device(email)


def with_keys(app: Flask, clock: Clock, key: str, *fallbacks: str) -> Flask:
    runtime = app.extensions["campaign"]
    settings = replace(runtime.settings, secret_key=key, secret_key_fallbacks=fallbacks)
    return create_app(replace(runtime, settings=settings), clock=clock)


@pytest.fixture
def cookie(app: Flask) -> str:
    browser = Browser(app)
    enter(browser, OWNER)
    return device_cookie(browser)


def test_a_browser_is_known_for_the_account_it_logged_in_to_and_no_other(app: Flask, cookie: str) -> None:
    assert known_as(app, cookie)
    assert known_as(app, cookie, "Owner@Desk.example") == known_as(app, cookie)
    assert known_as(app, cookie, "editor@desk.example") == ""
    assert "desk" not in cookie


@pytest.mark.parametrize("forged", ["", ".", "x", "x.y.z", "x" * 5_000])
def test_a_cookie_that_somebody_made_up_is_no_known_browser(app: Flask, forged: str) -> None:
    assert known_as(app, forged) == ""


def test_a_browser_is_known_after_the_key_was_changed_and_until_half_a_year_is_over(
    app: Flask, clock: Clock, cookie: str
) -> None:
    earlier = app.extensions["campaign"].settings.secret_key
    rotated = with_keys(app, clock, "n" * 40, "m" * 40, earlier)
    assert known_as(rotated, cookie) == known_as(app, cookie) != ""
    assert known_as(with_keys(app, clock, "n" * 40), cookie) == ""
    clock.forward(days=181)
    assert known_as(rotated, cookie) == ""


def test_the_newest_key_names_the_browser(app: Flask, clock: Clock) -> None:
    earlier = app.extensions["campaign"].settings.secret_key
    rotated = with_keys(app, clock, "n" * 40, earlier)
    rotated.extensions["campaign_passwords"] = app.extensions["campaign_passwords"]
    rotated.testing = True
    browser = Browser(rotated)
    enter(browser, OWNER)
    assert known_as(with_keys(app, clock, "n" * 40), device_cookie(browser))
    assert known_as(app, device_cookie(browser)) == ""
