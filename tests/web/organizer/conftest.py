"""The desk in tests: passwords that are cheap to hash, an organizer of each role, a campaign."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.web import create_app, organizer
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock

PASSWORD = "marble otter kiosk plum"
CHEAP = Passwords(memory=8, passes=1, lanes=1)


@pytest.fixture
def app(runtime: Runtime, clock: Clock) -> Flask:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock())
    with runtime.database.transaction() as session:
        for role in Role:
            organizers.add(
                session,
                f"{role.value}@desk.example",
                role=role,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            )
    app = create_app(runtime, clock=clock)
    if "organizer" not in app.blueprints:
        organizer.register(app)
    app.extensions["campaign_passwords"] = CHEAP
    app.testing = True
    return app


@pytest.fixture
def logged_in(app: Flask) -> Callable[[Role], Browser]:
    """A browser in which an organizer of some role has logged in."""

    def log_in(role: Role) -> Browser:
        browser = Browser(app)
        page = enter(browser, f"{role.value}@desk.example")
        assert page.path == "/organizer/", page.text
        return browser

    return log_in


def enter(browser: Browser, email: str, password: str = PASSWORD, *, at: str = "/organizer/") -> Page:
    """Open a page of the desk and fill the login form it leads to."""
    return browser.send(browser.get(at), "/login", email=email, password=password)
