"""When a page counts those who are not named on it: in steps, so that it never tells when one of them signed.

Whoever looked at a page that counts each signature at once would see the moment at which a person confirms
who asked not to be shown, and could tell who it was. Who is named is seen to come anyway, and counts at once.
"""

from datetime import datetime, timedelta

from campaign.domain.clock_jumps import is_from_future

# So many change together, or whatever has changed by the end of a day (UTC).
STEP = 5
PERIOD = timedelta(minutes=15)
# Among a thousand, five come within minutes whenever people come at all.
LARGE = 1_000
PERIOD_OF_LARGE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def due_moment(*, counted: int, shown: int, shown_until: datetime | None, now: datetime) -> datetime | None:
    """Up to when pages are to show who signed from now on; None as long as they stay as they are.

    `counted` signatures stand at this moment, `shown` stood when pages followed last, up to `shown_until`
    (None for a new campaign).
    """
    moment = _full(PERIOD_OF_LARGE if counted >= LARGE else PERIOD, now)
    if shown_until is None or is_from_future(shown_until, now=now):
        return moment
    has_stepped = shown_until < moment and abs(counted - shown) >= STEP
    return moment if has_stepped or shown_until < _full(_DAY, now) else None


def _full(period: timedelta, now: datetime) -> datetime:
    """The last full period at this moment: of a quarter of an hour, a minute or a day."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // period * period
