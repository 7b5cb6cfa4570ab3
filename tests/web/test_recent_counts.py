"""Counts of the last ten minutes."""

from datetime import datetime, timedelta

from campaign.web import recent_counts
from campaign.web.recent_counts import RecentCounts

WINDOW = timedelta(minutes=10)


def test_each_key_is_counted_by_itself(now: datetime) -> None:
    counts = RecentCounts(WINDOW)
    assert [counts.add("a", now) for _ in range(3)] == [0, 1, 2]
    assert counts.add("b", now) == 0


def test_what_is_past_counts_less_and_less(now: datetime) -> None:
    counts = RecentCounts(WINDOW)
    for _ in range(100):
        counts.add("a", now)
    seen = [counts.add("a", now + timedelta(minutes=minute)) for minute in (9, 10, 15, 19, 31)]
    assert seen[:2] == [100, 101]
    assert 50 <= seen[2] <= 53
    assert 10 <= seen[3] <= 14
    assert seen[4] == 0


def test_a_clock_that_is_put_back_begins_anew(now: datetime) -> None:
    counts = RecentCounts(WINDOW)
    counts.add("a", now)
    assert counts.add("a", now - timedelta(days=1)) == 0
    assert counts.add("a", now - timedelta(days=1)) == 1


def test_strangers_cannot_fill_the_memory_with_keys(now: datetime) -> None:
    counts = RecentCounts(WINDOW)
    for number in range(recent_counts.MOST_KEYS + 10):
        counts.add(str(number), now)
    assert counts.add("0", now) == 1
    assert counts.add("one more", now) == 0
    assert counts.add("one more", now) == 0
