"""How fast messages may go: token buckets, office hours, and fair shares of a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

# How far the gap between two messages to one official may be from even: an even rhythm looks like a machine.
JITTER = 0.25

Lane = TypeVar("Lane")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """A steady rate with a small burst; in a time zone, it slows down outside office hours."""

    per_hour: float
    burst: int
    time_zone: str | None = None


@dataclass(frozen=True)
class Bucket:
    """The messages that may go at `at`; a whole token is one message, and debts are below zero."""

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


def refilled(bucket: Bucket | None, pace: Pace, *, now: datetime) -> Bucket:
    """The bucket as it is now; one that was never used is full, so that a first message goes at once."""
    if bucket is None:
        return Bucket(pace.burst, now)
    if now <= bucket.at:
        return bucket
    room = pace.burst - bucket.tokens
    return Bucket(bucket.tokens + min(room, _gained(pace, bucket.at, now, enough=room)), now)


def allowed(bucket: Bucket) -> int:
    """How many messages may go now; the small addition forgives the rounding of fractions."""
    return max(0, int(bucket.tokens + 1e-6))


def taken(bucket: Bucket, chances: Iterable[float]) -> Bucket:
    """The bucket after one message for each chance in [0, 1); 0.5 costs exactly one token."""
    cost = sum(1 + JITTER * (2 * chance - 1) for chance in chances)
    return replace(bucket, tokens=bucket.tokens - cost)


def wait_for(bucket: Bucket, pace: Pace, *, place: int) -> timedelta:
    """How long until the bucket lets the `place`-th of those waiting go (1 is the first)."""
    return timedelta(hours=max(0.0, place - bucket.tokens) / pace.per_hour)


def office_weight(local: datetime) -> float:
    """Which part of the full rate suits a local hour: all in office hours, a quarter at night."""
    if local.weekday() >= 5:
        return 0.25
    if 8 <= local.hour < 18:
        return 1.0
    return 0.5 if 6 <= local.hour < 22 else 0.25


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
        local = moment.astimezone(zone)
        into_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        following = min(until, moment + timedelta(hours=1) - into_hour)
        gained += pace.per_hour * office_weight(local) * ((following - moment) / timedelta(hours=1))
        moment = following
    return gained


@lru_cache(maxsize=1024)
def _zone(name: str | None) -> ZoneInfo | None:
    """The zone; None for an unknown one, which knows no office hours rather than the wrong ones."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None
