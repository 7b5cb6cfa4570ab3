from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.shown_count import LARGE, STEP, due_moment

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize("newer", [STEP, STEP + 40, -STEP])
def test_five_signatures_show_together_at_the_next_quarter_of_an_hour(newer: int) -> None:
    figures = {"counted": 50 + newer, "shown": 50, "shown_until": NOON}
    assert due_moment(**figures, now=at(12, 14, 59)) is None
    assert due_moment(**figures, now=at(12, 15)) == at(12, 15)
    assert due_moment(**figures, now=at(13, 7)) == at(13, 0)


@pytest.mark.parametrize("newer", [0, 1, STEP - 1, 1 - STEP])
def test_fewer_show_once_the_day_has_ended(newer: int) -> None:
    figures = {"counted": 50 + newer, "shown": 50, "shown_until": NOON}
    assert due_moment(**figures, now=MIDNIGHT - timedelta(seconds=1)) is None
    assert due_moment(**figures, now=MIDNIGHT) == MIDNIGHT
    assert due_moment(**{**figures, "shown_until": MIDNIGHT}, now=MIDNIGHT + timedelta(hours=20)) is None


def test_the_pages_of_a_large_campaign_follow_each_minute() -> None:
    figures = {"counted": LARGE + STEP, "shown": LARGE, "shown_until": NOON}
    assert due_moment(**figures, now=at(12, 0, 59)) is None
    assert due_moment(**figures, now=at(12, 1, 5)) == at(12, 1)
    assert due_moment(**{**figures, "counted": LARGE + 1}, now=at(12, 1, 5)) is None


def test_a_new_campaign_and_one_behind_a_clock_that_was_ahead_show_what_counts() -> None:
    for shown_until in (None, NOON + timedelta(days=3)):
        assert due_moment(counted=1, shown=0, shown_until=shown_until, now=at(12, 7)) == NOON
