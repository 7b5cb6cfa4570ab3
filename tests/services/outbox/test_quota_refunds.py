"""A day's limit is for messages that leave: those that came back are not charged to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from campaign.domain.outcomes import NotSent, Outcome, Refused, Throttled
from campaign.runtime import Runtime
from campaign.services.outbox import claim, delivery
from campaign.services.outbox.claim import Route
from campaign.services.outbox.quota_refunds import refund
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database
from campaign.store.tables import Campaign, Official
from campaign.worker import loop
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept
from tests.queueing import campaign_with_officials, enqueue, states

pytestmark = pytest.mark.slow_on_postgresql


def limited(database: Database, clock: Clock, number: int, *, table: Any = Official) -> int:
    """An official with that many messages waiting, and a limit of ten a day."""
    official = campaign_with_officials(database, clock(), 1)[1][0]
    with database.transaction() as session:
        session.execute(update(Official).values(hourly_rate=0))
        session.execute(update(table).values(daily_limit=10))
    enqueue(database, clock(), number, official_id=official)
    return official


@pytest.mark.parametrize("table", [Official, pytest.param(Campaign, marks=pytest.mark.slow)])
@pytest.mark.parametrize("refusal", [pytest.param(Throttled, marks=pytest.mark.slow), NotSent])
def test_a_provider_that_turns_mail_away_does_not_use_up_the_day(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, table: Any, refusal: type[Any]
) -> None:
    limited(runtime.database, clock, 15, table=table)

    def turn_away(*_: object) -> Outcome:
        if refusal is Throttled:
            return Throttled(clock() + timedelta(minutes=1), "429: too many requests")
        return NotSent("connection refused")

    provider.script = turn_away
    for _ in range(3):
        loop.drain(runtime, clock=clock)
        clock.forward(minutes=2)
    provider.script = accept
    for _ in range(12):
        loop.drain(runtime, clock=clock)
        clock.forward(minutes=10)

    assert states(runtime.database) == {"accepted": 10, "queued": 5}


def test_what_left_or_may_have_left_stays_charged(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    limited(runtime.database, clock, 15)
    provider.script = lambda *_: Refused("no such mailbox")
    loop.drain(runtime, clock=clock)
    provider.script = accept
    loop.drain(runtime, clock=clock)

    assert states(runtime.database) == {"failed": 10, "queued": 5}


def test_what_a_worker_gave_back_unsent_is_not_charged(runtime: Runtime, clock: Clock) -> None:
    limited(runtime.database, clock, 15)
    with runtime.database.transaction() as session:
        lease = timedelta(minutes=1)
        of_worker = {"route": Route("local"), "limits": Limits(), "batch": 100, "lease": lease}
        claimed = claim.claim(session, "first", **of_worker, now=clock())
        assert len(claimed) == 10
        delivery.release(session, claimed, now=clock())
    loop.drain(runtime, clock=clock)
    assert states(runtime.database) == {"accepted": 10, "queued": 5}


def test_what_was_charged_before_midnight_is_not_given_to_the_new_day(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    clock.time = datetime(2026, 11, 24, 0, 0, 30, tzinfo=UTC)
    official = limited(runtime.database, clock, 15)
    loop.drain(runtime, clock=clock)
    with runtime.database.transaction() as session:
        refund(session, [official] * 5, now=clock())

    loop.drain(runtime, clock=clock)

    assert states(runtime.database) == {"accepted": 10, "queued": 5}
