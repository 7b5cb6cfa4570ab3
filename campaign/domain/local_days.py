"""When a day begins by the clocks of a time zone, else by those of Greenwich."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def begins(day: date, time_zone: str | None) -> datetime:
    """Its first moment."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone) if time_zone else UTC).astimezone(UTC)


def ends(day: date, time_zone: str | None) -> datetime:
    """The first moment of the next."""
    return begins(day + timedelta(days=1), time_zone)
