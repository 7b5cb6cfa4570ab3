"""The queue as workers see it: claim, mark as sending, record what became of it, free what the dead held.

Every move is a conditional update: on the state an email was in, and on the lease, which names one claim of
one worker. Whoever finds the condition gone has lost the email and leaves it alone.
"""

import random
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, select, union_all, update
from sqlalchemy.orm import Session

from campaign.domain.outcomes import Outcome, settle
from campaign.domain.states import EmailKind, OutboxState
from campaign.mail.email import Email
from campaign.services.pacing import (
    Buckets,
    Lane,
    Limits,
    fair_shares,
    hold_domains,
    hold_provider,
    lane_key,
    lanes_with_work,
    store,
)
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables import OutboxEmail, Worker
from campaign.store.tables.base import table_of

# These hold links that act for a supporter. Once accepted they have served, and whoever reads the table later
# must not find a link that still works. An email in doubt keeps its text: it may have to be sent again.
# An answer of an office has no link, and is nobody's but the supporter's.
KINDS_WITH_LINKS = (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED, EmailKind.THANKS, EmailKind.REPLY)
WORKERS_REMEMBERED = timedelta(days=1)

_emails = table_of(OutboxEmail)
_workers = table_of(Worker)


@dataclass(frozen=True)
class Claimed:
    """An email that one worker holds; `attempts` counts the requests begun for it so far."""

    id: int
    lease: str
    attempts: int
    first_tried_at: datetime | None
    official_id: int | None
    email: Email


@dataclass(frozen=True)
class Freed:
    """How many emails of dead workers went back to the queue, and how many came into doubt."""

    queued: int
    in_doubt: int


def has_due(session: Session, *, now: datetime) -> bool:
    """Whether anything is due, be it held back by its pace or not: the cheap look of an idle worker."""
    due = select(_emails.c.id).where(_emails.c.state == OutboxState.QUEUED, _emails.c.due_at <= now)
    return session.execute(due.limit(1)).first() is not None


def claim(
    session: Session,
    worker_id: str,
    *,
    provider: str,
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
        provider_key = hold_provider(session, provider, limits.provider_rate, buckets)
        room = min(batch, buckets.allowed(provider_key))
    if room <= 0:
        return ()
    lanes = {lane.official_id: lane for lane in lanes_with_work(session, limits, now=now)}
    by_lane = fair_shares(session, list(lanes.values()), buckets, room=room)
    claimed = _lease(session, by_lane, f"{worker_id[:20]}.{secrets.token_hex(5)}", lease=lease, now=now)
    if limits.domain_rate:
        claimed = _within_domains(session, claimed, limits.domain_rate, buckets)
    if provider_key and claimed:
        buckets.take(provider_key, len(claimed))
    for official_id, number in Counter(one.official_id for one in claimed).items():
        if lanes[official_id].pace:
            buckets.take(lane_key(lanes[official_id]), number, evenly=False)
    store(session, buckets)
    return tuple(claimed)


def take(
    session: Session,
    worker_id: str,
    *,
    provider: str,
    limits: Limits,
    batch: int,
    lease: timedelta,
    now: datetime,
) -> tuple[Claimed, ...]:
    """Claim emails and mark them as sending in one transaction, for a worker that sends them at once."""
    claimed = claim(session, worker_id, provider=provider, limits=limits, batch=batch, lease=lease, now=now)
    return mark_sending(session, claimed, provider=provider, lease=lease, now=now)


def mark_sending(
    session: Session, claimed: Sequence[Claimed], *, provider: str, lease: timedelta, now: datetime
) -> tuple[Claimed, ...]:
    """Write down that requests are about to leave; only for those returned may one be made, after the commit.

    An email that is missing was called back or has gone to another worker.
    """
    ours: set[int] = set()
    for lease_name in {one.lease for one in claimed}:
        ids = [one.id for one in claimed if one.lease == lease_name]
        held = _emails.c.id.in_(ids) & (_emails.c.leased_by == lease_name)
        statement = (
            update(_emails)
            .where(held, _emails.c.state == OutboxState.LEASED)
            .values(
                state=OutboxState.SENDING,
                attempts=_emails.c.attempts + 1,
                first_tried_at=func.coalesce(_emails.c.first_tried_at, now),
                sending_at=now,
                lease_ends_at=now + lease,
                provider=provider,
                reason=None,
            )
        )
        # Asking for the ids back costs more than the update, and nearly always all are still ours.
        if rows_changed(session, statement) == len(ids):
            ours.update(ids)
        else:
            still = select(_emails.c.id).where(held, _emails.c.state == OutboxState.SENDING)
            ours.update(session.scalars(still))
    return tuple(
        replace(one, attempts=one.attempts + 1, first_tried_at=one.first_tried_at or now)
        for one in claimed
        if one.id in ours
    )


def record(session: Session, outcomes: Sequence[tuple[Claimed, Outcome]], *, now: datetime) -> None:
    """Move emails that were being sent to what became of them.

    One whose lease ran out meanwhile stands in doubt with the lease still on it: its own answer, arriving
    late, is evidence and settles it. One that anybody has moved since is left alone.
    """
    if outcomes:
        session.execute(_RECORD, [_settled(one, outcome, now) for one, outcome in outcomes])


def expire_leases(session: Session, *, now: datetime) -> Freed:
    """Free what dead workers held: what had not begun to leave is queued again, the rest is in doubt."""
    expired = _emails.c.lease_ends_at <= now
    queued = rows_changed(
        session,
        update(_emails)
        .where(_emails.c.state == OutboxState.LEASED, expired)
        .values(state=OutboxState.QUEUED, leased_by=None, lease_ends_at=None),
    )
    in_doubt = rows_changed(
        session,
        update(_emails)
        .where(_emails.c.state == OutboxState.SENDING, expired)
        .values(
            state=OutboxState.IN_DOUBT,
            lease_ends_at=None,
            settled_at=now,
            reason="the worker stopped before the provider's answer was written down",
        ),
    )
    return Freed(queued, in_doubt)


def heartbeat(session: Session, worker_id: str, *, now: datetime) -> None:
    """Note that a worker is alive, and forget those not seen for a day."""
    beat = inserting(session, _workers).values(id=worker_id, started_at=now, seen_at=now)
    session.execute(beat.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))
    session.execute(delete(_workers).where(_workers.c.seen_at < now - WORKERS_REMEMBERED))


def retire(session: Session, worker_id: str) -> None:
    """Forget a worker that stops in good order."""
    session.execute(delete(_workers).where(_workers.c.id == worker_id))


def _lease(
    session: Session, by_lane: dict[Lane, int], lease_name: str, *, lease: timedelta, now: datetime
) -> list[Claimed]:
    if not by_lane:
        return []
    oldest = [
        select(_emails.c.id)
        .where(
            _emails.c.official_id == lane.official_id,
            _emails.c.state == OutboxState.QUEUED,
            _emails.c.due_at <= now,
        )
        .order_by(_emails.c.due_at, _emails.c.id)
        .limit(number)
        .with_for_update(skip_locked=True)
        .subquery()
        for lane, number in by_lane.items()
    ]
    due = union_all(*(select(one.c.id) for one in oldest)).cte("due")
    statement = (
        update(_emails)
        .where(_emails.c.id.in_(select(due.c.id)))
        .values(state=OutboxState.LEASED, leased_by=lease_name, lease_ends_at=now + lease)
        .returning(*_CLAIMED_COLUMNS)
    )
    rows = sorted(session.execute(statement), key=lambda row: (row.due_at, row.id))
    return [_claimed(row, lease_name) for row in rows]


_CLAIMED_COLUMNS = tuple(
    _emails.c[name]
    for name in (
        *("id", "due_at", "attempts", "first_tried_at", "official_id", "public_id", "kind"),
        *("to_address", "to_name", "from_name", "reply_to", "subject", "text", "html"),
    )
)


def _claimed(row: Row[Any], lease_name: str) -> Claimed:
    email = Email(
        public_id=row.public_id,
        kind=row.kind,
        to_address=row.to_address,
        to_name=row.to_name,
        from_name=row.from_name,
        reply_to=row.reply_to,
        subject=row.subject,
        text=row.text,
        html=row.html,
    )
    return Claimed(row.id, lease_name, row.attempts, row.first_tried_at, row.official_id, email)


def _within_domains(
    session: Session, claimed: Sequence[Claimed], rate: int, buckets: Buckets
) -> list[Claimed]:
    """Those whose recipient domain takes more now; the others go back and are due when it does."""
    by_domain: dict[str, list[Claimed]] = {}
    for one in claimed:
        by_domain.setdefault(one.email.to_address.rpartition("@")[2], []).append(one)
    hold_domains(session, by_domain, rate, buckets)
    kept: list[Claimed] = []
    late: list[dict[str, object]] = []
    for domain, ones in by_domain.items():
        key = f"domain:{domain}"
        number = buckets.allowed(key)
        kept += ones[:number]
        if number:
            buckets.take(key, len(ones[:number]))
        late += [
            {"b_id": one.id, "b_due_at": buckets.now + buckets.wait(key, place)}
            for place, one in enumerate(ones[number:], start=1)
        ]
    if late:
        statement = update(_emails).where(_emails.c.id == bindparam("b_id"))
        back = statement.values(
            state=OutboxState.QUEUED, due_at=bindparam("b_due_at"), leased_by=None, lease_ends_at=None
        )
        session.execute(back, late)
    return kept


def _settled(one: Claimed, outcome: Outcome, now: datetime) -> dict[str, object]:
    settlement = settle(
        outcome,
        attempts=one.attempts,
        first_tried_at=one.first_tried_at or now,
        now=now,
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )
    is_final = settlement.state is not OutboxState.QUEUED
    has_served = settlement.state is OutboxState.ACCEPTED and one.email.kind in KINDS_WITH_LINKS
    return {
        "b_id": one.id,
        "b_lease": one.lease,
        "b_state": settlement.state,
        "b_due_at": settlement.due_at,
        "b_reason": settlement.reason,
        "b_message_id": settlement.provider_message_id,
        "b_not_counted": 0 if settlement.is_attempt else 1,
        "b_settled_at": now if is_final else None,
        # Kept on an email in doubt, so that its own late answer is still believed.
        "b_lease_after": one.lease if settlement.state is OutboxState.IN_DOUBT else None,
        "b_has_served": has_served,
    }


_RECORD = (
    update(_emails)
    .where(
        _emails.c.id == bindparam("b_id"),
        _emails.c.leased_by == bindparam("b_lease"),
        (_emails.c.state == OutboxState.SENDING) | (_emails.c.state == OutboxState.IN_DOUBT),
    )
    .values(
        state=bindparam("b_state"),
        due_at=func.coalesce(bindparam("b_due_at"), _emails.c.due_at),
        reason=bindparam("b_reason"),
        provider_message_id=bindparam("b_message_id"),
        attempts=_emails.c.attempts - bindparam("b_not_counted"),
        settled_at=bindparam("b_settled_at"),
        leased_by=bindparam("b_lease_after"),
        lease_ends_at=None,
        text=case((bindparam("b_has_served"), ""), else_=_emails.c.text),
        html=case((bindparam("b_has_served"), ""), else_=_emails.c.html),
    )
)
