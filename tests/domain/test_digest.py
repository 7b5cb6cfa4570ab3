"""When a digest is due, whether there is one, and how much goes into it."""

from datetime import UTC, date, datetime

import pytest

from campaign.domain.digest import (
    MOST_BYTES,
    MOST_TEXTS,
    DigestMode,
    DigestSchedule,
    done_when_begun,
    goes_in_one_mail,
    is_due,
    next_digest_at,
    number_that_fits,
    read_mode,
    read_threshold,
    weight_of,
)
from campaign.errors import RefusedError

BRUSSELS = "Europe/Brussels"


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def daily(done_on: date | None = None, time_zone: str | None = BRUSSELS) -> DigestSchedule:
    return DigestSchedule(mode=DigestMode.DAILY, time_zone=time_zone, done_on=done_on)


def test_a_digest_is_due_from_eight_in_the_morning_where_the_official_is() -> None:
    assert not is_due(daily(), at(23, 6, 59))
    assert is_due(daily(), at(23, 7))
    assert is_due(daily(), at(23, 22))
    assert not is_due(daily(time_zone=None), at(23, 7))
    assert is_due(daily(time_zone=None), at(23, 8))
    assert not is_due(DigestSchedule(mode=DigestMode.NEVER), at(23, 12))


def test_there_is_one_a_day_on_days_of_twenty_three_and_of_twenty_five_hours_too() -> None:
    # Clocks went forward on March 29th of 2026 and go back on October 25th.
    assert next_digest_at(daily(date(2026, 3, 28)), at(28, 12, month=3)) == at(29, 6, month=3)
    assert next_digest_at(daily(date(2026, 3, 27)), at(28, 6, month=3)) == at(28, 7, month=3)
    assert next_digest_at(daily(date(2026, 10, 24)), at(24, 12, month=10)) == at(25, 7, month=10)
    done = daily(date(2026, 10, 25))
    assert not is_due(done, at(25, 22, 59, month=10))
    assert not is_due(done, at(26, 6, 59, month=10))
    assert is_due(done, at(26, 7, month=10))


def test_a_time_zone_that_is_corrected_makes_no_second_digest_of_a_day() -> None:
    done_in_auckland = date(2026, 11, 24)
    in_honolulu = daily(done_in_auckland, time_zone="Pacific/Honolulu")
    assert not is_due(in_honolulu, at(24, 20))
    assert next_digest_at(in_honolulu, at(23, 20)) == at(25, 18)


def test_what_begins_after_the_morning_waits_for_the_next_one() -> None:
    assert done_when_begun(BRUSSELS, at(23, 9)) == date(2026, 11, 23)
    assert done_when_begun(BRUSSELS, at(23, 5)) is None


@pytest.mark.parametrize(
    ("mode", "waiting", "is_continued", "expected"),
    [
        (DigestMode.DAILY, 1, False, True),
        (DigestMode.DAILY, 0, False, False),
        (DigestMode.ABOVE, 50, False, False),
        (DigestMode.ABOVE, 51, False, True),
        (DigestMode.ABOVE, 1, True, True),
        (DigestMode.ABOVE, 0, True, False),
        (DigestMode.NEVER, 1000, True, False),
    ],
)
def test_above_a_threshold_a_flood_goes_together_and_a_trickle_does_not(
    mode: DigestMode, waiting: int, is_continued: bool, expected: bool
) -> None:
    assert goes_in_one_mail(DigestSchedule(mode=mode), waiting=waiting, is_continued=is_continued) is expected


def test_a_mail_holds_so_many_texts_and_so_many_bytes_and_always_one() -> None:
    assert number_that_fits([]) == 0
    assert number_that_fits([10] * 3) == 3
    assert number_that_fits([10] * (MOST_TEXTS + 1)) == MOST_TEXTS
    assert number_that_fits([MOST_BYTES // 2, MOST_BYTES // 2, 1]) == 2
    assert number_that_fits([MOST_BYTES + 1, 1]) == 1


def test_a_text_weighs_what_it_takes_encoded_as_text_and_as_html() -> None:
    assert weight_of(["水" * 1000]) - weight_of([]) == 8000
    assert weight_of(["<" * 1000]) - weight_of([]) > 6600


def test_modes_and_thresholds_are_read_as_people_type_them() -> None:
    assert read_mode(" daily ") is DigestMode.DAILY
    assert read_threshold("") == 50
    assert read_threshold(" 200 ") == 200
    for wrong in ("0", "-1", "many", "100001", "1.5", "٣"):
        with pytest.raises(RefusedError):
            read_threshold(wrong)
    with pytest.raises(RefusedError, match="never, daily"):
        read_mode("weekly")
