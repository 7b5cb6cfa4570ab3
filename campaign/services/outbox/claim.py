"""Claims: which due emails a worker takes next, as paces, pauses and fair shares let them go."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, or_, select, true, union_all
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.mail.email import Email
from campaign.mail.render import in_paragraphs
from campaign.services.outbox.rate_limits import (
    IS_DIGEST,
    Buckets,
    Lane,
    Limits,
    charge_lanes,
    fair_shares,
    lanes_with_work,
    lock_domain_buckets,
    lock_provider_bucket,
    store_buckets,
)
from campaign.services.outbox.transitions import moving
from campaign.store.statements import rows_changed
from campaign.store.tables.core import outbox_body, outbox_email


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
    due = select(outbox_email.c.id).where(
        outbox_email.c.state == OutboxState.QUEUED, outbox_email.c.due_at <= now
    )
    if route:
        due = due.where(route.takes())
    return session.execute(due.limit(1)).first() is not None


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
    lease_name = f"{worker_id[:20]}.{secrets.token_hex(5)}"
    claimed = _lease(session, by_lane, lease_name, route=route, ends_at=now + lease, now=now)
    if limits.domain_rate:
        claimed = _within_domains(session, claimed, limits.domain_rate, buckets)
    if provider_key and claimed:
        buckets.charge(provider_key, len(claimed))
    by_official = Counter(entry.official_id for entry in claimed)
    charge_lanes(((lanes[official_id], number) for official_id, number in by_official.items()), buckets)
    store_buckets(session, buckets)
    return tuple(claimed)


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
    oldest = [
        select(outbox_email.c.id)
        .where(
            outbox_email.c.official_id == lane.official_id,
            outbox_email.c.state == OutboxState.QUEUED,
            outbox_email.c.due_at <= now,
            route.takes(),
            IS_DIGEST if lane.digests_only else true(),
        )
        .order_by(outbox_email.c.due_at, outbox_email.c.id)
        .limit(number)
        .with_for_update(skip_locked=True)
        .subquery()
        for lane, number in by_lane.items()
    ]
    due = union_all(*(select(lane_oldest.c.id) for lane_oldest in oldest)).cte("due")
    statement = moving(
        OutboxState.LEASED,
        outbox_email.c.id.in_(select(due.c.id)),
        by_state=False,
        leased_by=lease_name,
        lease_ends_at=ends_at,
    )
    if not rows_changed(session, statement):
        return []
    # The end of the lease finds these rows in the index of what is under way.
    ours = (outbox_email.c.lease_ends_at == ends_at) & (outbox_email.c.leased_by == lease_name) & _UNDER_WAY
    rows = session.execute(_CLAIMED.where(ours).order_by(outbox_email.c.due_at, outbox_email.c.id))
    return [_claimed(row, lease_name) for row in rows]


# Word for word as the index has it, or SQLite does not use that.
_UNDER_WAY = sql("outbox_email.state IN ('leased', 'sending')")
_CLAIMED = select(
    *(
        outbox_email.c[name]
        for name in (
            *("id", "attempts", "first_tried_at", "official_id", "signature_id", "public_id", "kind"),
            *("to_address", "to_name", "from_name", "reply_to", "language", "subject"),
        )
    ),
    outbox_body.c.text,
    outbox_body.c.html,
    outbox_body.c.unsubscribe_url,
).outerjoin(outbox_body, outbox_body.c.email_id == outbox_email.c.id)


def _claimed(row: Row[*tuple[Any, ...]], lease_name: str) -> Claimed:
    text = row.text or ""
    email = Email(
        public_id=row.public_id,
        kind=row.kind,
        to_address=row.to_address,
        to_name=row.to_name,
        from_name=row.from_name,
        reply_to=row.reply_to,
        unsubscribe_url=row.unsubscribe_url,
        subject=row.subject,
        text=text,
        html=in_paragraphs(text, row.language) if row.html is None else row.html,
    )
    return Claimed(
        row.id, lease_name, row.attempts, row.first_tried_at, row.official_id, row.signature_id, email
    )


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
