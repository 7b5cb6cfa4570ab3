"""What a day's limit was charged for emails that did not leave after all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.rate_limit import Bucket, DailyLimit, local_day, refilled, refunded
from campaign.services.outbox.rate_limits import Buckets, daily_key, store_buckets
from campaign.store.tables.core import campaign, official, pace_bucket

# An email that was claimed is back, or in doubt, within its lease of a minute.
SURELY_BACK = timedelta(minutes=2)

_LIMITS = (
    select(
        official.c.id,
        official.c.campaign_id,
        official.c.daily_limit,
        func.coalesce(official.c.time_zone, campaign.c.time_zone).label("time_zone"),
        campaign.c.daily_limit.label("campaign_limit"),
        campaign.c.time_zone.label("campaign_zone"),
    )
    .join(campaign, campaign.c.id == official.c.campaign_id)
    .where(or_(official.c.daily_limit.is_not(None), campaign.c.daily_limit.is_not(None)))
)


def refund(session: Session, official_ids: Iterable[int | None], *, now: datetime) -> None:
    """Refund to limits what they were charged for emails that are in the queue again, an official's id each.

    Otherwise a provider that turns mail away for a minute would use up an office's day. Nothing is refunded
    just after midnight, when the charge may have been to the day before.
    """
    charged = Counter(official_id for official_id in official_ids if official_id is not None)
    if not charged:
        return
    limits: dict[str, DailyLimit] = {}
    numbers: Counter[str] = Counter()
    for row in session.execute(_LIMITS.where(official.c.id.in_(charged))):
        for key, limit in _limits_of(row):
            limits[key] = limit
            numbers[key] += charged[row.id]
    if not limits:
        return
    # Unlike a claim, this waits for whoever holds a bucket, in one order for all.
    held = (
        select(pace_bucket).where(pace_bucket.c.key.in_(limits)).order_by(pace_bucket.c.key).with_for_update()
    )
    buckets = Buckets(now)
    for row in session.execute(held).all():
        limit = limits[row.key]
        if local_day(now - SURELY_BACK, limit.time_zone) == local_day(now, limit.time_zone):
            today = refilled(Bucket(row.tokens, row.at), limit, now=now)
            buckets.locked[row.key] = refunded(today, numbers[row.key])
    store_buckets(session, buckets)


def _limits_of(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, DailyLimit]]:
    if row.daily_limit:
        yield daily_key("official", row.id), DailyLimit(messages=row.daily_limit, time_zone=row.time_zone)
    if row.campaign_limit:
        key = daily_key("campaign", row.campaign_id)
        yield key, DailyLimit(messages=row.campaign_limit, time_zone=row.campaign_zone)
