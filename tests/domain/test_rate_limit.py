"""How fast messages may go."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.rate_limit import (
    Bucket,
    DailyLimit,
    Pace,
    allowed,
    charged,
    hourly_pace,
    last_midnight,
    next_midnight,
    office_weight,
    ready_at,
    refilled,
    refunded,
    second_pace,
    shares,
    wait_for,
)

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def sent(pace: Pace, *, start: datetime, span: timedelta, every: timedelta) -> list[datetime]:
    """When messages go, if there are always some waiting and somebody looks this often."""
    bucket, moment, times = None, start, []
    while moment < start + span:
        bucket = refilled(bucket, pace, now=moment)
        number = allowed(bucket)
        bucket = charged(bucket, [0.5] * number)
        times += [moment] * number
        moment += every
    return times


def test_the_first_message_to_an_official_goes_at_once_even_at_night() -> None:
    midnight = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)  # a Saturday
    pace = hourly_pace(30, time_zone="UTC")

    assert sent(pace, start=midnight, span=SECOND, every=SECOND) == [midnight] * 3


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("rate", [1, 2, 10, 30, 60, 500])
def test_an_hour_never_has_more_messages_than_its_rate_and_hardly_fewer(rate: int) -> None:
    times = sent(hourly_pace(rate), start=MONDAY_NOON, span=timedelta(hours=3), every=SECOND)

    for begin in (times[0], times[len(times) // 3], times[-1] - timedelta(hours=1)):
        within = [moment for moment in times if begin <= moment < begin + timedelta(hours=1)]
        assert rate * 0.8 <= len(within) <= rate


def test_gaps_differ_by_up_to_a_quarter() -> None:
    pace = hourly_pace(4)
    full = Bucket(1.0, MONDAY_NOON)

    short, even, long = (wait_for(charged(full, [chance]), pace, place=1) for chance in (0.0, 0.5, 0.999999))

    assert even == timedelta(minutes=15)
    assert short == even * 0.75
    assert abs(long - even * 1.25) < SECOND


def test_outside_office_hours_messages_go_more_slowly() -> None:
    day = sent(
        hourly_pace(30, time_zone="UTC"), start=MONDAY_NOON, span=timedelta(hours=5), every=30 * SECOND
    )
    night = sent(
        hourly_pace(30, time_zone="UTC"),
        start=MONDAY_NOON + timedelta(hours=11),
        span=timedelta(hours=5),
        every=30 * SECOND,
    )

    assert 110 <= len(day) <= 130
    assert 3 <= len(night) <= 7


def test_office_hours_are_those_of_the_officials_own_time_zone() -> None:
    pace = hourly_pace(30, time_zone="Asia/Shanghai")  # where it is eight in the evening
    nowhere = hourly_pace(30, time_zone="Mars/Olympus_Mons")

    def after_an_hour(pace: Pace) -> float:
        return refilled(Bucket(-30, MONDAY_NOON), pace, now=MONDAY_NOON + timedelta(hours=1)).tokens

    assert after_an_hour(pace) == pytest.approx(-30 + 28 * 0.15)
    assert after_an_hour(nowhere) == pytest.approx(-30 + 28)


@pytest.mark.parametrize(
    ("local", "weight"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), 1.0),
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), 1.0),
        (datetime(2026, 11, 23, 2, tzinfo=UTC), 0.02),
        (datetime(2026, 11, 28, 10, tzinfo=UTC), 0.25),
    ],
)
def test_offices_get_most_in_mid_morning_and_mid_afternoon_and_hardly_anything_at_night(
    local: datetime, weight: float
) -> None:
    assert office_weight(local) == weight


def test_the_rate_of_a_day_changes_gently_from_hour_to_hour() -> None:
    weights = [office_weight(MONDAY_NOON.replace(hour=hour)) for hour in range(24)]

    assert max(abs(one - other) for one, other in pairwise(weights)) < 0.31
    assert weights == [min(1.0, max(0.02, weight)) for weight in weights]
    assert 9 < sum(weights) < 12  # hours of the full rate in a day


def test_a_change_to_winter_time_loses_no_hour() -> None:
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 25, 0, 30, tzinfo=zone).astimezone(UTC)
    pace = Pace(per_hour=50, burst=100, time_zone="Europe/Berlin")

    gained = refilled(Bucket(0, before), pace, now=before + timedelta(hours=4)).tokens

    # Four hours of a Sunday night, whatever the clock on the wall said.
    assert gained == pytest.approx(4 * 50 * 0.02 * 0.25)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", datetime(2026, 3, 8, 5, 30, tzinfo=UTC), 23),  # clocks go forward
        ("America/New_York", datetime(2026, 11, 1, 4, 30, tzinfo=UTC), 25),  # and back
        ("Asia/Kathmandu", datetime(2026, 6, 1, 18, 30, tzinfo=UTC), 24),
        (None, datetime(2026, 6, 1, 0, 30, tzinfo=UTC), 24),
    ],
)
def test_a_daily_limit_begins_anew_at_each_local_midnight(
    zone: str | None, day: datetime, hours: int
) -> None:
    limit = DailyLimit(messages=3, time_zone=zone)
    used_up = charged(refilled(None, limit, now=day), [0.5] * 3)
    midnight = next_midnight(day, zone)

    assert allowed(used_up, limit) == 0
    assert allowed(refilled(used_up, limit, now=midnight - SECOND), limit) == 0
    assert allowed(refilled(used_up, limit, now=midnight), limit) == 3
    assert next_midnight(midnight, zone) - midnight == timedelta(hours=24)
    assert midnight - next_midnight(day - timedelta(days=1), zone) == timedelta(hours=hours)


@given(
    tokens=st.floats(-5, 1),
    minutes=st.integers(0, 365 * 24 * 60),
    zone=st.sampled_from([None, "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_the_wait_is_over_when_there_is_a_token_and_not_before(
    tokens: float, minutes: int, zone: str | None
) -> None:
    pace = hourly_pace(30, time_zone=zone)
    start = MONDAY_NOON + timedelta(minutes=minutes)
    bucket = Bucket(tokens, start)

    over = start + wait_for(bucket, pace, place=1)

    assert allowed(refilled(bucket, pace, now=over + timedelta(milliseconds=1))) >= 1
    if over > start + SECOND:
        assert refilled(bucket, pace, now=over - SECOND).tokens < 1


def test_a_limit_that_is_raised_at_noon_is_raised_at_once() -> None:
    used_up = Bucket(-3, MONDAY_NOON)

    raised = DailyLimit(messages=5)

    assert allowed(refilled(used_up, raised, now=MONDAY_NOON + timedelta(hours=1)), raised) == 2
    assert allowed(used_up, DailyLimit(messages=2)) == 0


def test_a_clock_set_back_takes_nothing_away() -> None:
    bucket = Bucket(2.0, MONDAY_NOON)
    earlier = MONDAY_NOON - timedelta(days=1)
    assert refilled(bucket, hourly_pace(30), now=earlier) == bucket
    used_up = Bucket(-3, MONDAY_NOON)
    assert refilled(used_up, DailyLimit(messages=3), now=earlier) == used_up, "nor gives a day twice"


def test_what_comes_back_makes_no_day_larger_than_it_is() -> None:
    assert refunded(Bucket(-2, MONDAY_NOON), 5) == Bucket(0, MONDAY_NOON)
    assert refunded(Bucket(-5, MONDAY_NOON), 2) == Bucket(-3, MONDAY_NOON)


def test_a_used_up_day_is_over_at_the_midnight_of_its_zone() -> None:
    limit = DailyLimit(messages=3, time_zone="Asia/Shanghai")
    midnight = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert ready_at(Bucket(-2, MONDAY_NOON), limit) == MONDAY_NOON
    assert ready_at(Bucket(-3, MONDAY_NOON), limit) == midnight
    assert last_midnight(MONDAY_NOON, "Asia/Shanghai") == midnight - timedelta(days=1)


def test_a_rate_a_second_is_kept_however_seldom_somebody_looks() -> None:
    often = sent(second_pace(10), start=MONDAY_NOON, span=10 * SECOND, every=SECOND / 50)
    seldom = sent(second_pace(10), start=MONDAY_NOON, span=10 * SECOND, every=SECOND / 2)

    assert 95 <= len(seldom) <= len(often) <= 105


@given(
    batch=st.integers(0, 300),
    allowances=st.dictionaries(st.integers(), st.integers(0, 500), max_size=40),
)
def test_a_batch_is_shared_whole_and_no_lane_gets_more_than_it_may(
    batch: int, allowances: dict[int, int]
) -> None:
    result = shares(batch, allowances)

    assert sum(result.values()) == min(batch, sum(allowances.values()))
    assert all(0 < share <= allowances[lane] for lane, share in result.items())


def test_one_busy_lane_leaves_the_others_their_part() -> None:
    assert shares(30, {"quiet": 2, "busy": 500, "busier": 5000}) == {"quiet": 2, "busy": 14, "busier": 14}
