"""Which emails may go now: lanes of the queue, and token buckets that all workers share."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.digest import DigestMode
from campaign.domain.outbox import OutboxState
from campaign.domain.rate_limit import (
    Bucket,
    DailyLimit,
    Pace,
    allowed,
    charged,
    hourly_pace,
    refilled,
    second_pace,
    shares,
    wait_for,
)
from campaign.settings import Settings
from campaign.store.statements import inserting
from campaign.store.tables.core import campaign, official, outbox_email, pace_bucket

# SQLite joins at most 500 SELECTs into one; this many lanes fill any batch.
MOST_LANES = 100
# The slowest bucket (one an hour, over a weekend, with the largest debt) is full by then.
BUCKETS_KEPT = timedelta(days=2)

# Word for word as the small index of digests has it, or SQLite walks all messages that wait for theirs.
IS_DIGEST = sql("outbox_email.kind = 'digest'")
# As the index of updates has it. There are never many of them in the queue: they are written at their pace.
_IS_QUEUED_UPDATE = sql("outbox_email.state = 'queued' AND outbox_email.update_id IS NOT NULL")
_random = random.Random()  # noqa: S311 - spreads messages, guards nothing


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The installation's rates, 0 for none: to one official an hour, to the provider a second, to one
    recipient domain an hour."""

    official_rate: int = 0
    provider_rate: int = 0
    domain_rate: int = 0


def limits_of(settings: Settings) -> Limits:
    """The installation's rates."""
    return Limits(
        official_rate=settings.mail.official_rate,
        provider_rate=settings.mail.provider_rate,
        domain_rate=settings.mail.domain_rate,
    )


@dataclass(frozen=True)
class Lane:
    """One official's emails in the queue, or with None the supporters'; `paces` has what limits it, by key.

    Updates have a lane of their own, which gets what all others leave.

    Several lanes may share a key: the daily limit of their campaign. `opened_at` is when their time began.
    Where only digests may go, the messages that wait to be put into one are none of the lane.
    """

    official_id: int | None
    paces: tuple[tuple[str, Pace | DailyLimit], ...] = ()
    opened_at: datetime | None = None
    digests_only: bool = False
    is_updates: bool = False


UPDATES = Lane(None, is_updates=True)


@dataclass
class Buckets:
    """The buckets one transaction has locked; nobody else takes from them until it ends."""

    now: datetime
    paces: dict[str, Pace | DailyLimit] = field(default_factory=dict)
    locked: dict[str, Bucket] = field(default_factory=dict)

    def allowed(self, key: str) -> int:
        """How many may go; none when another worker holds the bucket at this moment."""
        return allowed(self.locked[key], self.paces[key]) if key in self.locked else 0

    def charge(self, key: str, number: int, *, evenly: bool = True) -> None:
        """Pay for emails; unevenly makes the gaps to the next ones differ."""
        chances = [0.5 if evenly else _random.random() for _ in range(number)]
        self.locked[key] = charged(self.locked[key], chances)

    def wait(self, key: str, place: int) -> timedelta:
        """How long the `place`-th of those left over has to wait."""
        pace = self.paces.get(key)
        if key not in self.locked or not isinstance(pace, Pace):
            return timedelta(seconds=1)
        return wait_for(self.locked[key], pace, place=place)


def lanes_with_work(session: Session, limits: Limits, *, now: datetime) -> list[Lane]:
    """The lanes with due emails whose time it is; the cost is one index look-up for each official."""
    rows = session.execute(_OFFICIALS_WITH_WORK, {"moment": now}).all()
    has_supporter_mail = session.scalar(_HAS_SUPPORTER_MAIL, {"moment": now})
    lanes = [Lane(None)] if has_supporter_mail else []
    lanes += [
        Lane(row.id, tuple(_paces(row, limits)), _opened_at(row), digests_only=row.digests_only)
        for row in rows
    ]
    return lanes


def are_updates_due(session: Session, *, now: datetime) -> bool:
    """Whether an email of an update is due."""
    return session.execute(_UPDATES_DUE, {"moment": now}).first() is not None


def fair_shares(session: Session, lanes: list[Lane], buckets: Buckets, *, room: int) -> dict[Lane, int]:
    """How many emails to claim from each lane; lanes without a token are not even looked at."""
    lock_buckets(session, {key: pace for lane in lanes for key, pace in lane.paces}, buckets)
    allowances = {lane: min((buckets.allowed(key) for key, _ in lane.paces), default=room) for lane in lanes}
    ready = [lane for lane in lanes if allowances[lane] > 0]
    # Among more lanes than a batch can serve, chance is fair.
    chosen = _random.sample(ready, min(len(ready), MOST_LANES, room))
    divided = shares(room, {lane: allowances[lane] for lane in chosen})
    return _within_shared(divided, buckets)


def charge_lanes(lanes: Iterable[tuple[Lane, int]], buckets: Buckets) -> None:
    """Take what was claimed from each lane out of its buckets; only the gaps of an hourly pace differ."""
    for lane, number in lanes:
        for key, pace in lane.paces:
            buckets.charge(key, number, evenly=isinstance(pace, DailyLimit))


def _within_shared(divided: Mapping[Lane, int], buckets: Buckets) -> dict[Lane, int]:
    """The shares cut down, evenly, to what the limits of their campaigns leave for all of them together."""
    result = dict(divided)
    for key in {key for lane in divided for key, _ in lane.paces}:
        together = [lane for lane in result if key in dict(lane.paces)]
        left = buckets.allowed(key)
        if sum(result[lane] for lane in together) > left:
            cut = shares(left, {lane: result[lane] for lane in together})
            for lane in together:
                if lane in cut:
                    result[lane] = cut[lane]
                else:
                    del result[lane]
    return result


def is_within(table: Table, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether it is the time that a campaign or an official was given."""
    opens, closes = table.c.sending_from, table.c.sending_until
    return and_(or_(opens.is_(None), opens <= now), or_(closes.is_(None), closes > now))


_NOW = bindparam("moment", type_=outbox_email.c.due_at.type)
_DUE = exists().where(outbox_email.c.state == OutboxState.QUEUED, outbox_email.c.due_at <= _NOW)
_HAS_SUPPORTER_MAIL = select(
    _DUE.where(outbox_email.c.official_id.is_(None), outbox_email.c.update_id.is_(None))
)
_UPDATES_DUE = select(outbox_email.c.id).where(_IS_QUEUED_UPDATE, outbox_email.c.due_at <= _NOW).limit(1)


def _officials_with_work() -> Select[*tuple[Any, ...]]:
    theirs = _DUE.where(outbox_email.c.official_id == official.c.id)
    digests_only = official.c.digest_mode == DigestMode.DAILY
    has_work = case((digests_only, theirs.where(IS_DIGEST)), else_=theirs)
    return (
        select(
            official.c.id,
            official.c.campaign_id,
            func.coalesce(official.c.time_zone, campaign.c.time_zone).label("time_zone"),
            func.coalesce(official.c.hourly_rate, campaign.c.official_rate).label("rate"),
            digests_only.label("digests_only"),
            official.c.daily_limit,
            campaign.c.daily_limit.label("campaign_limit"),
            campaign.c.time_zone.label("campaign_zone"),
            official.c.sending_from,
            campaign.c.sending_from.label("campaign_from"),
        )
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(
            official.c.paused_at.is_(None),
            campaign.c.sending_paused_at.is_(None),
            *(is_within(table, _NOW) for table in (official, campaign)),
            has_work,
        )
    )


# Made once: that takes longer than to run it.
_OFFICIALS_WITH_WORK = _officials_with_work()


def _paces(row: Row[*tuple[Any, ...]], limits: Limits) -> Iterator[tuple[str, Pace | DailyLimit]]:
    rate = limits.official_rate if row.rate is None else row.rate
    if rate:
        yield official_key(row.id), hourly_pace(rate, time_zone=row.time_zone)
    if row.daily_limit:
        yield (
            daily_key("official", row.id),
            DailyLimit(messages=row.daily_limit, time_zone=row.time_zone),
        )
    if row.campaign_limit:
        yield (
            daily_key("campaign", row.campaign_id),
            DailyLimit(messages=row.campaign_limit, time_zone=row.campaign_zone),
        )


def _opened_at(row: Row[*tuple[Any, ...]]) -> datetime | None:
    return max((opens for opens in (row.sending_from, row.campaign_from) if opens), default=None)


def official_key(official_id: int) -> str:
    """The key of an official's hourly bucket."""
    return f"official:{official_id}"


def daily_key(kind: str, number: int) -> str:
    """The key of what an `official` or a `campaign` got today."""
    return f"day:{kind}:{number}"


def lock_provider_bucket(session: Session, provider: str, rate: int, buckets: Buckets) -> str:
    """Lock the bucket of a provider; gives its key."""
    key = f"provider:{provider}"
    lock_buckets(session, {key: second_pace(rate)}, buckets)
    return key


def lock_domain_buckets(session: Session, domains: Iterable[str], rate: int, buckets: Buckets) -> None:
    """Lock the buckets `domain:<name>` of recipient domains."""
    lock_buckets(session, {f"domain:{domain}": hourly_pace(rate) for domain in domains}, buckets)


def lock_buckets(session: Session, paces: Mapping[str, Pace | DailyLimit], buckets: Buckets) -> None:
    """Lock and refill the buckets that no other worker holds, making those that never were."""
    if not paces:
        return
    statement = select(pace_bucket).where(pace_bucket.c.key.in_(paces)).with_for_update(skip_locked=True)
    locked = {row.key: Bucket(row.tokens, row.at) for row in session.execute(statement)}
    absent = paces.keys() - locked
    if absent:
        # An INSERT would wait for whoever has locked the row: look first which are locked, and which are not.
        absent -= set(session.scalars(select(pace_bucket.c.key).where(pace_bucket.c.key.in_(absent))))
    if absent:
        fresh = {key: refilled(None, paces[key], now=buckets.now) for key in sorted(absent)}
        made = inserting(session, pace_bucket).on_conflict_do_nothing().returning(pace_bucket.c.key)
        rows = [{"key": key, "tokens": bucket.tokens, "at": bucket.at} for key, bucket in fresh.items()]
        locked |= {key: fresh[key] for key in session.scalars(made, rows)}
    buckets.paces.update(paces)
    for key, bucket in locked.items():
        buckets.locked[key] = refilled(bucket, paces[key], now=buckets.now)


def store_buckets(session: Session, buckets: Buckets) -> None:
    """Write down what is left in the buckets that were locked."""
    rows = [
        {"b_key": key, "b_tokens": bucket.tokens, "b_at": bucket.at} for key, bucket in buckets.locked.items()
    ]
    if rows:
        statement = update(pace_bucket).where(pace_bucket.c.key == bindparam("b_key"))
        session.execute(statement.values(tokens=bindparam("b_tokens"), at=bindparam("b_at")), rows)


def delete_full_buckets(session: Session, *, now: datetime) -> None:
    """Drop buckets nobody has taken from for so long that they are full: recipients' domains among them."""
    session.execute(delete(pace_bucket).where(pace_bucket.c.at < now - BUCKETS_KEPT))
