"""Whether a provider may be used, and until when not."""

from datetime import datetime, timedelta

from campaign.domain.outbox import PauseCause
from campaign.services.outbox import provider_pauses
from campaign.services.outbox.provider_pauses import BreakerState
from campaign.store.database import Database

MINUTE = timedelta(minutes=1)


def gate(database: Database, now: datetime) -> BreakerState:
    with database.reading() as session:
        return provider_pauses.breaker_state(session, "sendgrid", now=now)


def throttle(database: Database, now: datetime, until: datetime) -> None:
    with database.transaction() as session:
        provider_pauses.pause(
            session, "sendgrid", cause=PauseCause.THROTTLED, reason="429", now=now, until=until
        )


def rest(database: Database, now: datetime, cause: PauseCause = PauseCause.UNREACHABLE) -> None:
    with database.transaction() as session:
        provider_pauses.pause_failing(session, "sendgrid", cause=cause, reason="refused", now=now)


def test_a_provider_is_open_until_something_is_wrong(database: Database, now: datetime) -> None:
    assert gate(database, now) is BreakerState.CLOSED


def test_a_throttled_provider_is_closed_until_the_time_it_named_and_then_probed(
    database: Database, now: datetime
) -> None:
    throttle(database, now, now + MINUTE)

    assert gate(database, now + MINUTE * 0.99) is BreakerState.OPEN
    assert gate(database, now + MINUTE) is BreakerState.HALF_OPEN


def test_an_email_that_gets_through_opens_the_gate_but_not_before_its_time(
    database: Database, now: datetime
) -> None:
    throttle(database, now, now + MINUTE)
    with database.transaction() as session:
        provider_pauses.resume_after_probe(session, "sendgrid", now=now)
    assert gate(database, now) is BreakerState.OPEN

    with database.transaction() as session:
        provider_pauses.resume_after_probe(session, "sendgrid", now=now + MINUTE)
    assert gate(database, now + MINUTE) is BreakerState.CLOSED


def test_the_longer_of_two_pauses_holds(database: Database, now: datetime) -> None:
    throttle(database, now, now + 9 * MINUTE)
    throttle(database, now, now + MINUTE)
    assert gate(database, now + 8 * MINUTE) is BreakerState.OPEN

    throttle(database, now, now + 20 * MINUTE)
    assert gate(database, now + 19 * MINUTE) is BreakerState.OPEN


def test_an_organizers_pause_has_no_end_but_their_word(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        provider_pauses.pause(session, "sendgrid", cause=PauseCause.ORGANIZER, reason="asked", now=now)
    throttle(database, now, now + MINUTE)
    rest(database, now)

    assert gate(database, now + timedelta(days=99)) is BreakerState.STOPPED
    with database.transaction() as session:
        provider_pauses.resume(session, "sendgrid")
    assert gate(database, now) is BreakerState.CLOSED


def test_a_provider_that_fails_after_each_rest_rests_twice_as_long(database: Database, now: datetime) -> None:
    moment = now
    for seconds in (1, 2, 4, 8):
        rest(database, moment)
        rest(database, moment)  # calls that were under way fail as well, and prolong nothing
        moment += timedelta(seconds=seconds)
        assert gate(database, moment - timedelta(milliseconds=1)) is BreakerState.OPEN
        assert gate(database, moment) is BreakerState.HALF_OPEN


def test_a_worker_that_starts_tries_a_refused_key_at_once_but_waits_out_a_429(
    database: Database, now: datetime
) -> None:
    rest(database, now, PauseCause.UNAUTHORIZED)
    with database.transaction() as session:
        provider_pauses.probe_now(session, "sendgrid", now=now)
    assert gate(database, now) is BreakerState.HALF_OPEN

    throttle(database, now, now + MINUTE)
    with database.transaction() as session:
        provider_pauses.probe_now(session, "sendgrid", now=now)
    assert gate(database, now) is BreakerState.OPEN


def test_one_providers_rest_is_not_anothers(database: Database, now: datetime) -> None:
    rest(database, now)

    with database.reading() as session:
        assert provider_pauses.breaker_state(session, "smtp", now=now) is BreakerState.CLOSED
