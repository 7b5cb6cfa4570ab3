"""Providers' reports: stored at once, digested by the worker, and only ever moving an email forward."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.events import DeliveryReport, after_reports, proven
from campaign.domain.states import EmailKind, OutboxState
from campaign.services import deferrals, digested, outcome_counts
from campaign.services.delivery import KINDS_WITH_LINKS
from campaign.services.outbox import forget_words
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables import DeliveryEvent, OutboxEmail
from campaign.store.tables.base import table_of

_EVENTS = table_of(DeliveryEvent)
_EMAILS = table_of(OutboxEmail)
_WAITING = select(_EVENTS.c.id).where(_EVENTS.c.digested_at.is_(None))


def store(session: Session, reports: Sequence[DeliveryReport], *, now: datetime) -> None:
    """Keep reports for the worker; one that came before is the same one, not another."""
    if not reports:
        return
    rows = [{**vars(report), "received_at": now} for report in reports]
    session.execute(inserting(session, _EVENTS).on_conflict_do_nothing(index_elements=["event_id"]), rows)


def are_waiting(session: Session) -> bool:
    """Whether reports wait to be read: a look at one index."""
    return session.execute(_WAITING.limit(1)).first() is not None


def digest(session: Session, *, now: datetime, batch: int = 500) -> int:
    """Move the emails that reports are about; how many reports were read. Unknown ids change nothing."""
    waiting = session.execute(
        select(_EVENTS)
        .where(_EVENTS.c.digested_at.is_(None))
        .order_by(_EVENTS.c.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    by_email: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for event in waiting:
        by_email[event.public_id].append(event)
    if not by_email:
        return 0
    emails = session.execute(
        select(_EMAILS.c.id, _EMAILS.c.public_id, _EMAILS.c.state, _EMAILS.c.kind)
        .where(_EMAILS.c.public_id.in_(by_email))
        .with_for_update()
    )
    for email in emails:
        _settle(session, email, by_email[email.public_id], now=now)
    deferrals.note(session, waiting)
    outcome_counts.add_reports(session, [event.kind for event in waiting])
    session.execute(
        update(_EVENTS).where(_EVENTS.c.id == bindparam("event")).values(digested_at=now),
        [{"event": event.id} for event in waiting],
    )
    return len(waiting)


def _settle(
    session: Session, email: Row[*tuple[Any, ...]], events: Sequence[Row[*tuple[Any, ...]]], *, now: datetime
) -> None:
    state = after_reports(email.state, [event.kind for event in events])
    if state is email.state:
        return
    proof = next(event for event in events if proven(event.kind) is state)
    failed = state in (OutboxState.BOUNCED, OutboxState.FAILED)
    values: dict[str, Any] = {
        "state": state,
        "reason": (proof.reason or proof.kind.value) if failed else None,
        "settled_at": now,
        "leased_by": None,
        "lease_ends_at": None,
    }
    if email.kind in KINDS_WITH_LINKS:
        forget_words(session, _EMAILS.c.id == email.id)
    rows_changed(session, update(_EMAILS).where(_EMAILS.c.id == email.id).values(**values))
    if email.kind is EmailKind.DIGEST:
        digested.follow(session, [email.id], now=now)
