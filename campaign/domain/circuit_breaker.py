"""When a provider is left alone for a while, and for how long."""

from datetime import timedelta

from campaign.domain.outbox import PauseCause
from campaign.domain.outcomes import Accepted, Deferred, NotSent, Outcome, Refused, Unknown

# One lost connection is an accident; this many in a row, with nothing better between, are an outage.
FAILURES_TO_OPEN = 5
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)
# A wrong key is mended by a person: look again often enough that nobody has to tell the worker.
UNAUTHORIZED_PAUSE = timedelta(minutes=5)
# Whatever time a provider names: after an hour it is asked again.
LONGEST_THROTTLE = timedelta(hours=1)


def failures_after(failures: int, outcome: Outcome) -> int:
    """How many times in a row the provider has failed us, after one more outcome."""
    match outcome:
        case NotSent() | Unknown():
            return failures + 1
        case Accepted() | Refused() | Deferred():
            return 0
        case _:
            return failures


def pause_length(cause: PauseCause, *, previous: timedelta | None) -> timedelta:
    """How long the provider is paused; `previous` is the pause that just ended without bringing anything."""
    if cause is PauseCause.UNAUTHORIZED:
        return UNAUTHORIZED_PAUSE
    return min(LONGEST_PAUSE, previous * 2) if previous else FIRST_PAUSE
