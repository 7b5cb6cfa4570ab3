"""The queue as organizers see it, and what they decide about its emails."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.alerts import AlertKind
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.roles import Role
from campaign.errors import ConflictError
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.audit import audit_log
from campaign.services.feedback import events
from campaign.services.monitoring import health
from campaign.services.outbox import heartbeat, provider_pauses
from campaign.services.outbox.claim import Route, claim
from campaign.services.outbox.rate_limits import Limits
from campaign.services.queue import counts, decisions, lists
from campaign.services.queue.decisions import Decision, QueueStatus
from campaign.services.queue.lists import EmailList
from campaign.store.database import Database
from campaign.store.tables import Official, OutboxEmail
from tests.queueing import campaign_with_officials, enqueue, states, stored

LIMITS = Limits(official_rate=30)


@pytest.fixture
def organizer_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return organizers.add(
            session,
            "olga@desk.example",
            role=Role.EDITOR,
            password="marble otter kiosk plum",
            actor=COMMAND_LINE,
            now=now,
            passwords=Passwords(memory=8, passes=1, lanes=1),
        ).id


@pytest.fixture
def put(database: Database, now: datetime) -> Callable[..., list[str]]:
    """Writes emails in a state; gives their opaque ids."""

    def write(state: OutboxState, number: int = 1, **changes: object) -> list[str]:
        with database.transaction() as session:
            known = set(session.scalars(select(OutboxEmail.id)))
        enqueue(database, now, number, **changes)
        with database.transaction() as session:
            fresh = [id_ for id_ in session.scalars(select(OutboxEmail.id)) if id_ not in known]
            session.execute(
                update(OutboxEmail)
                .where(OutboxEmail.id.in_(fresh))
                .values(state=state, attempts=3, reason="The server said no.", sending_at=now, leased_by="w")
            )
            return list(
                session.scalars(
                    select(OutboxEmail.public_id).where(OutboxEmail.id.in_(fresh)).order_by(OutboxEmail.id)
                )
            )

    return write


def look(database: Database, at: datetime) -> health.HealthReport:
    with database.reading() as session:
        return health.check(session, limits=LIMITS, providers=("scripted",), now=at)


def alive(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        heartbeat.record(session, "w-1", now=at)


def wrong(database: Database, at: datetime) -> list[str]:
    return [one.kind.value for one in look(database, at).conditions]


def test_supporters_mail_that_does_not_leave_is_late_and_without_a_worker_that_is_what_is_wrong(
    database: Database, now: datetime
) -> None:
    enqueue(database, now, kind=EmailKind.CONFIRMATION)
    assert wrong(database, now + timedelta(seconds=90)) == []
    assert wrong(database, now + timedelta(minutes=2)) == ["no_worker"]
    alive(database, now + timedelta(minutes=15))
    assert wrong(database, now + timedelta(minutes=14)) == []
    assert wrong(database, now + timedelta(minutes=15)) == ["queue_late"]
    assert look(database, now + timedelta(minutes=15)).oldest_ready == now


def test_messages_that_wait_for_their_pace_are_not_late(database: Database, now: datetime) -> None:
    official = campaign_with_officials(database, now)[1][0]
    enqueue(database, now, 60, official_id=official)
    at = now
    for minute in range(0, 91, 5):
        at = now + timedelta(minutes=minute)
        with database.transaction() as session:
            claim(
                session, "w-1", route=Route("scripted"), limits=LIMITS, batch=100, lease=timedelta(hours=9),
                now=at,
            )  # fmt: skip
        alive(database, at)
        assert wrong(database, at) == []
    # Nobody has looked since: the token that came meanwhile could have been used, and was not.
    at += timedelta(minutes=30)
    alive(database, at)
    assert wrong(database, at) == ["queue_late"]


@pytest.mark.parametrize("who", ["official", "campaign", "provider"])
def test_what_an_organizer_paused_is_not_late(
    database: Database, now: datetime, organizer_id: int, who: str
) -> None:
    pause = {"paused_at": now} if who == "official" else {}
    official = campaign_with_officials(database, now, slug="dam", **pause)[1][0]
    enqueue(database, now, 5, official_id=official)
    with database.transaction() as session:
        if who == "campaign":
            decisions.set_paused(session, "dam", paused=True, actor=Actor(organizer_id, Via.DESK), now=now)
        if who == "provider":
            decisions.set_provider_paused(
                session, "scripted", paused=True, actor=Actor(organizer_id, Via.DESK), now=now
            )
    assert wrong(database, now + timedelta(days=3)) == []


def test_a_refused_key_and_a_doubt_are_wrong_and_an_alert_in_doubt_is_not(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    put(OutboxState.IN_DOUBT, kind=EmailKind.ALERT)
    assert wrong(database, now) == []
    put(OutboxState.IN_DOUBT)
    with database.transaction() as session:
        provider_pauses.pause_failing(
            session, "scripted", cause=PauseCause.UNAUTHORIZED, reason="401", now=now
        )
    found = look(database, now).conditions
    assert [(one.kind, one.subject) for one in found] == [
        (AlertKind.KEY_REFUSED, "scripted"),
        (AlertKind.DOUBT, ""),
    ]


def test_the_light_tells_what_needs_somebody(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    def light(at: datetime) -> QueueStatus:
        with database.reading() as session:
            return decisions.queue_status(session, look(database, at))

    enqueue(database, now)
    assert light(now) is QueueStatus.GOOD
    assert light(now + timedelta(hours=1)) is QueueStatus.LATE
    put(OutboxState.FAILED)
    assert light(now) is QueueStatus.NEEDS_YOU


def test_a_decision_moves_the_email_once_and_is_noted(
    database: Database,
    now: datetime,
    organizer_id: int,
    put: Callable[..., list[str]],
) -> None:
    for state, decision, end in (
        (OutboxState.FAILED, Decision.RETRY, OutboxState.QUEUED),
        (OutboxState.IN_DOUBT, Decision.SEND_AGAIN, OutboxState.QUEUED),
        (OutboxState.IN_DOUBT, Decision.TREAT_AS_SENT, OutboxState.ACCEPTED),
    ):
        put(state, kind=EmailKind.CONFIRMATION)
        email_id = stored(database)[-1].id
        with database.transaction() as session:
            decisions.decide(session, email_id, decision, actor=Actor(organizer_id, Via.DESK), now=now)
            assert audit_log.entries(session)[0].action == f"email.{decision.value}"
        email = stored(database)[-1]
        assert (email.state, email.leased_by) == (end, None)
        # Links that act for a supporter have served, once they count as sent.
        assert bool(email.text) == (end is OutboxState.QUEUED)
        with database.transaction() as session, pytest.raises(ConflictError):
            decisions.decide(session, email_id, decision, actor=Actor(organizer_id, Via.DESK), now=now)


def test_what_is_not_in_doubt_is_never_sent_again_by_that_button(
    database: Database, now: datetime, organizer_id: int, put: Callable[..., list[str]]
) -> None:
    for state in set(OutboxState) - {OutboxState.IN_DOUBT}:
        put(state)
        email_id = stored(database)[-1].id
        with database.transaction() as session, pytest.raises(ConflictError):
            decisions.decide(
                session, email_id, Decision.SEND_AGAIN, actor=Actor(organizer_id, Via.DESK), now=now
            )
        assert stored(database)[-1].state == state


def test_a_decision_about_all_moves_those_that_were_counted_and_is_one_entry(
    database: Database, now: datetime, organizer_id: int, put: Callable[..., list[str]]
) -> None:
    ours, theirs = (campaign_with_officials(database, now, slug=slug)[0] for slug in ("dam", "weir"))
    put(OutboxState.IN_DOUBT, 200, campaign_id=ours)
    put(OutboxState.IN_DOUBT, 3, campaign_id=theirs)
    with database.reading() as session:
        lot = decisions.select_emails(session, Decision.TREAT_AS_SENT, campaign_id=ours)
    assert lot.number == 200
    put(OutboxState.IN_DOUBT, 1, campaign_id=ours)
    put(OutboxState.FAILED, 1, campaign_id=ours)
    for expected in (200, 0):
        with database.transaction() as session:
            moved = decisions.decide_all(
                session,
                Decision.TREAT_AS_SENT,
                campaign_id=ours,
                up_to=lot.up_to,
                actor=Actor(organizer_id, Via.DESK),
                now=now,
            )
        assert moved == expected
    assert states(database) == {"accepted": 200, "in_doubt": 4, "failed": 1}
    with database.reading() as session:
        entries = [one for one in audit_log.entries(session) if one.action == "emails.treat-as-sent"]
    assert [one.details["number"] for one in entries] == [200]


def test_a_doubt_is_shown_with_all_that_is_known_of_it(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    (public_id,) = put(OutboxState.IN_DOUBT, kind=EmailKind.CONFIRMATION, to_address="rana@mail.example")
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(provider="sendgrid", provider_message_id="x-1"))
        report = DeliveryReport("e-1", public_id, EventKind.DEFERRED, now, "450 busy")
        events.store(session, [report], now=now)
    with database.reading() as session:
        (one,) = lists.page(session, EmailList.IN_DOUBT).emails
        assert lists.page(session, EmailList.FAILED).emails == ()
    assert (one.recipient, one.reason, one.attempts) == ("r…@mail.example", "The server said no.", 3)
    assert (one.provider, one.provider_message_id, one.sending_at) == ("sendgrid", "x-1", now)
    assert [(event.kind, event.reason) for event in one.events] == [(EventKind.DEFERRED, "450 busy")]


def test_pages_of_a_list_hold_everything_once_the_newest_first(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    ours = campaign_with_officials(database, now)[0]
    wanted = put(OutboxState.BOUNCED, 5, campaign_id=ours)
    put(OutboxState.BOUNCED, 2)
    seen, before = [], None
    with database.reading() as session:
        while True:
            page = lists.page(session, EmailList.BOUNCED, campaign_id=ours, before=before, limit=2)
            seen += [one.public_id for one in page.emails]
            if page.next is None:
                break
            before = page.next
    assert seen == sorted(wanted, key=wanted.index, reverse=True)


def test_an_email_put_off_is_deferred_until_anything_else_is_heard_of_it(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    first, second, done = put(OutboxState.ACCEPTED, 3)

    def report(*reports: tuple[str, EventKind]) -> list[str]:
        with database.transaction() as session:
            events.store(
                session,
                [
                    DeliveryReport(f"{public_id}-{kind}", public_id, kind, now, "451 greylisted")
                    for public_id, kind in reports
                ],
                now=now,
            )
            events.process(session, now=now)
            found = lists.page(session, EmailList.DEFERRED).emails
            assert counts.deferred(session) == len(found)
            assert all(one.reason == "451 greylisted" for one in found)
            return [one.public_id for one in found]

    assert report((done, EventKind.DELIVERED), (done, EventKind.DEFERRED)) == []
    assert report((first, EventKind.DEFERRED), (second, EventKind.DEFERRED)) == [second, first]
    assert report((first, EventKind.DELIVERED)) == [second]


def test_the_figures_tell_where_every_email_is_and_why_it_waits(
    database: Database, now: datetime, put: Callable[..., list[str]]
) -> None:
    campaign, (one, two) = campaign_with_officials(database, now)
    here = {"campaign_id": campaign}
    put(OutboxState.QUEUED, 4, official_id=one, **here)
    put(OutboxState.QUEUED, 2, official_id=two, **here)
    put(OutboxState.QUEUED, 1, official_id=one, due_at=now + timedelta(hours=1), **here)
    put(OutboxState.DELIVERED, 3, official_id=two, **here)
    put(OutboxState.SENDING, 1, official_id=two, **here)
    put(OutboxState.HELD, 1, kind=EmailKind.CONFIRMATION, **here)
    with database.transaction() as session:
        session.execute(update(Official).where(Official.id == two).values(paused_at=now))
        kinds = counts.by_kind(session)
        waiting = counts.waiting(session, now=now)
        lines, _ = counts.officials(session, campaign)
        first, following = counts.officials(session, campaign, limit=1)
        (line,) = counts.campaigns(session)
    assert set(kinds) == {EmailKind.MESSAGE, EmailKind.CONFIRMATION}
    assert (kinds[EmailKind.MESSAGE].waiting, kinds[EmailKind.MESSAGE].delivered) == (7, 3)
    assert counts.total(list(kinds.values())).held == 1
    assert (waiting.paused, waiting.not_due, waiting.for_digest, waiting.first_due_at) == (2, 1, 0, now)
    assert [(each.figures.waiting, each.figures.leaving, each.figures.delivered) for each in lines] == [
        (5, 0, 0),
        (2, 1, 3),
    ]
    assert (lines[1].paused_at, lines[0].oldest_due_at) == (now, now)
    assert (len(first), following) == (1, 0)
    assert line.figures.waiting == 7


def test_nothing_is_counted_further_than_pages_count(
    database: Database, put: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(OutboxState.DELIVERED, 5)
    monkeypatch.setattr(counts, "COUNTED_UP_TO", 2)
    with database.reading() as session:
        assert counts.deferred(session) == 0
        total = counts.total(list(counts.by_kind(session).values()))
    assert total.delivered == 3


def test_a_mail_whose_words_have_served_is_not_sent_again_empty(
    database: Database, now: datetime, put: Callable[..., list[str]], organizer_id: int
) -> None:
    (public_id,) = put(OutboxState.ACCEPTED, kind=EmailKind.CONFIRMATION)
    dropped = DeliveryReport("e-1", public_id, EventKind.DROPPED, now, "Bounced Address")
    with database.transaction() as session:
        events.store(session, [dropped], now=now)
        events.process(session, now=now)
    (row,) = stored(database)
    assert (row.state, row.text) == (OutboxState.FAILED, "")

    with pytest.raises(ConflictError, match="no longer kept"), database.transaction() as session:
        decisions.decide(session, row.id, Decision.RETRY, actor=Actor(organizer_id, Via.DESK), now=now)
    with database.reading() as session:
        assert decisions.select_emails(session, Decision.RETRY, campaign_id=None) == decisions.EmailSelection(
            0, 0
        )
