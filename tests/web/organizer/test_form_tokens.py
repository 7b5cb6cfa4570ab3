"""A form of the desk is believed only from a page of the same session; and what DeskForm makes of WTForms."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict
from wtforms.fields import IntegerField, StringField
from wtforms.validators import DataRequired

from campaign.domain.roles import Role
from campaign.errors import ForbiddenError
from campaign.i18n import LANGUAGES
from campaign.runtime import Runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.desk_form import DeskForm
from tests.browsing import Browser, Page
from tests.web.organizer.conftest import enter
from tests.web.organizer.form_pages import everything, pages

LogIn = Callable[[Role], Browser]


@pytest.mark.slow
def test_a_form_without_a_token_of_an_old_session_or_of_anothers_is_refused_and_changes_nothing(
    ids: dict[str, int | str], runtime: Runtime, logged_in: LogIn
) -> None:
    browser, another = logged_in(Role.OWNER), logged_in(Role.OWNER)
    old = token_on(browser.get("/organizer/account"))
    enter(browser, "owner@desk.example", at="/organizer/login")
    tokens = {"none": None, "an old one": old, "another's": token_on(another.get("/organizer/account"))}
    assert len({*tokens.values(), token_on(browser.get("/organizer/account"))}) == 4
    there = list(pages(browser, ids))  # looking at some leaves an entry in the audit log
    before = everything(runtime)
    sent = 0
    for page in there:
        for form in page.tree.forms:
            if form.method.upper() == "POST":
                for whose, token in tokens.items():
                    answer = browser.send(page, urlsplit(form.action).path, csrf_token=token)
                    assert answer.status == 403, (form.action, whose)
                    assert "This form didn’t come from this page" in answer.text
                    sent += 1
    assert sent > 3 * 25
    assert everything(runtime) == before


def test_the_login_form_needs_the_token_of_its_own_cookie(furnished: Flask) -> None:
    page = Browser(furnished).get("/organizer/login")
    other = Browser(furnished)
    other.get("/organizer/login")
    answer = other.send(page, "/login", email="owner@desk.example", password="marble otter kiosk plum")
    assert answer.status == 403
    assert other.client.get_cookie("campaign", domain="127.0.0.1") is None


def token_on(page: Page) -> str:
    return str(page.tree.xpath("string(//input[@name='csrf_token']/@value)"))


class Sample(DeskForm):
    """A form whose rules speak with WTForms' own words."""

    name = StringField(validators=[DataRequired()])
    number = IntegerField()


def sample(app: Flask, language: str, **fields: str) -> dict[str, str]:
    headers = {"Accept-Language": language}
    with app.test_request_context("/organizer/", method="POST", headers=headers):
        g.form_secret = "a session"
        form = Sample(MultiDict({"csrf_token": cookies.form_token("a session"), **fields}))
        assert not form.validate()
        return form.errors


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("language", LANGUAGES)
def test_wtforms_own_sentences_are_in_the_language_of_the_page(app: Flask, language: str) -> None:
    errors = sample(app, language, number="x")
    assert list(errors) == ["name", "number"]
    assert (errors["name"] == "This field is required.") == (language == "en")
    assert (errors["number"] == "Not a valid integer value.") == (language == "en")


def test_a_form_refuses_a_wrong_token_even_where_nothing_stands_before_it(app: Flask) -> None:
    with app.test_request_context("/organizer/", method="POST"):
        g.form_secret = "a session"
        form = Sample(MultiDict({"csrf_token": cookies.form_token("another"), "name": "x", "number": "1"}))
        with pytest.raises(ForbiddenError):
            form.validate()
