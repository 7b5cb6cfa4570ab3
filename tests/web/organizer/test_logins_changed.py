"""Logins changed from outside: what was open closes at once, and a link leads to a new password."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, password_resets
from campaign.services.audit import audit_log
from campaign.store.tables import Organizer
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import PASSWORD, enter

EMAIL = "editor@desk.example"
NEW = "harbour lantern thistle quill"
LogIn = Callable[[Role], Browser]


@pytest.fixture
def reset(app: Flask, runtime: Runtime, clock: Clock) -> Callable[[], str]:
    """Makes a link for the editor and gives its path."""

    def reset() -> str:
        with runtime.database.transaction() as session:
            token = password_resets.start(session, EMAIL, actor=COMMAND_LINE, now=clock())
        return f"/organizer/reset/{token}"

    return reset


def choose(browser: Browser, path: str, password: str = NEW, again: str | None = None) -> int:
    form = browser.get(path)
    page = browser.send(form, form.path, new_password=password, new_password_again=again or password)
    return page.status


def test_a_link_that_was_mailed_at_the_moment_its_login_was_disabled_leads_nowhere(
    app: Flask, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        organizer = session.scalars(select(Organizer).where(Organizer.email == EMAIL)).one()
        organizers.disable(session, EMAIL, actor=COMMAND_LINE, now=clock())
        token = password_resets.offer(session, organizer.id, now=clock())
    assert Browser(app).get(f"/organizer/reset/{token}").status == 404


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "change",
    [
        lambda session, now: organizers.disable(session, EMAIL, actor=COMMAND_LINE, now=now),
        lambda session, now: organizers.set_role(session, EMAIL, Role.VIEWER, actor=COMMAND_LINE, now=now),
        lambda session, now: password_resets.start(session, EMAIL, actor=COMMAND_LINE, now=now),
    ],
    ids=["disabled", "less", "reset"],
)
def test_every_session_of_a_changed_login_ends_at_once(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock, change: Callable[[Session, object], object]
) -> None:
    theirs, anothers = logged_in(Role.EDITOR), logged_in(Role.OWNER)
    with runtime.database.transaction() as session:
        change(session, clock())
    assert theirs.get("/organizer/").path == "/organizer/login"
    assert anothers.get("/organizer/").path == "/organizer/"


def test_who_is_disabled_stays_out_until_enabled(app: Flask, runtime: Runtime, clock: Clock) -> None:
    for change, path in ((organizers.disable, "/organizer/login"), (organizers.enable, "/organizer/")):
        with runtime.database.transaction() as session:
            change(session, EMAIL, actor=COMMAND_LINE, now=clock())
        assert enter(Browser(app), EMAIL).path == path


@pytest.mark.both_databases
def test_a_new_password_is_chosen_by_the_link_and_the_old_one_is_over(
    app: Flask, runtime: Runtime, reset: Callable[[], str]
) -> None:
    path = reset()
    assert enter(Browser(app), EMAIL, PASSWORD).status == 422
    browser = Browser(app)
    assert browser.get(path).response.headers["Referrer-Policy"] == "no-referrer"
    form = browser.get(path)
    page = browser.send(form, form.path, new_password=NEW, new_password_again=NEW)
    assert page.path == "/organizer/login"
    assert "Your new password is saved." in page.text
    assert enter(Browser(app), EMAIL, NEW).path == "/organizer/"
    assert enter(Browser(app), EMAIL, PASSWORD).status == 422
    with runtime.database.reading() as session:
        changed = [entry for entry in audit_log.entries(session) if entry.action == "organizer.password"]
    assert [(entry.organizer, dict(entry.details)) for entry in changed] == [
        (EMAIL, {"by": "link", "sessions_ended": 0})
    ]


def test_a_link_works_once_and_for_an_hour_and_the_last_one_only(
    app: Flask, reset: Callable[[], str], clock: Clock
) -> None:
    replaced, path = reset(), reset()
    browser = Browser(app)
    assert browser.get(replaced).status == 404
    assert choose(browser, path) == 200
    assert browser.get(path).status == 404
    late = reset()
    clock.forward(minutes=59)
    form = browser.get(late)
    assert form.status == 200
    clock.forward(minutes=1)
    assert browser.get(late).status == 404
    assert browser.send(form, form.path, new_password=NEW, new_password_again=NEW).status == 404
    assert enter(Browser(app), EMAIL, NEW).status == 422


def test_looking_at_the_link_changes_nothing(app: Flask, reset: Callable[[], str]) -> None:
    path = reset()
    for _ in range(3):
        assert Browser(app).get(path).status == 200
    assert choose(Browser(app), path) == 200


def test_a_password_that_can_be_guessed_or_was_mistyped_is_asked_for_again(
    app: Flask, reset: Callable[[], str]
) -> None:
    path, browser = reset(), Browser(app)
    assert choose(browser, path, "save-the-river-2026") == 422
    assert choose(browser, path, "short") == 422
    assert choose(browser, path, NEW, NEW + "s") == 422
    assert choose(browser, path) == 200


def test_a_disabled_login_has_no_link(
    app: Flask, runtime: Runtime, reset: Callable[[], str], clock: Clock
) -> None:
    path = reset()
    with runtime.database.transaction() as session:
        organizers.disable(session, EMAIL, actor=COMMAND_LINE, now=clock())
    assert Browser(app).get(path).status == 404
