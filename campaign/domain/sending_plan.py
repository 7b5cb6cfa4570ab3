"""When messages may be sent at all: windows, daily limits, pauses, and why something waits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from campaign.errors import RefusedError

# What a browser's field for a date and a time gives, and what people type.
_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
MOST_A_DAY = 1_000_000
MOST_AN_HOUR = 100_000


class Wait(StrEnum):
    """Why messages to an official do not go at this moment; the first that applies is the one to tell."""

    OFFICIAL_PAUSED = "official_paused"
    CAMPAIGN_PAUSED = "campaign_paused"
    NOT_YET = "not_yet"  # their time to begin is ahead
    OVER = "over"  # their time has ended: they go when an organizer gives them more
    DAILY_LIMIT = "daily_limit"  # they go on at midnight where the official is
    DIGEST = "digest"  # they go together in one email, the next morning where the official is
    OUTSIDE_HOURS = "outside_hours"  # they go, but slowly


@dataclass(frozen=True)
class Window:
    """From when until when something may be sent; None is no bound, and the end itself is outside."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def within(self, other: "Window") -> "Window":
        """The time in both windows."""
        opens = [moment for moment in (self.opens_at, other.opens_at) if moment]
        closes = [moment for moment in (self.closes_at, other.closes_at) if moment]
        return Window(max(opens, default=None), min(closes, default=None))

    def wait(self, now: datetime) -> Wait | None:
        """Why nothing goes at this moment; None inside the window."""
        if self.closes_at is not None and now >= self.closes_at:
            return Wait.OVER
        if self.opens_at is not None and now < self.opens_at:
            return Wait.NOT_YET
        return None


def changed_window(window: Window, opens: str | None, closes: str | None, *, time_zone: str | None) -> Window:
    """The window after two local times as a form has them: None changes nothing, an empty one is no bound.

    RefusedError says what is wrong.
    """
    window = Window(
        window.opens_at if opens is None else read_moment(opens, time_zone=time_zone),
        window.closes_at if closes is None else read_moment(closes, time_zone=time_zone),
    )
    check_window(window)
    return window


def check_window(window: Window) -> None:
    """RefusedError when a window ends before it begins."""
    if window.opens_at and window.closes_at and window.closes_at <= window.opens_at:
        raise RefusedError("Sending has to begin before it ends.")


def read_moment(text: str, *, time_zone: str | None) -> datetime | None:
    """A moment from a local time like 2026-12-01T09:00, or None from nothing; RefusedError for all else."""
    text = text.strip()
    if not text:
        return None
    for form in _FORMS:
        try:
            local = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        if not 1990 <= local.year <= 2200:
            break
        return local.replace(tzinfo=ZoneInfo(time_zone) if time_zone else UTC).astimezone(UTC)
    raise RefusedError("Enter a date and a time like 2026-12-01 09:00.")


def local_text(moment: datetime | None, time_zone: str | None) -> str:
    """A moment as a form's field has it, in local time; empty for none."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(time_zone) if time_zone else UTC).strftime("%Y-%m-%dT%H:%M")


def read_time_zone(text: str) -> str | None:
    """The name of a time zone, or None from nothing; RefusedError for one that nobody knows."""
    name = text.strip().replace(" ", "_")
    if not name:
        return None
    zone = _zones().get(name.casefold())
    if zone is None:
        raise RefusedError("Enter a time zone by its region and city, like Europe/Brussels.")
    return zone


@cache
def _zones() -> dict[str, str]:
    """The zones by their name in small letters, without those that mean another on each machine."""
    return {name.casefold(): name for name in available_timezones() - {"localtime", "Factory"}}


def read_rate(text: str) -> int | None:
    """Messages an hour, or None from nothing; 0 is no limit."""
    text = text.strip()
    if text and not _is_whole(text, 0, MOST_AN_HOUR):
        raise RefusedError("Messages an hour must be a whole number up to %(most)d.", most=MOST_AN_HOUR)
    return int(text) if text else None


def read_daily_limit(text: str) -> int | None:
    """Messages a day, or None from nothing, which is no limit."""
    text = text.strip()
    if text and not _is_whole(text, 1, MOST_A_DAY):
        raise RefusedError("Messages a day must be a whole number from 1 to %(most)d.", most=MOST_A_DAY)
    return int(text) if text else None


def _is_whole(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 7 and least <= int(text) <= most
