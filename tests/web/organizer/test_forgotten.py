"""A forgotten password: one answer for everybody, one link an hour, and nobody's mailbox filled."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, recovery
from campaign.services.audit import audit_log
from campaign.store.tables import PasswordRequest
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.conftest import PASSWORD, enter
from tests.web.organizer.test_second_factor import set_up

EMAIL = "editor@desk.example"
NEW = "harbour lantern thistle quill"
Ask = Callable[..., Page]


@pytest.fixture
def ask(app: Flask, runtime: Runtime, clock: Clock) -> Ask:
    """Asks for a link, and lets the worker answer."""

    def ask(email: str = EMAIL, browser: Browser | None = None) -> Page:
        browser = browser or Browser(app)
        page = browser.send(browser.get("/organizer/forgotten"), "/forgotten", email=email)
        with runtime.database.transaction() as session:
            recovery.answer(session, context=runtime.organizer_mail, now=clock())
        return page

    return ask


def links(runtime: Runtime) -> list[str]:
    return [make.link(mail, "reset") for mail in make.emails(runtime, kind="password_reset")]


@pytest.mark.both_databases
def test_a_link_by_mail_leads_to_a_new_password_and_ends_the_old_one(
    app: Flask, runtime: Runtime, ask: Ask
) -> None:
    open_elsewhere = Browser(app)
    enter(open_elsewhere, EMAIL)
    ask()
    assert enter(Browser(app), EMAIL, PASSWORD).path == "/organizer/", "nothing ends before the link is used"
    (token,) = links(runtime)
    browser = Browser(app)
    form = browser.get(f"/organizer/reset/{token}")
    browser.send(form, form.path, new_password=NEW, new_password_again=NEW)
    assert enter(Browser(app), EMAIL, PASSWORD).status == 422
    assert enter(Browser(app), EMAIL, NEW).path == "/organizer/"
    assert open_elsewhere.get("/organizer/").path == "/organizer/login"
    assert Browser(app).get(f"/organizer/reset/{token}").status == 404, "good for one use"
    told = make.emails(runtime, kind="security_notice")
    assert [mail.to_address for mail in told if "password" in mail.subject] == [EMAIL]


def test_the_answer_is_the_same_for_every_address_and_only_one_gets_mail(
    app: Flask, runtime: Runtime, clock: Clock, ask: Ask
) -> None:
    with runtime.database.transaction() as session:
        organizers.disable(session, "viewer@desk.example", actor=COMMAND_LINE, now=clock())
    pages = [ask(email) for email in (EMAIL, "nobody@desk.example", "viewer@desk.example")]
    assert len({(page.status, page.path, page.text) for page in pages}) == 1
    assert [mail.to_address for mail in make.emails(runtime, kind="password_reset")] == [EMAIL]


def test_the_request_does_the_same_work_whoever_it_is_about(
    app: Flask, runtime: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(recovery, "answer", lambda *_, **__: None)
    for email in (EMAIL, "nobody@desk.example"):
        with statements(runtime) as seen:
            ask(email)
        asked.append([text.split(" WHERE")[0] for text in seen])
    assert asked[0] == asked[1]
    assert not any(" organizer" in text for text in asked[0])


class statements:  # noqa: N801 - reads as what it is in a `with`
    """The SQL that a runtime's database is sent meanwhile."""

    def __init__(self, runtime: Runtime) -> None:
        self._engine = runtime.database.engine
        self.seen: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self.seen

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        self.seen.append(statement)


def test_nobodys_mailbox_is_filled(app: Flask, runtime: Runtime, clock: Clock, ask: Ask) -> None:
    for _ in range(30):
        ask()
        clock.forward(minutes=20)
    assert len(links(runtime)) == recovery.PER_ACCOUNT_AND_DAY


def test_a_stranger_who_asks_on_and_on_keeps_nobody_from_a_link_in_their_own_browser(
    app: Flask, runtime: Runtime, clock: Clock, ask: Ask
) -> None:
    mine = Browser(app)
    enter(mine, EMAIL)
    mine.send(mine.get("/organizer/account"), "/logout")
    ask()
    ask()
    assert len(links(runtime)) == 1
    ask(browser=mine)
    assert len(links(runtime)) == 2


def test_one_network_asks_ten_times_an_hour(app: Flask, runtime: Runtime, clock: Clock, ask: Ask) -> None:
    pages = [ask(f"somebody{number}@desk.example") for number in range(11)]
    assert [page.status for page in pages] == [200] * 10 + [422]
    assert "Too many requests came from your network." in pages[-1].text
    ask("somebody12@desk.example")
    with runtime.database.reading() as session:
        actions = [entry.action for entry in audit_log.entries(session)]
    assert actions.count("login.forgotten.throttled") == 1, "one entry an hour says so"
    clock.forward(minutes=61)
    assert ask().status == 200


def test_a_link_is_good_for_an_hour(app: Flask, runtime: Runtime, clock: Clock, ask: Ask) -> None:
    ask()
    clock.forward(minutes=61)
    assert Browser(app).get(f"/organizer/reset/{links(runtime)[0]}").status == 404


def test_a_new_password_is_no_way_round_the_second_factor(
    app: Flask, runtime: Runtime, clock: Clock, ask: Ask, logged_in: Callable[[Role], Browser]
) -> None:
    set_up(logged_in(Role.EDITOR), clock)
    ask()
    browser = Browser(app)
    form = browser.get(f"/organizer/reset/{links(runtime)[-1]}")
    browser.send(form, form.path, new_password=NEW, new_password_again=NEW)
    assert "Enter the code" in enter(Browser(app), EMAIL, NEW).text


def test_what_was_typed_is_forgotten_once_it_is_answered(app: Flask, runtime: Runtime, ask: Ask) -> None:
    ask("nobody@desk.example")
    ask()
    with runtime.database.reading() as session:
        assert set(session.scalars(select(PasswordRequest.email))) == {""}
