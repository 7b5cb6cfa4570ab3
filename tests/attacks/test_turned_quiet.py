"""Somebody reads a signer's mailbox, and the letter turns quiet only after she has signed."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaign.documents.tables.read_table import read_table
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.imports import ImportField, ImportSource
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import NotSent, Refused
from campaign.domain.signing_form import FormState
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.compose.supporter_email import supporter_email
from campaign.services.imports import drafts
from campaign.services.outbox import claim as claiming
from campaign.services.outbox import delivery
from campaign.services.outbox import enqueue as outbox
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.enqueue import NewEmail
from campaign.services.outbox.rate_limits import Limits
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.services.signatures import correcting, hiding, writing_out
from campaign.services.signatures.correcting import Correction
from campaign.store.database import Session
from campaign.store.tables import OutboxEmail, Signature, SignatureImport, SigningForm
from campaign.web import create_app
from tests import make, updating
from tests.browsing import Browser
from tests.conftest import Clock
from tests.journeys.test_supporter import Post, body
from tests.mail.mails import mail
from tests.services.digests import test_digests as digests
from tests.web.test_inbound import form, send

RANA = "rana@mail.example"
LEASE = timedelta(minutes=1)


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime(official_rate=0, reply_domain="replies.post.example")


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


@pytest.fixture
def post(runtime: Runtime, clock: Clock) -> Post:
    return Post(runtime, clock)


def turn_quiet(runtime: Runtime, now: datetime, slug: str = make.SLUG) -> quiet_mode.TurnedQuiet:
    with runtime.database.transaction() as session:
        turned = quiet_mode.turn_on(session, slug, has_reply_domain=True, actor=COMMAND_LINE, now=now)
    assert turned
    return turned


def states(runtime: Runtime, kind: str) -> list[OutboxState]:
    return [row.state for row in make.emails(runtime, kind=kind)]


def test_who_signed_before_gets_no_note_of_anything_and_reads_it_all_on_her_page(
    runtime: Runtime, page: CampaignPage, post: Post, clock: Clock
) -> None:
    everyone = tuple(official.id for official in page.officials)
    signed = {"officials": everyone, "updates": True, "consent_wording": "Yes, write to me."}
    own = make.sign_and_confirm(runtime, page, now=clock(), **signed)
    later = {"email": "late@mail.example", "name": "Lea Late"}
    make.sign(runtime, page, now=clock(), **later)
    link = make.link(make.last_question(runtime), "confirm")
    before = len(post.to(RANA))
    turn_quiet(runtime, clock())

    (to_minister,) = post.to("minister@waters.example")
    browser = Browser(create_app(runtime, clock=clock))
    answer = mail("We will read the gauges.", to=str(to_minister["Reply-To"]))
    assert send(browser.client, form(email=answer)).status_code == 204
    updating.approved(runtime, now=clock())
    context = {"context": runtime.mail_context, "actor": COMMAND_LINE, "now": clock()}
    with runtime.database.transaction() as session:
        hers = make.signature_of(session, "Rana Idris")
        ids = hers.campaign_id, hers.id
        correcting.correct(session, *ids, Correction("Rana Idriss", None, None, "As you told us"), **context)  # type: ignore[arg-type]
        last = correcting.last_change(session, hers.id)
        assert last
        correcting.undo(session, *ids, last.id, **context)  # type: ignore[arg-type]
        hiding.hide(session, *ids, **context)  # type: ignore[arg-type]
    # Whoever presses the button of an email from before has no secret words either.
    make.confirm(runtime, link, now=clock())

    post.arrive()
    assert len(post.to(RANA)) == before
    assert [one["Subject"] for one in post.to("late@mail.example") if "A message" in one["Subject"]] == []
    shown = browser.get(f"/manage/{own.manage_token}").text
    for words in ("We will read the gauges.", "corrected your signature", "she has read our letter"):
        assert words in shown


def test_a_form_and_a_list_from_before_bring_nobody_a_code_that_opens_nothing(
    runtime: Runtime, page: CampaignPage, post: Post, clock: Clock
) -> None:
    make.keep(runtime, make.new_form(page, now=clock()))
    mapping = {0: ImportField.NAME, 1: ImportField.EMAIL}
    how = {"note": "A list", "asks_to_confirm": True, "only_good": False, "key": runtime.address_key}
    of = {"actor": COMMAND_LINE, "now": clock()}
    table = read_table(b"Name,Email\nLin,lin@mail.example\n")
    with runtime.database.transaction() as session:
        import_id = drafts.keep(session, make.SLUG, table, ImportSource.LIST, mapping={}, **of)
        drafts.begin(session, page.head.id, import_id, mapping, **how, **of)  # type: ignore[arg-type]
    turn_quiet(runtime, clock())
    assert post.to(RANA) == post.to("lin@mail.example") == []
    with runtime.database.reading() as session:
        assert session.scalars(select(SigningForm.id)).all() == []
        assert session.scalars(select(SignatureImport.state)).all() == ["done"]
    # Whoever asks for a code gets one, whoever they are.
    make.keep(runtime, make.wish(page, now=clock()))
    assert [one["Subject"] for one in post.to(RANA)] == ["Your code"]


def test_an_email_by_somebody_who_had_not_seen_the_change_is_called_back_before_it_is_sent(
    runtime: Runtime, page: CampaignPage, post: Post, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    post.arrive()
    number = len(post.to(RANA))
    with runtime.database.reading() as session:
        written = _correction(session, runtime, clock())
    turn_quiet(runtime, clock())
    with runtime.database.transaction() as session:
        outbox.enqueue(session, [written], now=clock())
    assert len(post.to(RANA)) == number
    (late,) = make.emails(runtime, kind="correction")
    assert (late.state, late.text) == (OutboxState.CANCELLED, "")
    # One that tells nothing goes.
    with runtime.database.transaction() as session:
        outbox.enqueue(session, [replace(written, is_quiet=True)], now=clock())
    assert len(post.to(RANA)) == number + 1


def test_what_is_being_sent_at_that_moment_is_told_and_never_tried_again(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), name="Lin", email="lin@mail.example")
    first, second = _sending(runtime, clock(), EmailKind.THANKS)
    assert turn_quiet(runtime, clock()).leaving == 2
    with runtime.database.transaction() as session:
        delivery.record(session, [(first, NotSent("connection refused"))], now=clock())
    with runtime.database.transaction() as session:
        delivery.expire_leases(session, now=clock() + LEASE)
    assert states(runtime, "thanks") == [OutboxState.CANCELLED, OutboxState.IN_DOUBT]
    with (
        runtime.database.transaction() as session,
        pytest.raises(ConflictError, match="quiet now"),
    ):
        decisions.decide(session, second.id, Decision.SEND_AGAIN, actor=COMMAND_LINE, now=clock())


@pytest.mark.parametrize("turns", ["the-other", make.SLUG])
def test_an_email_about_several_letters_goes_without_the_one_that_has_turned_quiet(
    runtime: Runtime, page: CampaignPage, post: Post, clock: Clock, turns: str
) -> None:
    other = make.campaign(runtime, now=clock(), slug="the-other")
    make.keep(runtime, make.new_form(page, now=clock()), make.new_form(other, now=clock()))
    make.settle(runtime, now=clock())
    (both,) = make.emails(runtime, kind="confirmation")
    assert both.text.count("/confirm/") == 2
    turn_quiet(runtime, clock(), turns)
    (one,) = post.to(RANA)
    assert len(re.findall("/confirm/", body(one))) == 1
    assert f"/c/{turns}" not in body(one)
    # The question about the other is the one that was asked.
    clock.forward(days=2)
    assert len(post.to(RANA)) == 1
    with runtime.database.reading() as session:
        kept = session.execute(select(SigningForm.campaign_id, SigningForm.state)).all()
    assert (other.head.id if turns == make.SLUG else page.head.id, FormState.MAILED) in [
        tuple(row) for row in kept
    ]


def test_an_organizer_s_own_test_and_letters_to_offices_are_no_matter_of_quiet(
    runtime: Runtime, page: CampaignPage, post: Post, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    turn_quiet(runtime, clock())
    assert len(post.to("minister@waters.example")) == 1


def test_no_message_that_waits_leads_an_office_s_answer_into_a_mailbox_that_others_read(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    (waiting,) = make.emails(runtime, kind="message")
    assert waiting.reply_to == RANA
    with runtime.database.transaction() as session:
        of = {"actor": COMMAND_LINE, "now": clock()}
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=False, **of)
    (to_minister,) = Post(runtime, clock).to("minister@waters.example")
    assert RANA not in str(to_minister["Reply-To"])


@pytest.mark.parametrize("has_failed", [False, True])
def test_a_message_that_is_tried_again_leads_into_no_mailbox_either(
    make_runtime: Callable[..., Runtime], clock: Clock, has_failed: bool
) -> None:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    (leaving,) = _sending(runtime, clock(), EmailKind.MESSAGE)
    outcome = Refused("no such box") if has_failed else NotSent("no connection")
    if has_failed:
        digests.record(runtime, leaving, outcome, clock())
    _turn_quiet_without_reply_domain(runtime, clock())
    if has_failed:
        digests.decide(runtime, leaving.id, Decision.RETRY, clock())
    else:
        digests.record(runtime, leaving, outcome, clock())
    clock.forward(hours=1)
    (to_minister,) = Post(runtime, clock).to("minister@waters.example")
    assert RANA not in str(to_minister)


@pytest.mark.both_databases
@pytest.mark.parametrize("is_leaving", [False, True])
def test_no_digest_that_waits_names_the_mailboxes_of_those_in_it(
    make_runtime: Callable[..., Runtime], clock: Clock, is_leaving: bool
) -> None:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    digests.choose(runtime, page, clock(), "daily")
    digests.write(runtime, page, clock(), *digests.NAMES)
    clock.forward(hours=20)
    digests.compose(runtime, clock())
    leaving = digests.take(runtime, clock()) if is_leaving else ()
    _turn_quiet_without_reply_domain(runtime, clock())
    for one in leaving:
        digests.record(runtime, one, NotSent("no connection"), clock())
    digests.compose(runtime, clock())
    clock.forward(hours=1)
    (to_minister,) = digests.take(runtime, clock())
    assert to_minister.email.kind is EmailKind.DIGEST
    assert "From Rana Idris." in to_minister.email.text
    assert "@mail.example" not in f"{to_minister.email.text}{to_minister.email.html}"


@pytest.mark.both_databases
def test_a_message_that_is_being_written_while_a_letter_turns_quiet_names_no_mailbox(
    make_runtime: Callable[..., Runtime], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.sign(runtime, page, now=clock(), officials=(page.officials[0].id,))
    token = make.link(make.last_question(runtime), "confirm")
    _deliver_all(runtime, clock())
    make.press(runtime, token, now=clock())
    has_read, insert = threading.Event(), writing_out.insert_emails

    def pause(*args: Any, **kwargs: Any) -> None:
        has_read.set()
        turning.join(timeout=0.5)
        insert(*args, **kwargs)

    monkeypatch.setattr(writing_out, "insert_emails", pause)

    def turn() -> None:
        assert has_read.wait(10)
        _turn_quiet_without_reply_domain(runtime, clock())

    turning = threading.Thread(target=turn)
    turning.start()
    with runtime.database.transaction() as session:
        assert writing_out.write_out(session, context=runtime.mail_context, now=clock()) == 1
    turning.join(timeout=10)
    (waiting,) = make.emails(runtime, kind="message")
    assert waiting.reply_to is None


def _deliver_all(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        for row in session.scalars(select(OutboxEmail)):
            row.state, row.settled_at = OutboxState.DELIVERED, now


def _turn_quiet_without_reply_domain(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=False, actor=COMMAND_LINE, now=now)


def _correction(session: Session, runtime: Runtime, now: datetime) -> NewEmail:
    """What tells, as whoever read the campaign a moment ago has written it."""
    hers = session.scalars(select(Signature)).one()
    hashes = AddressHashes.of(RANA, key=runtime.address_key)
    rendered = runtime.mail_context.renderer.render(
        "quiet_note", language="en", address="post.example/code", code="", is_done=False
    )
    return supporter_email(
        EmailKind.CORRECTION,
        rendered,
        publisher=runtime.mail_context.default_publisher,
        campaign_id=hers.campaign_id,
        supporter_id=hers.supporter_id,
        signature_id=hers.id,
        to_address=RANA,
        hashes=hashes,
        language="en",
        due_at=now,
    )


def _sending(runtime: Runtime, now: datetime, kind: EmailKind) -> list[Claimed]:
    """Emails of a kind whose request is under way."""
    with runtime.database.transaction() as session:
        held = select(OutboxEmail).where(OutboxEmail.kind != kind)
        for row in session.scalars(held):
            row.due_at = now + timedelta(days=1)
    with runtime.database.transaction() as session:
        claimed = claiming.claim(
            session, "first", route=Route("local"), limits=Limits(), batch=100, lease=LEASE, now=now
        )
        return list(delivery.mark_sending(session, claimed, provider="local", lease=LEASE, now=now))
