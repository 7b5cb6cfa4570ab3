"""When a provider is left alone."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from campaign.domain.circuit_breaker import FAILURES_TO_OPEN, failures_after, pause_length
from campaign.domain.outbox import PauseCause
from campaign.domain.outcomes import (
    Accepted,
    Deferred,
    NotBegun,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unknown,
)

LOST = [NotSent("refused"), Unknown("no answer")]


def in_a_row(*outcomes: Outcome) -> int:
    return reduce(failures_after, outcomes, 0)


def test_lost_calls_in_a_row_add_up() -> None:
    assert in_a_row(*(LOST * 3)) == 6 > FAILURES_TO_OPEN


@pytest.mark.parametrize("better", [Accepted("1"), Refused("400"), Deferred("450")])
def test_any_clear_answer_shows_that_the_provider_is_well(better: Outcome) -> None:
    assert in_a_row(*LOST, better, LOST[0]) == 1


@pytest.mark.parametrize("neither", [NotBegun(), Throttled(datetime(2026, 1, 1, tzinfo=UTC), "429")])
def test_what_says_nothing_about_health_changes_nothing(neither: Outcome) -> None:
    assert in_a_row(*LOST, neither) == 2


def test_rests_double_from_a_second_to_a_minute() -> None:
    lengths = [pause_length(PauseCause.UNREACHABLE, previous=None)]
    for _ in range(8):
        lengths.append(pause_length(PauseCause.UNREACHABLE, previous=lengths[-1]))

    assert [length.total_seconds() for length in lengths] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_refused_key_is_tried_again_after_five_minutes() -> None:
    assert pause_length(PauseCause.UNAUTHORIZED, previous=timedelta(minutes=5)) == timedelta(minutes=5)
