"""What happened lately, from a short list of moments in whole seconds since 1970."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def lately(moments: Iterable[int], *, within: timedelta, now: datetime) -> list[int]:
    """Those that count still; one that a clock ahead has written is one of now."""
    second = int(now.timestamp())
    return [min(at, second) for at in moments if at > second - within.total_seconds()]
