"""Words go when they have served, and what still needs them keeps them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.digest import DigestMode
from campaign.domain.name_reports import ReportReason
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.retention import WORDS_DAYS
from campaign.domain.updates import RecipientState, UpdateState
from campaign.errors import ConflictError
from campaign.mail.inbound.mail import read_mail
from campaign.runtime import Runtime
from campaign.services.moderation import name_reports
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.services.replies import receiving, review
from campaign.services.replies.review import ReviewDecision
from campaign.services.signatures import erasure, own_words
from campaign.services.updates import approval
from campaign.store.tables import (
    CampaignUpdate,
    Message,
    MessageFingerprint,
    NameReport,
    Official,
    OutboxEmail,
    Reply,
    Signature,
    UpdateRecipient,
)
from tests import make
from tests.conftest import Clock
from tests.mail.mails import mail
from tests.queueing import enqueue
from tests.services.retention.conftest import Purged
from tests.updating import approved, two_organizers

pytestmark = pytest.mark.slow_on_postgresql

WORDS = "My grandmother's well at the old mill has been dry since the gauges were taken away last autumn."


def sign(runtime: Runtime, page: CampaignPage, clock: Clock, **details: object) -> None:
    chosen = {"officials": (page.officials[0].id,), "words": WORDS, "subject": "Our wells", **details}
    make.sign_and_confirm(runtime, page, now=clock(), **chosen)


def messages(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.reading() as session:
        return [(row.subject, row.words) for row in session.scalars(select(Message).order_by(Message.id))]


def fingerprints(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return len(session.scalars(select(MessageFingerprint)).all())


def test_the_words_of_a_message_stay_28_days_after_it_left_and_no_longer(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    sign(runtime, page, clock)
    assert fingerprints(runtime)
    clock.forward(days=3)
    deliver()
    clock.forward(days=WORDS_DAYS, seconds=-1)
    assert "emails" not in purge()
    assert messages(runtime)[0][1] == WORDS
    clock.forward(seconds=1)
    assert purge()["emails"] == 1
    assert messages(runtime) == [("", "")]
    assert fingerprints(runtime) == 0
    (email,) = make.emails(runtime, kind="message")
    assert (email.state, email.text, email.subject) == (OutboxState.ACCEPTED, "", "")
    assert email.message_id
    assert "emails" not in purge()
    with runtime.database.reading() as session:
        (score,) = own_words.of_signature(session, email.signature_id)
    assert score.has_words
    assert score.own_words


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("state", ["held", "queued", "sending", "in_doubt"])
def test_what_waits_or_is_in_doubt_keeps_its_words_however_old_it_is(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged, state: str
) -> None:
    sign(runtime, page, clock)
    with runtime.database.transaction() as session:
        settled_at = clock() if state == "in_doubt" else None
        session.execute(update(OutboxEmail).values(state=OutboxState(state), settled_at=settled_at))
    clock.forward(days=2 * WORDS_DAYS)
    assert "emails" not in purge()
    assert messages(runtime)[0][1] == WORDS


def test_fingerprints_stay_as_long_as_another_message_of_the_same_supporter_waits(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    sign(runtime, page, clock, officials=(page.officials[0].id, page.officials[2].id))
    deliver()
    clock.forward(days=WORDS_DAYS)
    purge()
    assert [bool(words) for _, words in messages(runtime)] == [False, True]
    assert fingerprints(runtime)


def test_a_message_that_failed_long_ago_has_no_words_to_be_sent_again(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged
) -> None:
    sign(runtime, page, clock)
    (email,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.id == email.id)
            .values(state=OutboxState.FAILED, settled_at=clock())
        )
    clock.forward(days=WORDS_DAYS)
    purge()
    with pytest.raises(ConflictError, match="no longer kept"), runtime.database.transaction() as session:
        decisions.decide(session, email.id, Decision.RETRY, actor=COMMAND_LINE, now=clock())


def test_messages_of_a_digest_that_failed_long_ago_are_not_sent_empty(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            update(Official)
            .where(Official.id == page.officials[0].id)
            .values(digest_mode=DigestMode.DAILY, time_zone="UTC")
        )
    sign(runtime, page, clock)
    clock.forward(days=1)
    deliver()
    (digest,) = make.emails(runtime, kind="digest")
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.kind.in_([EmailKind.DIGEST, EmailKind.MESSAGE]))
            .values(state=OutboxState.FAILED, settled_at=clock())
        )
    clock.forward(days=WORDS_DAYS)
    assert purge()["emails"]
    with runtime.database.transaction() as session:
        decisions.decide(session, digest.id, Decision.RETRY, actor=COMMAND_LINE, now=clock())
    assert [email.state for email in make.emails(runtime, kind="message")] == [OutboxState.CANCELLED]


def answer(runtime: Runtime, text: str, *, now: datetime, number: int = 1) -> None:
    (message,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        receiving.receive(
            session,
            read_mail(mail(text, to=message.reply_to, number=number)),
            context=runtime.mail_context,
            own_addresses={"letters@river.example"},
            now=now,
        )


def replies(runtime: Runtime) -> list[Reply]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Reply).order_by(Reply.id)))


def test_what_an_office_answers_goes_28_days_after_it_came_and_still_counts(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    sign(runtime, page, clock)
    deliver()
    clock.forward(days=20)
    answer(runtime, "Dear Rana Idris, the gauges are read.", now=clock())
    with runtime.database.transaction() as session:
        review.decide(
            session,
            page.head.id,
            replies(runtime)[0].id,
            ReviewDecision.PUBLISH,
            summary="The gauges are read again.",
            context=runtime.mail_context,
            actor=COMMAND_LINE,
            now=clock(),
        )
    deliver()
    clock.forward(days=WORDS_DAYS, seconds=-1)
    assert "replies" not in purge()
    clock.forward(seconds=1)
    assert purge()["replies"] == 1
    (reply,) = replies(runtime)
    assert (reply.written, reply.quoted, reply.subject, reply.sender_address) == ("", "", "", "")
    assert [answer.summary for answer in make.page(runtime).answers] == ["The gauges are read again."]
    assert [email.subject for email in make.emails(runtime, kind="reply")] == [""]
    with runtime.database.reading() as session:
        assert review.counts(session, page.head.id)[0].answers == 1
    assert "replies" not in purge()


def test_an_answer_that_comes_after_the_words_have_gone_is_passed_on_all_the_same(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    sign(runtime, page, clock)
    deliver()
    clock.forward(days=WORDS_DAYS)
    purge()
    answer(runtime, "We have opened an inquiry.", now=clock())
    (email,) = make.emails(runtime, kind="reply")
    assert "We have opened an inquiry." in email.text
    assert "“”" not in email.text


def test_of_a_test_that_an_organizer_sent_themselves_no_address_stays(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    writer, _ = two_organizers(runtime, now=clock())
    update_id, context = approved(runtime, now=clock()), make.mail_context(runtime)
    with runtime.database.transaction() as session:
        approval.send_test(
            session, make.SLUG, update_id, language="en", context=context, actor=writer, now=clock()
        )
    deliver()
    (test,) = make.emails(runtime, kind="update")
    assert test.to_address == "writer@desk.example"
    clock.forward(days=WORDS_DAYS)
    purge()
    (test,) = make.emails(runtime, kind="update")
    assert (test.to_address, test.subject, test.text) == ("", "", "")


@pytest.mark.parametrize("kind", [EmailKind.INVITATION, EmailKind.PASSWORD_RESET, EmailKind.SECURITY_NOTICE])
def test_whoever_was_written_to_about_the_desk_is_forgotten_with_the_words(
    runtime: Runtime, clock: Clock, deliver: Callable[[], None], purge: Purged, kind: EmailKind
) -> None:
    enqueue(runtime.database, clock(), 2, kind=kind, to_address="olga@desk.example", to_name="Olga")
    deliver()
    enqueue(runtime.database, clock(), kind=kind, to_address="later@desk.example")
    clock.forward(days=WORDS_DAYS, seconds=-1)
    assert "emails" not in purge()
    clock.forward(seconds=1)
    assert purge()["emails"] == 2
    left = [(email.to_address, email.to_name) for email in make.emails(runtime)]
    assert left == [("", None), ("", None), ("later@desk.example", "Mara Lindqvist")], "the last still waits"
    assert "emails" not in purge()


def test_what_readers_wrote_of_a_name_and_who_got_an_update_go_after_28_days(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged
) -> None:
    sign(runtime, page, clock)
    with runtime.database.transaction() as session:
        signature = session.scalars(select(Signature)).one()
        for reason in ReportReason:
            name_reports.report(
                session,
                page.head.id,
                signature.id,
                reason=reason,
                words="Rana is my cousin.",
                now=clock(),
            )
        for reason, decision in ((ReportReason.FALSE, "leave"), (ReportReason.OFFENSIVE, "hide")):
            session.execute(update(NameReport).where(NameReport.reason == reason).values(decision=decision))
        of_campaign = {"campaign_id": page.head.id, "texts": {}, "audience": {}, "hourly_rate": 60}
        when = {"created_at": clock(), "edited_at": clock()}
        for state, ended_at in ((UpdateState.SENT, clock()), (UpdateState.PAUSED, None)):
            news = CampaignUpdate(**of_campaign, **when, state=state, ended_at=ended_at)
            session.add(news)
            session.flush()
            row = {"update_id": news.id, "supporter_id": signature.supporter_id}
            session.add(UpdateRecipient(**row, signature_id=signature.id, state=RecipientState.WRITTEN))
    clock.forward(days=WORDS_DAYS, seconds=-1)
    assert not {"name_reports", "update_lists"} & purge().keys()
    clock.forward(seconds=1)
    done = purge()
    assert (done["name_reports"], done["update_lists"]) == (3, 1)
    with runtime.database.reading() as session:
        rows = session.execute(select(NameReport.words, NameReport.decision)).all()
        assert {tuple(row) for row in rows} == {("", None), ("", "leave")}
        assert len(session.scalars(select(UpdateRecipient)).all()) == 1
    assert not {"name_reports", "update_lists"} & purge().keys()
    with runtime.database.transaction() as session:
        erasure.erase_signature(session, session.scalars(select(Signature)).one(), now=clock())
        assert session.scalars(select(NameReport)).all() == []
