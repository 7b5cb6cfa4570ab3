"""The worker, from queue to provider and back, on both databases."""

import logging
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.outcomes import (
    Accepted,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unknown,
)
from campaign.errors import UnavailableError
from campaign.mail.email import Email
from campaign.runtime import Runtime, build_runtime
from campaign.services.outbox import claim, delivery, provider_pauses
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits
from campaign.settings import Settings
from campaign.store.database import Database
from campaign.store.tables import ProviderPause, Worker
from campaign.worker import dispatcher, loop
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept
from tests.queueing import campaign_with_officials, enqueue, states, stored
from tests.waiting import PATIENCE_SECONDS, comes_true

pytestmark = pytest.mark.slow_on_postgresql


@contextmanager
def running(runtime: Runtime, clock: Clock) -> Any:
    """A worker at work in a thread, stopped at the end; gives what stops it and the thread."""
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(runtime,), kwargs={"stop": stop, "clock": clock})
    thread.start()
    try:
        yield stop, thread
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_what_is_due_is_sent_once_and_written_down(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 250)
    enqueue(database, clock(), state=OutboxState.HELD)
    enqueue(database, clock() + timedelta(seconds=1))

    assert loop.drain(runtime, clock=clock) == 250

    assert set(provider.attempts.values()) == {1}
    assert states(database) == {"accepted": 250, "held": 1, "queued": 1}
    assert all(
        row.provider_message_id == f"taken-{row.public_id}"
        for row in stored(database, state=OutboxState.ACCEPTED)
    )


@pytest.mark.slow
def test_a_long_queue_is_sent_to_its_end(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    """However unevenly the answers come."""

    def unevenly(email: Email, attempt: int) -> Outcome:
        if len(provider.sent) % 700 > 600:
            time.sleep(0.03)
        return accept(email, attempt)

    provider.script = unevenly
    enqueue(database, clock(), 3000)

    assert loop.drain(runtime, clock=clock) == len(provider.sent) == 3000


def test_an_empty_queue_is_no_work(runtime: Runtime, clock: Clock) -> None:
    assert loop.drain(runtime, clock=clock) == 0


def test_each_outcome_ends_where_it_should_and_delays_no_other(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    outcomes = {0: Refused("400"), 1: Unknown("lost"), 2: NotSent("refused")}
    enqueue(database, clock(), 60)
    ids = [row.public_id for row in stored(database)]
    provider.script = lambda email, attempt: outcomes.get(ids.index(email.public_id), accept(email, attempt))

    assert loop.drain(runtime, clock=clock) == 57

    assert states(database) == {"accepted": 57, "failed": 1, "in_doubt": 1, "queued": 1}
    assert max(provider.attempts.values()) == 1


def test_an_email_that_breaks_the_provider_is_in_doubt_and_the_others_go(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    enqueue(database, clock(), 20)
    poison = stored(database)[3].public_id

    def script(email: Email, attempt: int) -> Outcome:
        if email.public_id == poison:
            raise KeyError(email.to_address)
        return accept(email, attempt)

    provider.script = script

    assert loop.drain(runtime, clock=clock) == 19
    (row,) = stored(database, state=OutboxState.IN_DOUBT)
    assert (row.public_id, row.reason) == (poison, "defect in the provider: KeyError")
    assert poison in caplog.text
    assert "waters.example" not in caplog.text


def test_a_429_stops_every_further_request_until_the_time_it_names(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    until = clock() + timedelta(seconds=90)
    enqueue(database, clock(), 300)
    throttling = threading.Lock()
    throttling.acquire()

    def script(email: Email, attempt: int) -> Outcome:
        return Throttled(until, "429") if throttling.acquire(blocking=False) else accept(email, attempt)

    provider.script = script
    throttling.release()
    accepted = loop.drain(runtime, clock=clock)
    asked = len(provider.sent)

    assert asked <= dispatcher.CONNECTIONS + 1
    assert accepted == asked - 1
    clock.forward(seconds=89)
    assert loop.drain(runtime, clock=clock) == 0
    assert len(provider.sent) == asked
    clock.forward(seconds=1)
    assert loop.drain(runtime, clock=clock) == 300 - accepted
    assert states(database) == {"accepted": 300}
    assert sorted(set(provider.times)) == [until - timedelta(seconds=90), until]
    assert {row.attempts for row in stored(database)} == {1}


def test_a_refused_key_stops_the_mail_and_a_mended_one_sets_it_going(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    provider.script = lambda email, attempt: Unauthorized("401: the key is not valid")
    enqueue(database, clock(), 300)

    assert loop.drain(runtime, clock=clock) == 0

    assert len(provider.sent) <= dispatcher.CONNECTIONS
    assert {(row.state, row.attempts) for row in stored(database)} == {(OutboxState.QUEUED, 0)}
    with database.reading() as session:
        assert (
            provider_pauses.breaker_state(session, "scripted", now=clock())
            is provider_pauses.BreakerState.OPEN
        )
        assert session.scalars(select(ProviderPause.reason)).all() == ["401: the key is not valid"]
    provider.script = accept
    assert loop.drain(runtime, clock=clock) == 300  # a worker that starts looks at once
    with database.reading() as session:
        assert (
            provider_pauses.breaker_state(session, "scripted", now=clock())
            is provider_pauses.BreakerState.CLOSED
        )


@pytest.mark.slow
def test_a_provider_that_is_down_is_asked_seldom_and_then_gets_the_oldest_first(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    provider.script = lambda email, attempt: NotSent("connection refused")
    enqueue(database, clock(), 300)
    loop.drain(runtime, clock=clock)
    at_once = len(provider.sent)
    for _ in range(30):
        clock.forward(minutes=1)
        loop.drain(runtime, clock=clock)
    asked = len(provider.sent)

    assert at_once <= dispatcher.CONNECTIONS
    assert asked - at_once <= 30
    clock.forward(minutes=1)
    provider.script = accept
    loop.drain(runtime, clock=clock)
    clock.forward(hours=4)
    loop.drain(runtime, clock=clock)
    assert states(database) == {"accepted": 300}


def test_a_pause_of_the_organizers_sends_nothing_until_they_end_it(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 3)
    with database.transaction() as session:
        provider_pauses.pause(session, "scripted", cause=PauseCause.ORGANIZER, reason="asked", now=clock())
    clock.forward(days=2)

    assert loop.drain(runtime, clock=clock) == 0
    with database.transaction() as session:
        provider_pauses.resume(session, "scripted")
    assert loop.drain(runtime, clock=clock) == 3


def test_the_paces_of_the_settings_are_kept(
    settings: Settings, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    official = campaign_with_officials(database, clock())[1][0]
    enqueue(database, clock(), 40, official_id=official)
    enqueue(database, clock(), 5, kind=EmailKind.CONFIRMATION)
    runtime = build_runtime(settings, provider=provider)

    assert loop.drain(runtime, clock=clock) == 5 + 3
    clock.forward(hours=1)
    assert 1 <= loop.drain(runtime, clock=clock) <= 4
    runtime.close()


def test_a_fresh_email_leaves_within_a_second(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    """One of several does on the busiest machine: none would if an idle queue were looked at too seldom."""

    def seconds_to_leave() -> float:
        sent = len(provider.sent)
        enqueue(database, clock())
        began = time.monotonic()
        assert comes_true(lambda: len(provider.sent) > sent, every=0.005)
        return time.monotonic() - began

    with running(runtime, clock):
        seconds_to_leave()
        time.sleep(0.3)
        assert any(seconds_to_leave() < 1 for _ in range(10))


def test_an_idle_worker_shows_that_it_is_alive_and_is_gone_after_a_stop(
    runtime: Runtime, database: Database, clock: Clock
) -> None:
    def workers() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Worker)) or 0

    with running(runtime, clock):
        assert comes_true(lambda: workers() == 1)
    assert workers() == 0


@pytest.mark.slow
def test_a_stop_finishes_what_is_under_way_and_gives_back_the_rest(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    def slowly(email: Email, attempt: int) -> Outcome:
        time.sleep(0.5)
        return accept(email, attempt)

    provider.script = slowly
    enqueue(database, clock(), 400)
    with running(runtime, clock) as (stop, thread):
        assert comes_true(lambda: len(provider.sent) >= dispatcher.CONNECTIONS)
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()

    assert states(database) == {"accepted": len(provider.sent), "queued": 400 - len(provider.sent)}
    assert {row.attempts for row in stored(database, state=OutboxState.QUEUED)} == {0}


def test_a_call_that_hangs_does_not_hold_up_the_stop_and_is_in_doubt(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "STOP_SECONDS", 0.3)
    release = threading.Event()

    def hang(email: Email, attempt: int) -> Outcome:
        release.wait(2 * PATIENCE_SECONDS)
        return accept(email, attempt)

    provider.script = hang
    enqueue(database, clock())
    with running(runtime, clock) as (stop, thread):
        assert comes_true(lambda: len(provider.sent) == 1)
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    release.set()

    assert states(database) == {"in_doubt": 1}


def test_what_a_dead_worker_held_is_freed_by_the_next_one(
    runtime: Runtime, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 2)
    with database.transaction() as session:
        first, _ = claim.claim(
            session,
            "dead",
            route=Route("scripted"),
            limits=Limits(),
            batch=2,
            lease=dispatcher.LEASE,
            now=clock(),
        )
        delivery.mark_sending(session, [first], provider="scripted", lease=dispatcher.LEASE, now=clock())

    assert loop.drain(runtime, clock=clock) == 0
    clock.forward(seconds=60)
    assert loop.drain(runtime, clock=clock) == 1
    assert states(database) == {"in_doubt": 1, "accepted": 1}


def test_a_database_out_of_reach_is_waited_for_and_nothing_is_lost_or_sent_twice(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    enqueue(database, clock(), 400)
    whole = runtime.database.transaction
    calls = iter(range(1000))

    @contextmanager
    def failing() -> Any:
        """Every third transaction fails, before its work or at its commit."""
        call = next(calls)
        if call % 6 == 2:
            raise UnavailableError("The database cannot be used right now. Please try again in a moment.")
        with whole() as session:
            yield session
            if call % 6 == 5:
                raise UnavailableError("The database cannot be used right now. Please try again in a moment.")

    monkeypatch.setattr(runtime.database, "transaction", failing)
    monkeypatch.setattr(loop, "MAX_BACKOFF_SECONDS", 0.02)
    with running(runtime, clock):
        assert comes_true(lambda: len(provider.sent) == 400)
        assert comes_true(lambda: states(database).get("accepted") == 400)

    assert set(provider.attempts.values()) == {1}
    assert "waits" in caplog.text


def test_several_workers_share_the_queue_and_send_nothing_twice(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 600)

    with running(runtime, clock), running(runtime, clock), running(runtime, clock):
        assert comes_true(lambda: states(database).get("accepted") == 600)

    assert set(provider.attempts.values()) == {1}
    assert len(provider.sent) == 600


def test_the_log_names_ids_and_no_person(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.script = lambda email, attempt: Refused(f"400: {email.to_address} is bad")
    enqueue(database, clock())

    loop.drain(runtime, clock=clock)

    assert stored(database)[0].public_id in caplog.text
    for word in ("waters.example", "mail.example", "Rana", "Lindqvist", "please stop"):
        assert word not in caplog.text


def test_without_a_clock_of_the_caller_the_time_is_the_databases(
    runtime: Runtime, database: Database
) -> None:
    enqueue(database, runtime.clock() - timedelta(seconds=1))

    assert loop.drain(runtime) == 1


def test_the_last_words_of_an_accepted_email_are_its_id(
    runtime: Runtime, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    provider.script = lambda email, attempt: Accepted("x-1")
    enqueue(database, clock(), kind=EmailKind.CONFIRMATION)

    loop.drain(runtime, clock=clock)

    (row,) = stored(database)
    assert (row.provider_message_id, row.text, row.html) == ("x-1", "", "")
