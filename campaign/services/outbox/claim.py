"""Claims: which due emails a worker takes next, as paces, pauses and fair shares let them go."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.mail.email import Email, TextFile
from campaign.mail.render import in_paragraphs
from campaign.services.outbox import unreadable
from campaign.services.outbox.rate_limits import (
    IS_DIGEST,
    UPDATES,
    Buckets,
    Lane,
    Limits,
    are_updates_due,
    charge_lanes,
    fair_shares,
    lanes_with_work,
    lock_domain_buckets,
    lock_provider_bucket,
    store_buckets,
)
from campaign.services.outbox.transitions import moving
from campaign.services.outbox.withdrawn import is_stood_by
from campaign.store.data_cipher import UnreadableError
from campaign.store.tables.core import outbox_body, outbox_email

# So many batches of which nothing can be read are set aside at a time; the next ones follow the next time.
_TRIES = 20
_IS_DUE = outbox_email.c.due_at <= bindparam("moment", type_=outbox_email.c.due_at.type)
_LEASE_NAME = bindparam("lease", type_=outbox_email.c.leased_by.type)
_LEASE_ENDS = bindparam("lease_ends", type_=outbox_email.c.lease_ends_at.type)


@dataclass(frozen=True)
class Claimed:
    """An email that one worker holds; `attempts` counts the requests begun for it so far."""

    id: int
    lease: str
    attempts: int
    first_tried_at: datetime | None
    official_id: int | None
    signature_id: int | None
    email: Email


@dataclass(frozen=True)
class Route:
    """The provider emails are claimed for, and the others that are at work beside it.

    An email that was tried with one of those stays with it: whether it left there, only that one can say.
    """

    provider: str
    others: tuple[str, ...] = ()

    def takes(self) -> ColumnElement[bool]:
        """The condition that an email in the queue may go this way."""
        tried = outbox_email.c.provider
        return or_(tried.is_(None), tried.not_in(self.others)) if self.others else true()


def has_due(session: Session, *, route: Route | None = None, now: datetime) -> bool:
    """Whether anything is due, be it held back by its pace or not: the cheap look of an idle worker."""
    return session.execute(_any_due(route), {"moment": now}).first() is not None


@lru_cache(maxsize=8)
def _any_due(route: Route | None) -> Select[tuple[int]]:
    due = select(outbox_email.c.id).where(outbox_email.c.state == OutboxState.QUEUED, _IS_DUE)
    return (due.where(route.takes()) if route else due).limit(1)


def claim(
    session: Session,
    worker_id: str,
    *,
    route: Route,
    limits: Limits,
    batch: int,
    lease: timedelta,
    now: datetime,
) -> tuple[Claimed, ...]:
    """Take up to `batch` due emails, oldest first, as the paces and pauses of officials let them go.

    Updates come after everything else: they take what is left of the batch.
    No two workers get the same email: on PostgreSQL rows that another is claiming are skipped, on SQLite
    there is one writer.
    """
    buckets = Buckets(now)
    room = batch
    provider_key = None
    if limits.provider_rate:
        provider_key = lock_provider_bucket(session, route.provider, limits.provider_rate, buckets)
        room = min(batch, buckets.allowed(provider_key))
    if room <= 0:
        return ()
    lanes = {lane.official_id: lane for lane in lanes_with_work(session, limits, now=now)}
    by_lane = fair_shares(session, list(lanes.values()), buckets, room=room)
    _add_updates(session, by_lane, room=room, now=now)
    lease_name = f"{worker_id[:20]}.{secrets.token_hex(5)}"
    claimed = _lease(session, by_lane, lease_name, route=route, ends_at=now + lease, now=now)
    if limits.domain_rate:
        claimed = _within_domains(session, claimed, limits.domain_rate, buckets)
    if provider_key and claimed:
        buckets.charge(provider_key, len(claimed))
    by_official = Counter(entry.official_id for entry in claimed)
    charge_lanes(
        ((lanes.get(official_id, UPDATES), number) for official_id, number in by_official.items()), buckets
    )
    store_buckets(session, buckets)
    return tuple(claimed)


def _add_updates(session: Session, by_lane: dict[Lane, int], *, room: int, now: datetime) -> None:
    """Give the updates that are due what all other lanes leave of a batch."""
    left = room - sum(by_lane.values())
    if left > 0 and are_updates_due(session, now=now):
        by_lane[UPDATES] = left


def _lease(
    session: Session,
    by_lane: dict[Lane, int],
    lease_name: str,
    *,
    route: Route,
    ends_at: datetime,
    now: datetime,
) -> list[Claimed]:
    if not by_lane:
        return []
    values: dict[str, object] = {"moment": now, "lease": lease_name, "lease_ends": ends_at}
    shape: list[Lane] = []
    for place, (lane, number) in enumerate(by_lane.items()):
        values |= {f"official_{place}": lane.official_id, f"number_{place}": number}
        shape.append(_shape_of(lane))
    for _ in range(_TRIES):
        leased = cast(CursorResult[Any], session.execute(_leasing(route, tuple(shape)), values))
        if not leased.rowcount:
            break
        if rows := _read(session, {"lease": lease_name, "lease_ends": ends_at}, now=now):
            return [_claimed(row, lease_name) for row in rows]
    return []


def _read(session: Session, lease: dict[str, object], *, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was leased, and could be read."""
    try:
        return session.execute(_CLAIMED, lease).all()
    except UnreadableError:
        leased = select(outbox_email.c.id).where(_IS_LEASED)
        ids = session.scalars(leased, lease).all()
        unreadable.set_aside(session, outbox_email.c.id.in_(ids), now=now)
        return session.execute(_CLAIMED, lease).all()


@lru_cache(maxsize=32)
def _leasing(route: Route, shape: tuple[Lane, ...]) -> Update:
    """Leases the oldest of some lanes, each of which is told by its shape.

    To make such a statement takes longer than to run it.
    """
    oldest = [
        select(outbox_email.c.id)
        .where(_is_of(lane, place), outbox_email.c.state == OutboxState.QUEUED, _IS_DUE, route.takes())
        .order_by(outbox_email.c.due_at, outbox_email.c.id)
        .limit(bindparam(f"number_{place}"))
        .with_for_update(skip_locked=True)
        .subquery()
        for place, lane in enumerate(shape)
    ]
    due = union_all(*(select(lane_oldest.c.id) for lane_oldest in oldest)).cte("due")
    return moving(
        OutboxState.LEASED,
        outbox_email.c.id.in_(select(due.c.id)),
        by_state=False,
        leased_by=_LEASE_NAME,
        lease_ends_at=_LEASE_ENDS,
    )


def _shape_of(lane: Lane) -> Lane:
    """A lane without what makes no other statement; of officials any one stands for all."""
    return Lane(lane.official_id and 1, digests_only=lane.digests_only, is_updates=lane.is_updates)


def _is_of(lane: Lane, place: int) -> ColumnElement[bool]:
    """The condition that an email is of a lane of this shape.

    Of an update, it is looked at here, at the moment of sending, whether its reader still takes it.
    """
    if lane.is_updates:
        return outbox_email.c.update_id.is_not(None) & is_stood_by()
    if lane.official_id is None:
        return outbox_email.c.official_id.is_(None) & outbox_email.c.update_id.is_(None)
    theirs = outbox_email.c.official_id == bindparam(f"official_{place}")
    return theirs & IS_DIGEST if lane.digests_only else theirs


# Word for word as the index has it, or SQLite does not use that.
_UNDER_WAY = sql("outbox_email.state IN ('leased', 'sending')")
# The end of the lease finds these rows in the index of what is under way.
_IS_LEASED = and_(
    outbox_email.c.lease_ends_at == _LEASE_ENDS, outbox_email.c.leased_by == _LEASE_NAME, _UNDER_WAY
)
_CLAIMED = (
    select(
        *(
            outbox_email.c[name]
            for name in (
                *("id", "attempts", "first_tried_at", "official_id", "signature_id", "language"),
                *("public_id", "kind", "to_address", "to_name", "from_name", "reply_to", "subject"),
            )
        ),
        outbox_body.c.unsubscribe_url,
        outbox_body.c.text,
        outbox_body.c.html,
        outbox_body.c.files,
    )
    .outerjoin(outbox_body, outbox_body.c.email_id == outbox_email.c.id)
    .where(_IS_LEASED)
    .order_by(outbox_email.c.due_at, outbox_email.c.id)
)


def _claimed(row: Row[*tuple[Any, ...]], lease_name: str) -> Claimed:
    # By place: to look fifteen values up by name takes as long as all the rest.
    email_id, attempts, first_tried_at, official_id, signature_id, language, *rest = row
    public_id, kind, to_address, to_name, from_name, reply_to, subject, unsubscribe_url, *words = rest
    text, html, files = words
    text = text or ""
    email = Email(
        public_id=public_id,
        kind=kind,
        to_address=to_address,
        to_name=to_name,
        from_name=from_name,
        reply_to=reply_to,
        unsubscribe_url=unsubscribe_url,
        subject=subject,
        text=text,
        html=in_paragraphs(text, language) if html is None else html,
        files=tuple(TextFile(**file) for file in files) if files else (),
    )
    return Claimed(email_id, lease_name, attempts, first_tried_at, official_id, signature_id, email)


def _within_domains(
    session: Session, claimed: Sequence[Claimed], rate: int, buckets: Buckets
) -> list[Claimed]:
    """Those whose recipient domain takes more now; the others go back and are due when it does."""
    by_domain: dict[str, list[Claimed]] = {}
    for entry in claimed:
        by_domain.setdefault(entry.email.to_address.rpartition("@")[2], []).append(entry)
    lock_domain_buckets(session, by_domain, rate, buckets)
    within: list[Claimed] = []
    over_rate: list[dict[str, object]] = []
    for domain, entries in by_domain.items():
        key = f"domain:{domain}"
        number = buckets.allowed(key)
        within += entries[:number]
        if number:
            buckets.charge(key, len(entries[:number]))
        over_rate += [
            {"b_id": entry.id, "b_due_at": buckets.now + buckets.wait(key, position)}
            for position, entry in enumerate(entries[number:], start=1)
        ]
    if over_rate:
        back = moving(
            OutboxState.QUEUED,
            outbox_email.c.id == bindparam("b_id"),
            start=(OutboxState.LEASED,),
            due_at=bindparam("b_due_at"),
        )
        session.execute(back, over_rate)
    return within
