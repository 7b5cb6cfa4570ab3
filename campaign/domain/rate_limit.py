"""How fast messages may go: token buckets, office hours, and fair shares of a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

# The part of the full rate that suits each hour of a working day, from midnight on: next to nothing at night,
# when a flood is what a filter looks for, and all of it in mid-morning and mid-afternoon, when offices read.
# Both peaks and the night's floor are those by which Proca, a platform that writes to offices, sends.
HOURS_OF_A_DAY = (
    *(0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.15, 0.35, 0.65, 0.9, 1.0, 0.95),
    *(0.75, 0.75, 0.9, 1.0, 0.9, 0.65, 0.4, 0.25, 0.15, 0.1, 0.05, 0.02),
)
# Offices rest at weekends, and so does most of what is sent to them.
WEEKEND = 0.25
# How far the gap between two messages to one official may be from even: an even rhythm looks like a machine.
JITTER = 0.25

Lane = TypeVar("Lane")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """A steady rate with a small burst; in a time zone, it slows down outside office hours."""

    per_hour: float
    burst: int
    time_zone: str | None = None


@dataclass(frozen=True, kw_only=True)
class DailyLimit:
    """So many messages between one local midnight and the next; without a zone the day is that of UTC."""

    messages: int
    time_zone: str | None = None


@dataclass(frozen=True)
class Bucket:
    """The messages that may go at `at`; a whole token is one message, and debts are below zero.

    Under a daily limit the tokens begin each day at zero and fall with each message: a limit that is raised
    at noon is then raised at once.
    """

    tokens: float
    at: datetime


def hourly_pace(rate: int, *, time_zone: str | None = None) -> Pace:
    """The pace that lets at most about `rate` messages go in any hour, with the first few at once.

    The burst comes out of the hour: `burst` messages at the start and the rest one by one make `rate`.
    """
    burst = max(1, min(5, rate // 10))
    return Pace(per_hour=rate - burst + 1, burst=burst, time_zone=time_zone)


def second_pace(rate: int) -> Pace:
    """The pace of `rate` messages a second; the burst covers the half second a worker may sleep."""
    return Pace(per_hour=rate * 3600, burst=max(1, (rate + 1) // 2))


def refilled(bucket: Bucket | None, pace: Pace | DailyLimit, *, now: datetime) -> Bucket:
    """The bucket as it is now; one that was never used is full, so that a first message goes at once."""
    if isinstance(pace, DailyLimit):
        is_of_today = bucket is not None and local_day(bucket.at, pace.time_zone) >= local_day(
            now, pace.time_zone
        )
        return bucket if bucket is not None and is_of_today else Bucket(0, now)
    if bucket is None:
        return Bucket(pace.burst, now)
    if now <= bucket.at:
        return bucket
    room = pace.burst - bucket.tokens
    return Bucket(bucket.tokens + min(room, _gained(pace, bucket.at, now, enough=room)), now)


def allowed(bucket: Bucket, pace: Pace | DailyLimit | None = None) -> int:
    """How many messages may go now; the small addition forgives the rounding of fractions."""
    full = pace.messages if isinstance(pace, DailyLimit) else 0
    return max(0, int(full + bucket.tokens + 1e-6))


def charged(bucket: Bucket, chances: Iterable[float]) -> Bucket:
    """The bucket after one message for each chance in [0, 1); 0.5 costs exactly one token."""
    cost = sum(1 + JITTER * (2 * chance - 1) for chance in chances)
    return replace(bucket, tokens=bucket.tokens - cost)


def refunded(bucket: Bucket, number: int) -> Bucket:
    """A day's bucket when so many of its messages did not leave after all; never more than the day has."""
    return replace(bucket, tokens=min(0.0, bucket.tokens + number))


def wait_for(bucket: Bucket, pace: Pace, *, place: int) -> timedelta:
    """How long until the bucket lets the `place`-th of those waiting go (1 is the first)."""
    zone, moment, missing = _zone(pace.time_zone), bucket.at, max(0.0, place - bucket.tokens)
    while zone is not None:
        gains = pace.per_hour * office_weight(moment.astimezone(zone))
        following = _next_hour(moment, zone)
        if missing <= gains * ((following - moment) / timedelta(hours=1)):
            return moment - bucket.at + timedelta(hours=missing / gains)
        missing -= gains * ((following - moment) / timedelta(hours=1))
        moment = following
    return timedelta(hours=missing / pace.per_hour)


def ready_at(bucket: Bucket, pace: Pace | DailyLimit) -> datetime:
    """Since when, or from when on, a message may go, if nobody has touched the bucket."""
    if isinstance(pace, Pace):
        return bucket.at + wait_for(bucket, pace, place=1)
    return bucket.at if allowed(bucket, pace) else next_midnight(bucket.at, pace.time_zone)


def office_weight(local: datetime) -> float:
    """Which part of the full rate suits a local hour."""
    return HOURS_OF_A_DAY[local.hour] * (WEEKEND if local.weekday() >= 5 else 1.0)


def hour_weight(moment: datetime, time_zone: str) -> float:
    """The same for a moment, where the clocks show that zone's time."""
    return office_weight(moment.astimezone(_zone(time_zone) or UTC))


def local_day(moment: datetime, time_zone: str | None) -> date:
    """The day it is in a time zone, or in UTC."""
    return moment.astimezone(_zone(time_zone) or UTC).date()


def last_midnight(moment: datetime, time_zone: str | None) -> datetime:
    """When the local day of this moment began."""
    zone = _zone(time_zone) or UTC
    return datetime.combine(local_day(moment, time_zone), time.min, zone).astimezone(UTC)


def next_midnight(moment: datetime, time_zone: str | None) -> datetime:
    """When the local day after this one begins."""
    zone = _zone(time_zone) or UTC
    following = local_day(moment, time_zone) + timedelta(days=1)
    return datetime.combine(following, time.min, zone).astimezone(UTC)


def shares(batch: int, allowances: Mapping[Lane, int]) -> dict[Lane, int]:
    """Divide a batch among lanes as evenly as their allowances let it; lanes left without are not in it."""
    result: dict[Lane, int] = {}
    left = batch
    by_allowance = sorted(allowances.items(), key=lambda item: item[1])
    for position, (lane, allowance) in enumerate(by_allowance):
        lanes_left = len(by_allowance) - position
        share = min(allowance, -(-left // lanes_left))
        if share > 0:
            result[lane] = share
            left -= share
    return result


def _gained(pace: Pace, since: datetime, until: datetime, *, enough: float) -> float:
    zone = _zone(pace.time_zone)
    if zone is None:
        return pace.per_hour * ((until - since) / timedelta(hours=1))
    gained, moment = 0.0, since
    while moment < until and gained < enough:
        following = min(until, _next_hour(moment, zone))
        weight = office_weight(moment.astimezone(zone))
        gained += pace.per_hour * weight * ((following - moment) / timedelta(hours=1))
        moment = following
    return gained


def _next_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of a zone strike next."""
    local = moment.astimezone(zone)
    into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment + timedelta(hours=1) - into_hour


@lru_cache(maxsize=1024)
def _zone(name: str | None) -> ZoneInfo | None:
    """The zone; None for an unknown one, which knows no office hours rather than the wrong ones."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None
