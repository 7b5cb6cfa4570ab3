"""A clock that goes a day ahead and comes back: the mail goes on, once each, and the log says so."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.outcomes import NotSent, Outcome, Throttled
from campaign.mail.email import Email
from campaign.runtime import Runtime
from campaign.services.installation import jobs
from campaign.services.monitoring import clock_jumps
from campaign.services.outbox import heartbeat, provider_pauses
from campaign.store.database import Database
from campaign.store.tables.core import job, official, outbox_email, pace_bucket, provider_pause, worker
from campaign.worker import loop
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept
from tests.queueing import campaign_with_officials, enqueue, states, stored

pytestmark = pytest.mark.slow_on_postgresql

DAY = timedelta(days=1)


def test_after_a_day_ahead_a_limited_official_gets_mail_within_the_hour(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (official_id, _) = campaign_with_officials(database, clock())[1]
    enqueue(database, clock(), 40, official_id=official_id)
    clock.forward(days=1)
    first = loop.drain(runtime, clock=clock)

    clock.forward(days=-1)
    loop.drain(runtime, clock=clock)
    clock.forward(hours=1)

    assert first > 0
    assert loop.drain(runtime, clock=clock) > 0
    assert set(provider.attempts.values()) == {1}
    assert "a clock was ahead" in caplog.text
    assert "pace_bucket.at" in caplog.text


@pytest.mark.first_rows(1)
@pytest.mark.parametrize(
    "outcome", [lambda now: Throttled(now + timedelta(minutes=5), "429"), lambda now: NotSent("refused")]
)
def test_a_pause_made_by_a_clock_ahead_ends_with_it(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock, outcome: object
) -> None:
    enqueue(database, clock(), 12)
    clock.forward(days=1)
    script = outcome
    provider.script = lambda email, attempt: script(clock())  # type: ignore[operator]
    loop.drain(runtime, clock=clock)
    provider.script = accept
    clock.forward(days=-1)

    for _ in range(8):
        clock.forward(minutes=1)
        loop.drain(runtime, clock=clock)

    assert states(database) == {"accepted": 12}


def test_mail_written_while_the_clock_was_ahead_goes_at_once(
    runtime: Runtime, database: Database, clock: Clock
) -> None:
    enqueue(database, clock() + DAY, 3, kind=EmailKind.CONFIRMATION)
    first = stored(database)[0].id
    with database.transaction() as session:
        # What was confirmed meanwhile was written long before, and is due by that clock.
        session.execute(
            update(outbox_email).where(outbox_email.c.id == first).values(created_at=clock(), kind="message")
        )

    assert loop.drain(runtime, clock=clock) == 3


def test_what_a_clock_ahead_put_off_keeps_its_distance(
    runtime: Runtime, database: Database, clock: Clock
) -> None:
    enqueue(database, clock() + DAY, due_at=clock() + DAY + timedelta(hours=2), kind=EmailKind.CONFIRMATION)

    assert loop.drain(runtime, clock=clock) == 0
    clock.forward(hours=2)
    assert loop.drain(runtime, clock=clock) == 1


def test_what_waits_by_a_right_clock_is_left_alone(database: Database, clock: Clock) -> None:
    enqueue(database, clock(), due_at=clock() + timedelta(hours=3))
    enqueue(database, clock(), due_at=clock() + timedelta(hours=23), kind=EmailKind.CONFIRMATION)
    (official_id, _) = campaign_with_officials(database, clock(), digest_mode="alike")[1]
    enqueue(database, clock(), due_at=clock() + timedelta(days=3), official_id=official_id)
    with database.transaction() as session:
        until = clock() + timedelta(minutes=59)
        cause = PauseCause.THROTTLED
        provider_pauses.pause(session, "scripted", cause=cause, reason="429", until=until, now=clock())
        heartbeat.record(session, "one", now=clock() + timedelta(seconds=30))
        jobs.claim(session, "activity_lookup", every=timedelta(minutes=50), now=clock())
        jobs.claim(session, "doctor", every=DAY, now=clock())

        assert clock_jumps.bring_back(session, now=clock()) == {}


def test_everything_from_the_future_is_brought_back_and_counted(database: Database, clock: Clock) -> None:
    later = clock() + DAY
    (official_id, _) = campaign_with_officials(database, clock())[1]
    enqueue(database, clock(), 2)
    first = stored(database)[0].id
    with database.transaction() as session:
        heartbeat.record(session, "gone", now=later)
        jobs.claim(session, "alerts", every=timedelta(minutes=1), now=later)
        session.execute(insert(pace_bucket).values(key="official:1", tokens=-2.0, at=later))
        until = later + timedelta(minutes=1)
        cause = PauseCause.UNREACHABLE
        provider_pauses.pause(session, "scripted", cause=cause, reason="down", until=until, now=later)
        ahead = {"paused_at": later, "paused_until": later + timedelta(hours=4), "pause_cause": "turned_away"}
        session.execute(
            update(official)
            .where(official.c.id == official_id)
            .values(**ahead, digested_on=later.date() + timedelta(days=1))
        )
        leased = {"state": OutboxState.LEASED, "leased_by": "gone.1", "lease_ends_at": later}
        session.execute(update(outbox_email).where(outbox_email.c.id == first).values(**leased))

        changed = clock_jumps.bring_back(session, now=clock())

        assert changed == {
            "worker.started_at": 1,
            "worker.seen_at": 1,
            "job.next_at": 1,
            "pace_bucket.at": 1,
            "provider_pause.paused_at": 1,
            "provider_pause.resumes_at": 1,
            "official.paused_until": 1,
            "official.digested_on": 1,
            "outbox_email.lease_ends_at": 1,
        }
        assert session.scalars(select(worker.c.seen_at)).all() == [clock()]
        assert session.scalars(select(job.c.next_at)).all() == [clock()]
        assert session.scalars(select(pace_bucket.c.tokens)).all() == [-2.0]
        assert session.scalars(select(provider_pause.c.resumes_at)).all() == [clock()]
        lease_ends = session.scalar(select(outbox_email.c.lease_ends_at).where(outbox_email.c.id == first))
        assert lease_ends == clock() + timedelta(minutes=1)
        assert clock_jumps.bring_back(session, now=clock()) == {}


def test_a_jump_during_a_call_sends_nothing_twice(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 300)
    jumped = threading.Lock()

    def jump(email: Email, attempt: int) -> Outcome:
        if len(provider.sent) == 20 and jumped.acquire(blocking=False):
            clock.forward(days=1)
        if len(provider.sent) == 120 and jumped.locked() and clock().day == 24:
            clock.forward(days=-1)
        return accept(email, attempt)

    provider.script = jump
    loop.drain(runtime, clock=clock)
    clock.forward(seconds=61)
    loop.drain(runtime, clock=clock)

    assert set(provider.attempts.values()) == {1}
    assert {row.state for row in stored(database)} == {OutboxState.ACCEPTED}
