"""What the desk's templates know beyond the others: moments in time, and time zones."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_skeleton
from flask import Flask

from campaign.domain.sending_plan import local_text
from campaign.i18n import locale_of
from campaign.web.languages import current_language


def set_up(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters.update(moment=moment, local_text=local_text)


def moment(time: datetime, time_zone: str | None = None) -> str:
    """A time to the minute, as the page's language writes it: Nov 23, 2026, 12:00 UTC.

    In a time zone it is that of the clocks there, and the zone is named.
    """
    local = time.astimezone(ZoneInfo(time_zone)) if time_zone else time
    day = format_skeleton("yMMMd", local, locale=locale_of(current_language()))
    return f"{day}, {local:%H:%M} {time_zone or 'UTC'}"


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones to choose from by region and city; old spellings and offsets are understood, not offered."""
    return tuple(sorted(name for name in available_timezones() if name.startswith(_REGIONS)))


_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)
