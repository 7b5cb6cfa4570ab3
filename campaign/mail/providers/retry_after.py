"""Until when an answer 429 asks us to wait, and what becomes of an answer that names no usable time."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from campaign.domain.circuit_breaker import LONGEST_THROTTLE
from campaign.domain.outcomes import Throttled
from campaign.mail.providers.http import Answer

# After a 429 without a usable time.
DEFAULT_PAUSE = timedelta(minutes=1)
# Later than anybody waits for, and still a moment that `datetime` can hold.
MAX_SECONDS = 10**11


def throttled(answer: Answer, *, now: datetime) -> Throttled:
    """The pause a 429 asks for: the later of the two headers that can name one, and never above an hour."""
    headers = (answer.headers.get("x-ratelimit-reset", ""), answer.headers.get("retry-after", ""))
    moments = (_reset(headers[0].strip()), _retry(headers[1].strip(), now))
    usable = [moment for moment in moments if moment is not None and now < moment]
    reason = "429: too many requests"
    if usable:
        if max(usable) <= now + LONGEST_THROTTLE:
            return Throttled(max(usable), reason)
        return Throttled(now + LONGEST_THROTTLE, f"{reason}; it asked for more than an hour and gets an hour")
    if any(headers):
        reason = f"{reason}; the time it named is none to come, so it is left alone for a minute"
    return Throttled(now + DEFAULT_PAUSE, reason)


def _reset(value: str) -> datetime | None:
    """X-RateLimit-Reset: seconds since 1970."""
    seconds = _seconds(value)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _retry(value: str, now: datetime) -> datetime | None:
    """Retry-After: a number of seconds or a date (RFC 9110, section 10.2.3)."""
    seconds = _seconds(value)
    if seconds is not None:
        return now + min(timedelta(seconds=seconds), 2 * LONGEST_THROTTLE)
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    # What the library raises for dates that cannot be differs from one of their parts to the other.
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _seconds(value: str) -> int | None:
    """A number in ASCII digits, however many there are."""
    if not re.fullmatch(r"[0-9]+", value):
        return None
    return min(int(value.lstrip("0")[:20] or "0"), MAX_SECONDS)
