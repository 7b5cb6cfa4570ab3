"""Where each outcome takes an email."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.outbox import OutboxState, may_become
from campaign.domain.outcomes import (
    Accepted,
    Deferred,
    NotBegun,
    NotSent,
    Outcome,
    Refused,
    Settlement,
    Throttled,
    Unauthorized,
    Unknown,
    next_attempt,
    settle,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=7)


def settled(outcome: Outcome, *, attempts: int = 1, first: datetime = NOW, chance: float = 0.5) -> Settlement:
    return settle(outcome, attempts=attempts, first_tried_at=first, now=NOW, chance=chance)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Accepted("id-1"), OutboxState.ACCEPTED),
        (NotSent("connection refused"), OutboxState.QUEUED),
        (Deferred("450 4.2.1"), OutboxState.QUEUED),
        (Throttled(LATER, "429"), OutboxState.QUEUED),
        (Refused("400: no such address"), OutboxState.FAILED),
        (Unauthorized("401"), OutboxState.QUEUED),
        (Unknown("no answer"), OutboxState.IN_DOUBT),
        (NotBegun(), OutboxState.QUEUED),
    ],
)
def test_every_outcome_leads_to_its_state_and_no_other(outcome: Outcome, state: OutboxState) -> None:
    assert settled(outcome).state is state
    assert may_become(OutboxState.SENDING, state)


def test_an_accepted_email_keeps_the_providers_id() -> None:
    assert settled(Accepted("id-1")).provider_message_id == "id-1"


@pytest.mark.parametrize("outcome", [Unauthorized("401"), NotBegun()])
def test_an_email_that_was_not_tried_keeps_its_place_and_its_count(outcome: Outcome) -> None:
    settlement = settled(outcome)

    assert settlement.due_at is None
    assert not settlement.is_attempt


def test_a_throttled_email_waits_until_the_time_named_and_counts_no_attempt() -> None:
    settlement = settled(Throttled(LATER, "429"))

    assert settlement.due_at == LATER
    assert not settlement.is_attempt


@pytest.mark.parametrize(
    ("attempts", "ceiling"),
    [
        (1, timedelta(minutes=1)),
        (2, timedelta(minutes=2)),
        (8, timedelta(minutes=128)),
        (9, timedelta(hours=4)),
        (60, timedelta(hours=4)),
    ],
)
def test_the_wait_doubles_from_a_minute_to_four_hours(attempts: int, ceiling: timedelta) -> None:
    def due(chance: float) -> datetime | None:
        return next_attempt(attempts, first_tried_at=NOW, now=NOW, chance=chance)

    assert due(0.0) == NOW
    assert due(0.5) == NOW + ceiling / 2
    assert due(0.999) < NOW + ceiling  # type: ignore[operator]


def test_an_email_is_given_up_after_two_days_with_the_last_reason() -> None:
    settlement = settled(NotSent("connection refused"), attempts=30, first=NOW - timedelta(hours=47))

    assert settlement.state is OutboxState.FAILED
    assert "48 hours" in (settlement.reason or "")
    assert "connection refused" in (settlement.reason or "")


def test_an_email_is_tried_again_within_the_two_days() -> None:
    first = NOW - timedelta(hours=44)
    assert settled(NotSent("down"), attempts=30, first=first, chance=0.9).state is OutboxState.QUEUED
