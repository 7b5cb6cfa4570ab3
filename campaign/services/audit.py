"""What organizers did, in an append-only chain: each entry's hash covers the entry before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.errors import ConflictError
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import AuditEntry, Organizer


@dataclass(frozen=True)
class EntryShown:
    """One entry as the desk shows it; without an organizer, `by` in the details says how it came about."""

    id: int
    at: datetime
    organizer: str | None
    action: str
    details: Mapping[str, Any]


def record(session: Session, *, action: str, actor: Actor, details: Mapping[str, Any], now: datetime) -> None:
    """Add an entry in the caller's transaction; `details` holds ids, counts and words of ours only.

    What was not done on the desk is told by one more of them, `by`. Other writers of the chain wait until the
    transaction ends, so record last.
    """
    if actor.via is not Via.DESK:
        details = {**details, "by": actor.via.value}
    if any("@" in str(value) for value in details.values()):
        raise ValueError(f"the details of {action} hold what looks like an address")
    take_advisory_lock(session, AdvisoryLock.AUDIT)
    previous = session.scalar(select(AuditEntry.entry_hash).order_by(AuditEntry.id.desc()).limit(1)) or ""
    entry_hash = _hash(previous, now, actor.organizer_id, action, details)
    session.add(
        AuditEntry(
            at=now,
            organizer_id=actor.organizer_id,
            action=action,
            details=dict(details),
            entry_hash=entry_hash,
        )
    )
    session.flush()


def verify(session: Session) -> int:
    """Check every entry against its hash and the one before, and say how many there are.

    ConflictError names the first that does not fit. Entries cut off at the end leave no trace in the chain:
    compare the number with one written down elsewhere.
    """
    previous, number = "", 0
    statement = select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.organizer_id,
        AuditEntry.action,
        AuditEntry.details,
        AuditEntry.entry_hash,
    ).order_by(AuditEntry.id)
    with session.execute(statement, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            if row.entry_hash != _hash(previous, row.at, row.organizer_id, row.action, row.details):
                raise ConflictError(
                    "Entry %(entry)d of the audit log is not as it was written, or one before it is gone.",
                    entry=row.id,
                )
            previous = row.entry_hash
            number += 1
    return number


def entries(session: Session, *, before: int | None = None, limit: int = 50) -> tuple[EntryShown, ...]:
    """Entries, newest first, from the one before the id `before`."""
    statement = (
        select(AuditEntry.id, AuditEntry.at, Organizer.email, AuditEntry.action, AuditEntry.details)
        .outerjoin(Organizer, Organizer.id == AuditEntry.organizer_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return tuple(EntryShown(*row) for row in session.execute(statement))


def _hash(
    previous: str, at: datetime, organizer_id: int | None, action: str, details: Mapping[str, Any]
) -> str:
    entry = json.dumps(
        {"at": at.isoformat(), "organizer": organizer_id, "action": action, "details": dict(details)},
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()
