"""Digests: one mail a day to an official with many messages in it. When, whose, and how much in one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo

from campaign.domain.rate_limit import local_day
from campaign.errors import RefusedError


class DigestMode(StrEnum):
    """Whether an official gets messages one by one, or many in one mail a day."""

    NEVER = "never"
    DAILY = "daily"
    ALIKE = "alike"  # one by one, but those without words of their own in one mail each morning
    ABOVE = "above"  # one by one, but in one mail when more than a threshold wait in the morning


# When an office opens its mail. It exists on every day in every time zone: clocks are changed at night.
MORNING = time(8)
USUAL_THRESHOLD = 50
MOST_THRESHOLD = 100_000
# What one mail may hold. Many servers refuse mails above 10 MB, and nobody reads more than this at once.
MOST_TEXTS = 500
MOST_BYTES = 4_000_000
# The lines, labels and markup around one text, in each of the two forms of a mail.
_AROUND_A_TEXT = 600
# Its lines in the manifest.
_IN_THE_MANIFEST = 200
# Three bytes become four characters where a mail is encoded.
_ENCODED = 4 / 3


@dataclass(frozen=True, kw_only=True)
class DigestSchedule:
    """An official's digests: the mode, the zone of their mornings, and the last day whose digest is done."""

    mode: DigestMode
    threshold: int = USUAL_THRESHOLD
    time_zone: str | None = None
    done_on: date | None = None


def is_due(schedule: DigestSchedule, now: datetime) -> bool:
    """Whether this morning has come, and its digest is not done yet."""
    return schedule.mode is not DigestMode.NEVER and next_digest_at(schedule, now) <= now


def next_digest_at(schedule: DigestSchedule, now: datetime) -> datetime:
    """The morning of the next digest; it has passed when that digest is to be composed now."""
    day = local_day(now, schedule.time_zone)
    if schedule.done_on is not None:
        # Of a day that was done further east no second digest follows further west.
        day = max(day, schedule.done_on + timedelta(days=1))
    return morning_of(day, schedule.time_zone)


def done_when_begun(time_zone: str | None, now: datetime) -> date | None:
    """The day to count as done when digests begin now: today if its morning is over, so that none is late."""
    today = local_day(now, time_zone)
    return today if morning_of(today, time_zone) <= now else None


def morning_of(day: date, time_zone: str | None) -> datetime:
    """The moment at which a day's digest is due, in UTC."""
    return datetime.combine(day, MORNING, ZoneInfo(time_zone or "UTC")).astimezone(UTC)


def goes_in_one_mail(schedule: DigestSchedule, *, waiting: int, is_continued: bool) -> bool:
    """Whether the messages that wait go in one mail; what a first part left over always does."""
    if schedule.mode is DigestMode.ABOVE and not is_continued:
        return waiting > schedule.threshold
    return schedule.mode is not DigestMode.NEVER and waiting > 0


def is_read_among_others(mode: DigestMode, *, has_words: bool) -> bool:
    """Whether it is sure, before a message is sent, that it goes together with others'."""
    return mode is DigestMode.DAILY or (mode is DigestMode.ALIKE and not has_words)


def number_that_fits(weights: Sequence[int]) -> int:
    """How many of the first texts go into one mail; at least one, as none may wait for ever."""
    total = 0
    for number, weight in enumerate(weights[:MOST_TEXTS]):
        total += weight
        if number and total > MOST_BYTES:
            return number
    return min(len(weights), MOST_TEXTS)


def weight_of(words: Iterable[str]) -> int:
    """The bytes that one text takes in a mail, rather too many than too few.

    It stands there twice, as text and as HTML.
    """
    size = 2 * _AROUND_A_TEXT + _IN_THE_MANIFEST
    for text in words:
        size += len(text.encode()) + len(escape(text).encode())
    return int(size * _ENCODED)


def read_mode(text: str) -> DigestMode:
    """A mode by its word; RefusedError for any other."""
    try:
        return DigestMode(text.strip())
    except ValueError:
        raise RefusedError("Choose never, daily, alike, or above a number of waiting messages.") from None


def read_threshold(text: str) -> int:
    """The number of waiting messages above which they go in one mail; nothing is the usual one."""
    text = text.strip()
    if not text:
        return USUAL_THRESHOLD
    if not (text.isascii() and text.isdigit()) or len(text) > 7 or not 1 <= int(text) <= MOST_THRESHOLD:
        raise RefusedError("Enter a whole number from 1 to %(most)d.", most=MOST_THRESHOLD)
    return int(text)
