"""What organizers did, in an append-only chain: each entry's hash covers the entry before it.

The hashes are keyed with the installation's secret: who has the database alone cannot write the log anew.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.audit_chain import ChainKeys, entry_hash
from campaign.errors import ConflictError
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.statements import inserting
from campaign.store.tables import AuditEntry, Organizer
from campaign.store.tables.core import audit_window

# Of what strangers can cause again and again one entry is written in so long a time.
WINDOW = timedelta(hours=1)
LONGEST_VALUE = 80  # characters of what a field was or is


@dataclass(frozen=True)
class EntryShown:
    """One entry; without an organizer, `by` in the details says how it came about."""

    id: int
    at: datetime
    organizer: str | None
    action: str
    details: Mapping[str, Any]
    entry_hash: str


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are wanted; None is all. `actions` are those of one kind.

    `within` are the ids of the only campaigns whose entries may be read.
    """

    campaign_id: int | None = None
    organizer_id: int | None = None
    actions: Collection[str] | None = None
    within: Collection[int] | None = None


EVERYTHING = AuditFilter()


@dataclass(frozen=True)
class ChainState:
    """A chain that is whole: how many entries it has, how many of them are keyed, and the last one's hash.

    Whoever writes number and `head` down elsewhere can tell later whether entries were cut off at the end.
    """

    entries: int
    keyed: int
    head: str


def record(
    session: Session,
    *,
    action: str,
    actor: Actor,
    details: Mapping[str, Any],
    now: datetime,
    keys: ChainKeys | None = None,
) -> None:
    """Add an entry in the caller's transaction; `details` holds ids, counts and words of ours only.

    What was not done on the desk is told by one more of them, `by`. Other writers of the chain wait until the
    transaction ends, so record last. Without `keys` it is keyed with those the database was opened with.
    """
    if actor.via is not Via.DESK:
        details = {**details, "by": actor.via.value}
    if any("@" in str(value) for value in details.values()):
        raise ValueError(f"the details of {action} hold what looks like an address")
    key = (keys or session.info["chain_keys"]).newest
    take_advisory_lock(session, AdvisoryLock.AUDIT)
    previous = session.scalar(select(AuditEntry.entry_hash).order_by(AuditEntry.id.desc()).limit(1)) or ""
    session.add(
        AuditEntry(
            at=now,
            organizer_id=actor.organizer_id,
            action=action,
            details=dict(details),
            campaign_id=details.get("campaign"),
            key_id=key.id,
            entry_hash=entry_hash(
                previous,
                at=now,
                organizer_id=actor.organizer_id,
                action=action,
                details=details,
                key=key.secret,
            ),
        )
    )
    session.flush()


def values_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str | None]]:
    """What each field was and what it is now, as an entry may hold it: short, and no address."""
    pairs = {name: [_noted(before.get(name)), _noted(value)] for name, value in after.items()}
    return {name: pair for name, pair in pairs.items() if not any("@" in (value or "") for value in pair)}


def _noted(value: object) -> str | None:
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def record_once(
    session: Session, *, subject: str, action: str, actor: Actor, details: Mapping[str, Any], now: datetime
) -> None:
    """Add an entry unless there was one of this action about the `subject` within the last WINDOW.

    For what somebody can cause as often as they like: the log stays readable, and the disk does not fill.
    """
    keys: ChainKeys = session.info["chain_keys"]
    window = hmac.digest(keys.newest.secret, f"{action}\n{subject}".encode(), hashlib.sha256).hex()
    session.execute(delete(audit_window).where(audit_window.c.recorded_at < now - WINDOW))
    row = inserting(session, audit_window).values(window_hash=window, recorded_at=now)
    is_first = session.scalar(row.on_conflict_do_nothing().returning(audit_window.c.window_hash))
    if is_first:
        record(session, action=action, actor=actor, details=details, now=now)


def record_upgrade(session: Session, *, schema: str, actor: Actor, now: datetime) -> None:
    """Write down that the schema was upgraded, unless the log is empty.

    It makes the last entry a keyed one, which `verify` asks for, in a log that was begun without keys.
    """
    if session.scalar(select(AuditEntry.id).limit(1)) is not None:
        record(session, action="database.upgrade", actor=actor, details={"schema": schema}, now=now)


def verify(session: Session, *, earlier_head: str = "") -> ChainState:
    """Check every entry against its hash, its key and the entry before.

    ConflictError names the first that does not fit. Entries cut off at the end leave no trace in the chain:
    so it also fails when no entry has the hash `earlier_head`, written down elsewhere at an earlier time.
    """
    keys: ChainKeys = session.info["chain_keys"]
    previous, number, keyed, last_id, has_head = "", 0, 0, 0, not earlier_head
    statement = select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.organizer_id,
        AuditEntry.action,
        AuditEntry.details,
        AuditEntry.key_id,
        AuditEntry.entry_hash,
    ).order_by(AuditEntry.id)
    with session.execute(statement, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            _check(row, previous, keys, must_be_keyed=bool(keyed))
            previous, last_id = row.entry_hash, row.id
            number += 1
            keyed += row.key_id is not None
            has_head = has_head or row.entry_hash == earlier_head
    if number and not keyed:
        raise ConflictError(
            "Entry %(entry)d of the audit log, the last, is not sealed with the secret key: what came after"
            " it is gone, or the log was written anew.",
            entry=last_id,
        )
    if not has_head:
        raise ConflictError("No entry of the audit log has this hash: entries are gone, or were changed.")
    return ChainState(number, keyed, previous)


def _check(row: Any, previous: str, keys: ChainKeys, *, must_be_keyed: bool) -> None:
    """ConflictError unless the entry is as it was written after the one with the hash `previous`."""
    secret = keys.secret_of(row.key_id) if row.key_id else None
    if row.key_id and secret is None:
        raise ConflictError(
            "Entry %(entry)d of the audit log was sealed with a secret key that is not in the"
            " settings anymore.",
            entry=row.id,
        )
    expected = entry_hash(
        previous,
        at=row.at,
        organizer_id=row.organizer_id,
        action=row.action,
        details=row.details,
        key=secret,
    )
    is_as_written = hmac.compare_digest(expected.encode(), row.entry_hash.encode())
    if not is_as_written or (must_be_keyed and secret is None):
        raise ConflictError(
            "Entry %(entry)d of the audit log is not as it was written, or one before it is gone.",
            entry=row.id,
        )


def entries(
    session: Session, chosen: AuditFilter = EVERYTHING, *, before: int | None = None, limit: int = 50
) -> tuple[EntryShown, ...]:
    """Entries, newest first, from the one before the id `before`: one range of one index."""
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            Organizer.email,
            AuditEntry.action,
            AuditEntry.details,
            AuditEntry.entry_hash,
        )
        .outerjoin(Organizer, Organizer.id == AuditEntry.organizer_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    if chosen.campaign_id is not None:
        statement = statement.where(AuditEntry.campaign_id == chosen.campaign_id)
    if chosen.within is not None:
        statement = statement.where(AuditEntry.campaign_id.in_(chosen.within))
    if chosen.organizer_id is not None:
        statement = statement.where(AuditEntry.organizer_id == chosen.organizer_id)
    if chosen.actions is not None:
        statement = statement.where(AuditEntry.action.in_(chosen.actions))
    return tuple(EntryShown(*row) for row in session.execute(statement))
