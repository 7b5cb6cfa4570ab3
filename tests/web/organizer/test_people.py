"""Owners decide who comes to the desk: invited by mail, given more or less to do, kept out, let in again."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Permission, Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.accounts import rights as stored_rights
from campaign.services.audit import audit_log
from campaign.store.tables import Invitation, Organizer
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.conftest import enter

NEW = "harbour lantern thistle quill"
MARA = "mara@desk.example"
EDITOR = "editor@desk.example"
LogIn = Callable[[Role], Browser]
HERE = f"/organizer/campaigns/{make.SLUG}"


def invite(browser: Browser, email: str = MARA, **fields: object) -> Page:
    page = browser.get("/organizer/people/invite")
    return browser.send(page, "/invite", **{"email": email, "role": "viewer", **fields})


def invitation_link(runtime: Runtime) -> str:
    mail = make.emails(runtime, kind="invitation")[-1]
    return f"/organizer/invitation/{make.link(mail, 'invitation')}"


def follow(app: Flask, path: str, password: str = NEW) -> tuple[Browser, Page]:
    browser = Browser(app)
    form = browser.get(path)
    if form.status != 200:
        return browser, form
    return browser, browser.send(form, form.path, new_password=password, new_password_again=password)


def id_of(runtime: Runtime, email: str) -> int:
    with runtime.database.reading() as session:
        return session.scalars(select(Organizer.id).where(Organizer.email == email)).one()


def person(browser: Browser, runtime: Runtime, email: str) -> Page:
    return browser.get(f"/organizer/people/{id_of(runtime, email)}")


@pytest.mark.both_databases
def test_a_colleague_is_invited_by_mail_chooses_a_password_and_does_what_was_given(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    owner = logged_in(Role.OWNER)
    campaign_id = make.page(runtime).head.id
    page = invite(owner, role="", **{f"role-{campaign_id}": "editor", f"people-{campaign_id}": "y"})
    assert "The invitation is on its way." in page.text
    link = invitation_link(runtime)
    assert link not in page.response.get_data(as_text=True)
    browser, landed = follow(app, link)
    assert landed.path == "/organizer/account/second-factor"
    assert browser.get(f"{HERE}/supporters").status == 200
    assert browser.get("/organizer/queue").status == 403
    assert browser.get("/organizer/people").status == 403
    assert enter(Browser(app), MARA, NEW).path == "/organizer/"
    assert follow(app, link)[1].status == 404, "good for one use"
    assert "Invited" not in owner.get("/organizer/people").text.split()


def test_the_database_holds_no_link(app: Flask, logged_in: LogIn, runtime: Runtime) -> None:
    invite(logged_in(Role.OWNER))
    token = invitation_link(runtime).rpartition("/")[2]
    with runtime.database.reading() as session:
        (stored,) = session.scalars(select(Invitation.token_hash)).all()
    assert token not in stored
    assert len(stored) == 64


@pytest.mark.parametrize("days", [6, 8])
def test_an_invitation_is_good_for_seven_days(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock, days: int
) -> None:
    invite(logged_in(Role.OWNER))
    clock.forward(days=days)
    _, page = follow(app, invitation_link(runtime))
    assert (page.status == 200) == (days < 7)


def test_an_invitation_is_withdrawn_or_sent_again_and_the_old_link_ends(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    owner = logged_in(Role.OWNER)
    invite(owner)
    first = invitation_link(runtime)
    owner.send(owner.get("/organizer/people"), "/again")
    second = invitation_link(runtime)
    assert first != second
    assert follow(app, first)[1].status == 404
    owner.send(owner.get("/organizer/people"), "/withdraw")
    assert follow(app, second)[1].status == 404
    assert MARA not in owner.get("/organizer/people").text


def test_what_a_stolen_login_invited_does_not_come_in_once_that_login_is_disabled(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        organizers.set_role(session, EDITOR, Role.OWNER, actor=COMMAND_LINE, now=clock())
    thief = Browser(app)
    enter(thief, EDITOR)
    invite(thief, role="owner")
    with runtime.database.transaction() as session:
        organizers.disable(session, EDITOR, actor=COMMAND_LINE, now=clock())
    assert follow(app, invitation_link(runtime))[1].status == 404


@pytest.mark.first_rows(1)
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Enter an email address."),
        ({"email": EDITOR}, "There is already a login for this address."),
        ({"role": ""}, "Choose a role, for all campaigns or for at least one."),
        ({"role": "", "people": "y"}, "Choose a role too where somebody is to see personal data."),
    ],
)
def test_an_invitation_that_cannot_be_sent_comes_back_as_it_was_typed(
    logged_in: LogIn, runtime: Runtime, fields: dict[str, str], said: str
) -> None:
    page = invite(logged_in(Role.OWNER), **fields)
    assert page.status in {409, 422}
    assert said in page.text
    assert page.form("/invite").fields["email"] == fields.get("email", MARA)
    assert make.emails(runtime, kind="invitation") == []


@pytest.mark.both_databases
def test_more_or_less_to_do_holds_from_the_next_login_on(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    owner, editor = logged_in(Role.OWNER), logged_in(Role.EDITOR)
    page = owner.send(person(owner, runtime, EDITOR), "/rights", role="viewer", people=None)
    assert "Saved." in page.text
    assert editor.get("/organizer/").path == "/organizer/login"
    again = Browser(app)
    enter(again, EDITOR)
    assert again.get(f"{HERE}/supporters").status == 403
    with runtime.database.reading() as session:
        entry = next(one for one in audit_log.entries(session) if one.action == "organizer.role")
    assert entry.organizer == "owner@desk.example"
    assert (entry.details["role"], entry.details["people"]) == ("viewer", [])


def test_the_last_owner_stays(logged_in: LogIn, runtime: Runtime) -> None:
    owner = logged_in(Role.OWNER)
    page = person(owner, runtime, "owner@desk.example")
    assert "This is the last owner." in page.text
    refused = owner.send(page, "/rights", role="editor")
    assert refused.status == 409
    assert "Make somebody else an owner first." in refused.text
    with runtime.database.reading() as session:
        rights = stored_rights.of(session, id_of(runtime, "owner@desk.example"))
    assert rights.may(Permission.ORGANIZERS)


def test_a_login_is_disabled_and_enabled_again(app: Flask, logged_in: LogIn, runtime: Runtime) -> None:
    owner, editor = logged_in(Role.OWNER), logged_in(Role.EDITOR)
    page = owner.send(person(owner, runtime, EDITOR), "/disable")
    assert editor.get("/organizer/").path == "/organizer/login"
    assert enter(Browser(app), EDITOR).path == "/organizer/login"
    owner.send(page, "/enable")
    assert enter(Browser(app), EDITOR).path == "/organizer/"


def test_a_password_is_reset_by_a_link_that_only_its_owner_sees(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    owner, editor = logged_in(Role.OWNER), logged_in(Role.EDITOR)
    page = owner.send(person(owner, runtime, EDITOR), "/reset")
    mail = make.emails(runtime, kind="password_reset")[-1]
    token = make.link(mail, "reset")
    assert mail.to_address == EDITOR
    assert token not in page.response.get_data(as_text=True)
    assert editor.get("/organizer/").path == "/organizer/login", "logged out at once"
    assert enter(Browser(app), EDITOR).status == 422, "the old password has ended"
    browser = Browser(app)
    form = browser.get(f"/organizer/reset/{token}")
    browser.send(form, form.path, new_password=NEW, new_password_again=NEW)
    assert enter(Browser(app), EDITOR, NEW).path == "/organizer/"


def test_who_may_come_in_is_changed_only_with_a_password_of_a_moment_ago(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    owner = logged_in(Role.OWNER)
    invite_page, person_page = owner.get("/organizer/people/invite"), person(owner, runtime, EDITOR)
    clock.forward(minutes=6)
    assert owner.send(invite_page, "/invite", email=MARA, role="owner").path == "/organizer/confirm-password"
    for action in ("/rights", "/reset", "/disable"):
        assert owner.send(person_page, action).path == "/organizer/confirm-password"
    assert make.emails(runtime, kind="invitation") == []
    with runtime.database.reading() as session:
        disabled = select(Organizer.disabled_at).where(Organizer.email == EDITOR)
        assert session.scalars(disabled).one() is None
