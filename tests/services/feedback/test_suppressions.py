"""Suppressed supporters and resting officials, from a report to what is sent and what organizers see."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.addresses import address_hash
from campaign.domain.events import DeliveryReport, EventKind, SuppressionSource
from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.suppressions import TURNED_AWAY_PAUSE, SuppressionReason
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services.feedback import events, suppressions
from campaign.services.officials import directory, pauses
from campaign.services.officials.directory import OfficialDetails
from campaign.services.outbox.rate_limits import Limits, lanes_with_work
from campaign.services.signatures import mending, self_service
from campaign.services.signatures.mending import Mending
from campaign.store.tables import Official, OutboxEmail, Signature, Supporter, Suppression
from tests import make
from tests.queueing import campaign_with_officials, enqueue, stored

pytestmark = pytest.mark.slow_on_postgresql

numbers = count()


def report(
    runtime: Runtime, email: OutboxEmail, kind: EventKind, *, at: datetime, now: datetime | None = None
) -> None:
    """One report comes in, and the worker reads it."""
    tell(runtime, [made(email.public_id, kind, at)], now=now or at)


def made(public_id: str, kind: EventKind, at: datetime) -> DeliveryReport:
    number = next(numbers)
    return DeliveryReport(f"report-{number}", public_id, kind, at, f"words {number}")


def tell(runtime: Runtime, reports: Sequence[DeliveryReport], *, now: datetime) -> None:
    with runtime.database.transaction() as session:
        events.store(session, reports, now=now)
    with runtime.database.transaction() as session:
        while events.process(session, now=now, batch=5):
            pass


def reasons(runtime: Runtime, address: str = "rana@mail.example") -> set[str]:
    with runtime.database.reading() as session:
        found = suppressions.of_address(session, address, key=runtime.address_key)
        return {one.reason.value for one in found}


def updates_wanted(runtime: Runtime) -> list[bool]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Signature.updates).order_by(Signature.id)))


def test_who_has_no_mailbox_gets_no_mail_and_the_form_tells_nobody(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign(runtime, page, now=now)
    (first,) = make.emails(runtime, kind="confirmation")
    report(runtime, first, EventKind.BOUNCED, at=now)
    assert reasons(runtime, "Rana@MAIL.example") == {"bounced"}
    assert reasons(runtime, "rana+letters@mail.example") == set(), "another spelling may have a mailbox"

    make.sign(runtime, page, now=now + timedelta(hours=2))
    _, second = make.emails(runtime, kind="confirmation")
    assert second.state is OutboxState.CANCELLED
    assert second.reason == "not sent: the address is suppressed (bounced)"
    assert second.text == ""

    with runtime.database.transaction() as session:
        (one,) = suppressions.of_address(session, "rana@mail.example", key=runtime.address_key)
        suppressions.lift(session, one.id, actor=COMMAND_LINE, now=now + timedelta(hours=3))
    make.sign(runtime, page, now=now + timedelta(hours=4))
    assert make.emails(runtime, kind="confirmation")[2].state is OutboxState.QUEUED
    report(runtime, first, EventKind.DROPPED, at=now + timedelta(hours=1), now=now + timedelta(hours=5))
    report(runtime, first, EventKind.BOUNCED, at=now + timedelta(hours=1), now=now + timedelta(hours=5))
    assert reasons(runtime) == {"dropped"}, "the bounce is from before the lift"


def test_what_waits_for_a_mailbox_that_is_not_there_is_called_off_with_its_words(
    runtime: Runtime, now: datetime
) -> None:
    make.sign_and_confirm(runtime, make.campaign(runtime, now=now), now=now)
    (thanks,) = make.emails(runtime, kind="thanks")
    assert thanks.text
    report(runtime, make.emails(runtime, kind="confirmation")[0], EventKind.BOUNCED, at=now)
    (thanks,) = make.emails(runtime, kind="thanks")
    assert (thanks.state, thanks.text) == (OutboxState.CANCELLED, "")


def test_a_complaint_ends_the_news_and_not_what_is_asked_for(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now, updates=True, consent_wording="News, please.")
    make.sign(runtime, page, now=now + timedelta(hours=2))
    (waiting,) = make.emails(runtime, kind="already_signed")
    assert waiting.state is OutboxState.QUEUED
    (thanks,) = make.emails(runtime, kind="thanks")
    report(runtime, thanks, EventKind.COMPLAINED, at=now + timedelta(hours=3))

    (waiting,) = make.emails(runtime, kind="already_signed")
    assert waiting.state is OutboxState.QUEUED, "whoever sent the form in waits for it"
    assert updates_wanted(runtime) == [False]
    second = make.campaign(runtime, now=now, slug="second")
    make.sign_and_confirm(runtime, second, now=now + timedelta(days=2))
    assert make.emails(runtime)[-1].kind is EmailKind.THANKS
    assert make.emails(runtime)[-1].state is OutboxState.QUEUED


def test_a_complaint_that_is_told_late_does_not_end_news_that_was_asked_for_since(
    runtime: Runtime, now: datetime
) -> None:
    for days, slug in enumerate((make.SLUG, "second")):
        page = make.campaign(runtime, now=now, slug=slug)
        at = now + timedelta(days=2 * days)
        make.sign_and_confirm(runtime, page, now=at, updates=True, consent_wording="News, please.")
    thanks = make.emails(runtime, kind="thanks")[0]
    report(runtime, thanks, EventKind.COMPLAINED, at=now + timedelta(hours=1), now=now + timedelta(days=3))
    assert updates_wanted(runtime) == [False, True]


def test_unsubscribing_is_for_all_letters_until_its_owner_asks_for_news_again(
    runtime: Runtime, now: datetime
) -> None:
    first = make.campaign(runtime, now=now)
    second = make.campaign(runtime, now=now, slug="second")
    for page in (first, second):
        make.sign_and_confirm(runtime, page, now=now, updates=True, consent_wording="News, please.")
        now += timedelta(hours=2)
    thanks = make.emails(runtime, kind="thanks")[0]
    assert thanks.unsubscribe_url.endswith(f"/unsubscribe/{make.link(thanks, 'unsubscribe')}")
    for _ in range(2):
        with runtime.database.transaction() as session:
            token = make.link(thanks, "unsubscribe")
            self_service.unsubscribe(session, token, source=SuppressionSource.ONE_CLICK, now=now)
    assert updates_wanted(runtime) == [False, False]
    with runtime.database.reading() as session:
        (one,) = suppressions.of_address(session, "rana@mail.example", key=runtime.address_key)
    assert (one.source, one.reports) == (SuppressionSource.ONE_CLICK, 1)

    with runtime.database.transaction() as session:
        mending.mend(
            session,
            make.link(thanks, "manage"),
            Mending({"updates": True}),
            context=make.mail_context(runtime),
            now=now + timedelta(hours=1),
        )
    assert reasons(runtime) == set()
    assert updates_wanted(runtime) == [True, False]


def test_erasing_keeps_the_wish_and_not_the_address(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now)
    (thanks,) = make.emails(runtime, kind="thanks")
    report(runtime, thanks, EventKind.COMPLAINED, at=now)
    with runtime.database.transaction() as session:
        self_service.erase(session, make.link(thanks, "manage"), now=now)
    with runtime.database.reading() as session:
        (row,) = session.scalars(select(Suppression))
    assert (row.masked, row.reason) == ("", SuppressionReason.COMPLAINED)
    assert reasons(runtime) == {"complained"}
    report(runtime, thanks, EventKind.BOUNCED, at=now)
    assert reasons(runtime) == {"complained"}, "nobody knows any more whose mail it was"


def test_an_organizer_adds_an_address_by_hand_before_anybody_has_signed_with_it(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    with runtime.database.transaction() as session:
        masked = suppressions.add(
            session,
            "Rana@Mail.example",
            key=runtime.address_key,
            note="asked by phone",
            actor=COMMAND_LINE,
            now=now,
        )
        for address, note in (
            ("no address", ""),
            ("minister@waters.example", "an official"),
            ("a@b.example", "x" * 400),
            ("a@b.example", "her a@b.c"),
        ):
            with pytest.raises(RefusedError):
                suppressions.add(
                    session, address, key=runtime.address_key, note=note, actor=COMMAND_LINE, now=now
                )
    assert masked == "R…@mail.example"
    make.sign(runtime, page, now=now)
    assert [mail.state for mail in make.emails(runtime)] == [OutboxState.CANCELLED]


def test_the_list_goes_page_by_page(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        for number in range(5):
            suppressions.add(
                session, f"s{number}@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=now
            )
        first = suppressions.page(session, limit=3, actor=COMMAND_LINE, now=now)
        second = suppressions.page(session, limit=3, before=first.next, actor=COMMAND_LINE, now=now)
    assert [len(first.suppressions), len(second.suppressions), second.next] == [3, 2, None]


# Officials


def official_of(runtime: Runtime, official_id: int) -> Official:
    with runtime.database.reading() as session:
        return session.get_one(Official, official_id)


def write_to(runtime: Runtime, official_id: int, number: int, now: datetime) -> list[OutboxEmail]:
    """Messages to an official that have left."""
    office = official_of(runtime, official_id).email
    enqueue(runtime.database, now, number, official_id=official_id, to_address=office)
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.ACCEPTED))
    return stored(runtime.database, official_id=official_id)


def test_a_dead_address_lets_its_official_rest_until_it_is_corrected_and_loses_no_message(
    runtime: Runtime, now: datetime
) -> None:
    campaign_id, (one, other) = campaign_with_officials(runtime.database, now)
    (bounced,) = write_to(runtime, one, 1, now)
    enqueue(runtime.database, now, 2, official_id=one, to_address="office-0@waters.example")
    report(runtime, bounced, EventKind.BOUNCED, at=now)

    with runtime.database.reading() as session:
        (resting,) = pauses.paused_by_system(session)
        assert lanes_with_work(session, Limits(), now=now) == []
    assert (resting.official_id, resting.cause, resting.until) == (one, OfficialPauseCause.BOUNCED, None)
    assert resting.note is not None
    assert official_of(runtime, other).paused_at is None

    with runtime.database.transaction() as session:
        details = OfficialDetails(email="minister@new.example", salutation="", hourly_rate="")
        directory.change(session, campaign_id, one, details, actor=COMMAND_LINE, now=now)
    waiting = stored(runtime.database, state=OutboxState.QUEUED)
    assert {email.to_address for email in waiting} == {"minister@new.example"}
    assert official_of(runtime, one).paused_at is None
    report(runtime, bounced, EventKind.BOUNCED, at=now + timedelta(minutes=1))
    assert official_of(runtime, one).paused_at is None, "that is about the old address"


def test_a_message_that_came_back_goes_to_the_corrected_address_unless_it_was_withdrawn(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    minister = page.officials[0].id
    for name in ("rana", "lin"):
        address = f"{name}@mail.example"
        make.sign_and_confirm(runtime, page, now=now, email=address, officials=(minister,))
    first, second = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.ACCEPTED, attempts=1))
        thanks = make.emails(runtime, kind="thanks")[1]
        self_service.withdraw(session, make.link(thanks, "withdraw"), now=now)
    for message in (first, second):
        report(runtime, message, EventKind.BOUNCED, at=now)
    with runtime.database.transaction() as session:
        make.set_email(session, make.SLUG, "Mara Lindqvist", "minister@new.example", now=now)
    report(runtime, first, EventKind.BOUNCED, at=now)

    again, withdrawn = make.emails(runtime, kind="message")
    assert (again.state, again.to_address) == (OutboxState.QUEUED, "minister@new.example")
    assert (again.text, again.attempts, again.reason) == (first.text, 0, None)
    assert withdrawn.state is OutboxState.BOUNCED
    assert official_of(runtime, minister).paused_at is None


def test_a_message_that_comes_back_once_the_address_is_corrected_goes_there_too(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now, officials=(page.officials[0].id,))
    (message,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.ACCEPTED, attempts=1))
        make.set_email(session, make.SLUG, "Mara Lindqvist", "minister@new.example", now=now)
    for _ in range(2):
        report(runtime, message, EventKind.BOUNCED, at=now)

    (again,) = make.emails(runtime, kind="message")
    assert (again.state, again.to_address) == (OutboxState.QUEUED, "minister@new.example")
    assert again.public_id != message.public_id


def test_what_greets_whoever_held_an_office_does_not_go_by_itself_to_whoever_holds_it_now(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    minister = page.officials[0].id
    make.sign_and_confirm(runtime, page, now=now, officials=(minister,))
    (message,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.ACCEPTED, attempts=1))
        make.set_email(session, make.SLUG, "Mara Lindqvist", "successor@new.example", now=now)
        pauses.freeze(session.get_one(Official, minister), now=now)
        pauses.resume(session.get_one(Official, minister), now=now + timedelta(hours=1))
    report(runtime, message, EventKind.BOUNCED, at=now + timedelta(hours=2))
    assert make.emails(runtime, kind="message")[0].state is OutboxState.BOUNCED


def test_an_office_that_turns_mail_away_rests_for_hours_and_then_goes_on(
    runtime: Runtime, now: datetime
) -> None:
    _, (one, _) = campaign_with_officials(runtime.database, now)
    emails = write_to(runtime, one, 4, now)
    for email in emails[:3]:
        report(runtime, email, EventKind.BLOCKED, at=now)
    assert official_of(runtime, one).paused_until == now + TURNED_AWAY_PAUSE
    later = now + TURNED_AWAY_PAUSE - timedelta(seconds=1)
    with runtime.database.transaction() as session:
        assert pauses.end_pauses(session, now=later) == 0
        assert pauses.end_pauses(session, now=now + TURNED_AWAY_PAUSE) == 1
    assert official_of(runtime, one).paused_at is None
    again = now + TURNED_AWAY_PAUSE + timedelta(minutes=5)
    report(runtime, emails[3], EventKind.BLOCKED, at=again)
    assert official_of(runtime, one).paused_until == again + TURNED_AWAY_PAUSE
    report(runtime, emails[0], EventKind.DELIVERED, at=again + timedelta(minutes=1))
    assert official_of(runtime, one).paused_at is None, "one got through after all"


def test_what_an_organizer_decided_no_report_from_before_undoes(runtime: Runtime, now: datetime) -> None:
    campaign_id, (one, other) = campaign_with_officials(runtime.database, now)
    (bounced,) = write_to(runtime, one, 1, now)
    (paused,) = write_to(runtime, other, 1, now)
    report(runtime, bounced, EventKind.BOUNCED, at=now)
    with runtime.database.transaction() as session:
        for official_id, is_paused in ((one, False), (other, True)):
            directory.set_paused(
                session, campaign_id, official_id, paused=is_paused, actor=COMMAND_LINE, now=now
            )
    report(runtime, bounced, EventKind.DROPPED, at=now - timedelta(minutes=5), now=now)
    report(runtime, paused, EventKind.BOUNCED, at=now + timedelta(minutes=5))
    assert official_of(runtime, one).paused_at is None
    assert official_of(runtime, other).pause_cause is None
    report(runtime, bounced, EventKind.DROPPED, at=now + timedelta(minutes=5))
    assert official_of(runtime, one).pause_cause is OfficialPauseCause.DROPPED


# Any multiset of reports in any order

MINUTE = timedelta(minutes=1)
# Offices that turn mail away come up more often, so that some of these officials rest.
KINDS = st.sampled_from([*EventKind, EventKind.BLOCKED, EventKind.BLOCKED, EventKind.DEFERRED])
TOLD = st.lists(st.tuples(st.integers(0, 7), KINDS, st.integers(0, 300)), max_size=12)


@given(told=TOLD, randoms=st.randoms(use_true_random=False))
@with_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reports_repeated_and_in_any_order_end_the_same(
    runtime: Runtime, now: datetime, told: list[tuple[int, EventKind, int]], randoms: object
) -> None:
    ends = []
    for shuffles in (False, True):
        name = f"r{next(numbers)}"
        _, (official_id,) = campaign_with_officials(runtime.database, now, 1, slug=name)
        with runtime.database.transaction() as session:
            address = f"{name}@mail.example"
            supporter = Supporter(address_hash=address_hash(b"k", address), email=address, created_at=now)
            session.add(supporter)
            session.flush()
            supporter_id, hashed = supporter.id, supporter.address_hash
        office = official_of(runtime, official_id).email
        enqueue(runtime.database, now, 5, official_id=official_id, to_address=office, to_name=name)
        thanks = {"kind": EmailKind.THANKS, "supporter_id": supporter_id}
        enqueue(runtime.database, now, 3, **thanks, to_address=address, to_name=name)
        emails = stored(runtime.database, to_name=name)
        with runtime.database.transaction() as session:
            session.execute(
                update(OutboxEmail)
                .where(OutboxEmail.id.in_([email.id for email in emails]))
                .values(state=OutboxState.IN_DOUBT)
            )
        reports = [
            DeliveryReport(f"{name}-{number}", emails[which].public_id, kind, now - ago * MINUTE, kind)
            for number, (which, kind, ago) in enumerate(told)
        ]
        reports.sort(key=lambda one: one.occurred_at)
        if shuffles:
            reports = reports + reports[:4]
            randoms.shuffle(reports)  # type: ignore[attr-defined]
        for start in range(0, len(reports), 5 if shuffles else 100):
            tell(runtime, reports[start : start + (5 if shuffles else 100)], now=now)
        official = official_of(runtime, official_id)
        with runtime.database.reading() as session:
            kept = session.scalars(
                select(Suppression).where(Suppression.address_hash == hashed).order_by(Suppression.reason)
            )
            silenced = [(one.reason, one.reports, one.first_at, one.last_at, one.note) for one in kept]
        ends.append(
            (
                [email.state for email in stored(runtime.database, to_name=name)],
                silenced,
                (official.pause_cause, official.paused_at, official.paused_until),
            )
        )
    assert ends[0] == ends[1]
