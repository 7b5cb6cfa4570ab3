"""When a provider's log is asked about an email in doubt."""

from datetime import datetime, timedelta

# Reports settle most doubts within minutes, unasked; logs know a mail late, and some never.
WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)


def next_look_up(tries: int, *, since: datetime) -> datetime | None:
    """When to ask next after `tries` that found nothing; the doubt began at `since`. None for never."""
    return since + WAITS[tries] if tries < len(WAITS) else None
