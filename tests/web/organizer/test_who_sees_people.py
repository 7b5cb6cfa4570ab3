"""Who sees people on the desk: nobody who may only look, and nobody without an entry in the audit log."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import OutboxState
from campaign.domain.roles import Rights, Role, everywhere
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.audit import audit_log
from campaign.services.audit.audit_log import EntryShown
from campaign.services.feedback import events, suppressions
from campaign.services.signatures import self_service
from campaign.store.tables import Message, OutboxEmail, Reply
from campaign.web.organizer import guard
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import enter
from tests.web.organizer.test_guard import routes

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]

# Each is found wherever some part of what a hidden signer gave is shown, masked addresses included.
MARKERS = {
    "name": "Zebulon",
    "address": "hidden-mail.example",
    "organization": "Quiet Hydrologists",
    "role": "Nightwatch",
    "postal code": "QX7 9ZZ",
    "words": "My grandmother drew from this well",
    "subject": "A letter from the well",
    "what a server said": "mailbox of Zebulon",
    "an answer": "Dear Zebulon, we have read",
    "a note": "rang us about the well",
}


@pytest.fixture
def signers(furnished: Flask, runtime: Runtime, clock: Clock) -> None:
    """Somebody who signed and shows no name, in every place of the desk where people come up."""
    shown = make.page(runtime)
    make.sign_and_confirm(
        runtime,
        shown,
        now=clock(),
        name="Zebulon Marsh",
        email="zebulon@hidden-mail.example",
        organization="Quiet Hydrologists",
        role="Nightwatch",
        postal_code="QX7 9ZZ",
        visibility=Visibility.HIDDEN,
        officials=(shown.officials[0].id,),
        subject="A letter from the well",
        words="My grandmother drew from this well.",
    )
    with runtime.database.transaction() as session:
        suppressions.add(
            session,
            "zebulon@hidden-mail.example",
            key=runtime.address_key,
            note="rang us about the well",
            actor=COMMAND_LINE,
            now=clock(),
        )
        every = session.scalars(select(OutboxEmail).order_by(OutboxEmail.id)).all()
        theirs = [email for email in every if "hidden-mail" in email.to_address]
        for email, state in zip(theirs, ("in_doubt", "failed"), strict=True):
            email.state, email.reason = OutboxState(state), "550 mailbox of Zebulon is full"
            report = DeliveryReport(
                event_id=state,
                public_id=email.public_id,
                kind=EventKind.DEFERRED,
                occurred_at=clock(),
                reason="452 mailbox of Zebulon is full",
            )
            events.store(session, [report], now=clock())
        (message,) = (one for one in session.scalars(select(Message)) if one.words.startswith("My grand"))
        session.add(
            Reply(
                mail_hash="1" * 64,
                campaign_id=shown.head.id,
                official_id=message.official_id,
                message_id=message.id,
                received_at=clock(),
                sender_name="Mara",
                sender_address="minister@waters.example",
                subject="Re: A letter from the well",
                written="Dear Zebulon, we have read your letter.",
                quoted="My grandmother drew from this well.",
                attachments=[],
                is_automatic=False,
                state="new",
            )
        )


def pages(app: Flask, rights: Rights) -> Iterator[str]:
    """Every page that somebody may open, each list of the queue among them."""
    for rule, method, path in routes(app):
        with app.app_context():
            permissions = guard.permissions_of(rule.endpoint)
        if method == "GET" and all(map(rights.may, permissions)):
            yield path
            if rule.endpoint == "organizer.queue_list":
                for name in ("in-doubt", "bounced", "deferred"):
                    yield path.replace("failed", name)


def seen(app: Flask, browser: Browser, rights: Rights) -> dict[str, str]:
    answers = {path: browser.get(path) for path in pages(app, rights)}
    assert all(answer.status in {200, 404, 422} for answer in answers.values())
    return {path: answer.response.get_data(as_text=True) for path, answer in answers.items()}


@pytest.mark.first_rows(1)
@pytest.mark.both_databases
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_who_may_only_look_finds_nobody_who_signed(
    app: Flask, signers: None, logged_in: LogIn, runtime: Runtime, clock: Clock, role: Role
) -> None:
    rights = everywhere(role)
    with runtime.database.transaction() as session:
        email = f"{role.value}@desk.example"
        organizers.set_rights(session, email, rights, actor=COMMAND_LINE, now=clock())
    answers = seen(app, logged_in(role), rights)
    assert len(answers) > 10
    found = [(path, what) for path, text in answers.items() for what, mark in MARKERS.items() if mark in text]
    assert found == []


@pytest.mark.slow
def test_the_marks_are_found_by_those_who_were_given_personal_data(
    app: Flask, signers: None, logged_in: LogIn, runtime: Runtime
) -> None:
    with runtime.database.reading() as session:
        signature_id = make.signature_of(session, "Zebulon Marsh").id
        reply_id = session.scalars(select(Reply.id).order_by(Reply.id.desc())).first()
    browser = logged_in(Role.EDITOR)
    text = "".join(seen(app, browser, everywhere(Role.EDITOR, sees_people=True)).values())
    for path in (f"{HERE}/supporters/{signature_id}", f"{HERE}/replies/{reply_id}"):
        text += browser.get(path).response.get_data(as_text=True)
    assert [what for what, mark in MARKERS.items() if mark not in text] == []


def entries(runtime: Runtime) -> list[EntryShown]:
    """The log, the newest first."""
    with runtime.database.reading() as session:
        return list(audit_log.entries(session, limit=500))


@pytest.mark.both_databases
def test_every_look_at_people_is_one_entry_that_names_nobody(
    app: Flask, signers: None, logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    supporters, suppressed = f"{HERE}/supporters", "/organizer/suppressions"
    with runtime.database.reading() as session:
        signature_id = make.signature_of(session, "Zebulon Marsh").id
        reply_id = session.scalars(select(Reply.id).order_by(Reply.id)).first()
    campaign_id = make.page(runtime).head.id
    one = f"{supporters}/{signature_id}"
    lists = {path: browser.get(path) for path in (supporters, suppressed, one)}
    looks = {
        "supporter.list": lambda: browser.get(f"{supporters}?state=confirmed&before={signature_id}"),
        "supporter.view": lambda: browser.get(one),
        "supporter.unmask": lambda: browser.send(lists[one], "/address"),
        "supporter.search": lambda: browser.send(
            lists[supporters], "/supporters", sought="zebulon@hidden-mail.example"
        ),
        "supporter.find": lambda: browser.send(lists[supporters], "/supporters", sought="Zebulon"),
        "supporter.read_all": lambda: browser.get(f"{HERE}/words"),
        "supporter.doubts": lambda: browser.get(f"{HERE}/moderation"),
        "suppression.list": lambda: browser.get(suppressed),
        "suppression.search": lambda: browser.send(
            lists[suppressed], "/find", address="zebulon@hidden-mail.example"
        ),
        "quote.list": lambda: browser.get(f"{HERE}/quotes"),
        "reply.list": lambda: browser.get(f"{HERE}/replies"),
        "reply.read": lambda: browser.get(f"{HERE}/replies/{reply_id}"),
    }
    for action, look in looks.items():
        before = len(entries(runtime))
        assert look().status == 200
        new = entries(runtime)[: len(entries(runtime)) - before]
        assert [(entry.action, entry.organizer) for entry in new] == [(action, "editor@desk.example")]
        assert not any(mark in str(new[0].details) for mark in MARKERS.values())
    by_action = {entry.action: entry.details for entry in reversed(entries(runtime))}
    assert by_action["supporter.list"] == {
        "campaign": campaign_id,
        "state": "confirmed",
        "filters": ["state"],
        "more": True,
        "shown": 2,
    }
    assert by_action["supporter.search"] == {"campaign": campaign_id, "signature": signature_id}


def test_a_search_that_finds_nobody_is_noted_too(app: Flask, logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/supporters")
    browser.send(page, "/supporters", sought="nobody@mail.example")
    searched = next(entry for entry in entries(runtime) if entry.action == "supporter.search")
    assert searched.details == {"campaign": make.page(runtime).head.id, "signature": None}


def test_nobody_is_shown_when_the_log_cannot_be_written(
    app: Flask, logged_in: LogIn, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = logged_in(Role.EDITOR)
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(reason=None))

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(audit_log, "take_advisory_lock", full)
    page = browser.get(f"{HERE}/supporters")
    assert page.status == 503
    assert "Rana" not in page.text


@pytest.mark.both_databases
def test_what_somebody_may_not_do_is_noted_once_an_hour(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.VIEWER)
    for _ in range(3):
        assert browser.get(f"{HERE}/supporters").status == 403
    assert browser.get("/organizer/audit").status == 403
    answer = browser.client.post("/organizer/logout", data={"csrf_token": "forged"}, base_url=ORIGIN)
    assert answer.status_code == 403
    refused = [entry for entry in entries(runtime) if entry.action == "desk.refused"]
    assert [(entry.organizer, dict(entry.details)) for entry in reversed(refused)] == [
        ("viewer@desk.example", {"page": "supporters", "why": "role"}),
        ("viewer@desk.example", {"page": "audit_log", "why": "role"}),
        ("viewer@desk.example", {"page": "log_out", "why": "form"}),
    ]


def test_tries_that_are_not_looked_at_are_noted_at_the_desk_too(app: Flask, runtime: Runtime) -> None:
    browser = Browser(app)
    for _ in range(7):
        enter(browser, "owner@desk.example", "not the password at all")
    actions = [entry.action for entry in entries(runtime)]
    assert actions[:6] == ["login.throttled", *["login.refused"] * 5]


def test_an_erasure_is_noted_with_numbers_only(
    app: Flask, signers: None, runtime: Runtime, clock: Clock
) -> None:
    thanks = make.emails(runtime, kind="thanks")[0]
    with runtime.database.transaction() as session:
        self_service.erase(session, make.link(thanks, "manage"), now=clock())
    (entry,) = [entry for entry in entries(runtime) if entry.action == "signature.erase"]
    assert entry.organizer is None
    campaign_id = make.page(runtime).head.id
    assert entry.details == {"campaign": campaign_id, "signature": thanks.signature_id, "by": "link"}
