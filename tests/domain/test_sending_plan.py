"""Windows for sending, and what a form may say about them."""

from datetime import UTC, datetime

import pytest

from campaign.domain.sending_plan import (
    Wait,
    Window,
    changed_window,
    local_text,
    read_daily_limit,
    read_moment,
    read_rate,
    read_time_zone,
)
from campaign.errors import RefusedError

NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # nine in the morning in Brussels
TEN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def test_a_window_opens_at_its_first_moment_and_is_over_at_its_last() -> None:
    window = Window(NINE, TEN)

    assert window.wait(NINE.replace(minute=0, hour=7)) is Wait.NOT_YET
    assert window.wait(NINE) is None
    assert window.wait(TEN) is Wait.OVER
    assert Window().wait(NINE) is None


def test_of_two_windows_what_both_allow_is_left() -> None:
    assert Window(NINE, None).within(Window(None, TEN)) == Window(NINE, TEN)
    assert Window(NINE, TEN).within(Window(TEN, None)) == Window(TEN, TEN)


@pytest.mark.parametrize("typed", ["2026-12-01T09:00", "2026-12-01 09:00", " 2026-12-01T09:00:00 "])
def test_times_are_read_as_local_ones_and_shown_so_again(typed: str) -> None:
    assert read_moment(typed, time_zone="Europe/Brussels") == NINE
    assert local_text(NINE, "Europe/Brussels") == "2026-12-01T09:00"
    assert read_moment(typed, time_zone=None) == TEN
    assert (read_moment(" ", time_zone=None), local_text(None, None)) == (None, "")


@pytest.mark.parametrize("typed", ["tomorrow", "2026-13-01 09:00", "0001-01-01 00:00", "9999-12-31 23:59"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="date and a time"):
        read_moment(typed, time_zone="Europe/Brussels")


def test_a_window_has_to_begin_before_it_ends_whichever_end_is_changed() -> None:
    with pytest.raises(RefusedError, match="before it ends"):
        changed_window(Window(TEN, None), None, "2026-12-01 09:00", time_zone=None)
    assert changed_window(Window(NINE, TEN), "", None, time_zone=None) == Window(None, TEN)


@pytest.mark.parametrize("name", ["Mars/Olympus_Mons", "../etc/passwd", "Europe/", "x" * 200, "\x00"])
def test_a_time_zone_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="region and city"):
        read_time_zone(name)


def test_a_time_zone_is_found_however_its_words_are_parted() -> None:
    assert read_time_zone(" America/New York ") == "America/New_York"
    assert read_time_zone("") is None


@pytest.mark.parametrize("typed", ["0", "-1", "ten", "1.5", "9999999"])
def test_a_daily_limit_is_a_whole_number_of_at_least_one(typed: str) -> None:
    with pytest.raises(RefusedError):
        read_daily_limit(typed)


def test_no_hourly_rate_is_as_usual_and_nought_is_no_limit() -> None:
    assert (read_rate(""), read_rate("0"), read_rate("12")) == (None, 0, 12)
    assert (read_daily_limit(""), read_daily_limit("50")) == (None, 50)
