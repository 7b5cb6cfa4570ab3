"""Files that a worker makes for one organizer: ordered, made, fetched with a fresh password, and deleted.

Who erases their signature, or takes it back, is in no such file any more from that moment on: the key of
each that may hold them is deleted in the same transaction, and the worker makes the file anew.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.prepared_files import KEPT_FOR, KEPT_ONCE_FETCHED, MOST_FILES, PreparedKind
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign, PreparedFile
from campaign.store.tables.core import prepared_file

# Renewed while a worker is at it; afterwards another may claim the file of one that died.
CLAIM_TIME = timedelta(minutes=5)
SUFFIX = ".sealed"


@dataclass(frozen=True)
class FileShown:
    """One file as the organizer sees it who ordered it; `official` is whom a pack is for."""

    id: int
    kind: PreparedKind
    request: dict[str, Any]
    ordered_at: datetime
    expires_at: datetime
    done: int
    expected: int
    is_made: bool
    has_failed: bool
    is_made_anew: bool
    size: int | None
    fetched_at: datetime | None


@dataclass(frozen=True)
class FileJob:
    """A file that this worker has claimed, in the `edition` that it begins with."""

    id: int
    campaign_id: int
    slug: str
    kind: PreparedKind
    request: dict[str, Any]
    name: str
    edition: int


@dataclass(frozen=True)
class FileToFetch:
    """Where a file lies and what opens it."""

    kind: PreparedKind
    request: dict[str, Any]
    file_name: str
    key: bytes


def order(
    session: Session,
    campaign_id: int,
    kind: PreparedKind,
    request: dict[str, Any],
    *,
    expected: int,
    organizer_id: int,
    now: datetime,
) -> int:
    """Order a file; its id. The caller has entered into the audit log what it is.

    ConflictError when as many as anybody needs wait already.
    """
    waiting = select(func.count()).where(
        prepared_file.c.campaign_id == campaign_id, prepared_file.c.organizer_id == organizer_id
    )
    if (session.scalar(waiting) or 0) >= MOST_FILES:
        raise ConflictError("You already have %(most)d files here. Delete one first.", most=MOST_FILES)
    row = PreparedFile(
        campaign_id=campaign_id,
        organizer_id=organizer_id,
        kind=kind,
        request=request,
        name=secrets.token_hex(16),
        ordered_at=now,
        expires_at=now + KEPT_FOR,
        expected=expected,
    )
    session.add(row)
    session.flush()
    return row.id


def of_organizer(
    session: Session, campaign_id: int, organizer_id: int, kind: PreparedKind, *, now: datetime
) -> tuple[FileShown, ...]:
    """What somebody ordered and may fetch still, the last first."""
    rows = session.scalars(
        select(PreparedFile)
        .where(
            PreparedFile.campaign_id == campaign_id,
            PreparedFile.organizer_id == organizer_id,
            PreparedFile.kind == kind,
            PreparedFile.expires_at > now,
        )
        .order_by(PreparedFile.id.desc())
        .limit(MOST_FILES)
    )
    return tuple(
        FileShown(
            id=row.id,
            kind=row.kind,
            request=row.request,
            ordered_at=row.ordered_at,
            expires_at=row.expires_at,
            done=row.done,
            expected=row.expected,
            is_made=row.made_at is not None,
            has_failed=row.failed_at is not None,
            is_made_anew=row.edition > 1,
            size=row.size,
            fetched_at=row.fetched_at,
        )
        for row in rows
    )


def fetch(
    session: Session, campaign_id: int, file_id: int, *, encrypted: bool, actor: Actor, now: datetime
) -> FileToFetch:
    """Let whoever ordered a file fetch it, entered into the audit log before its first byte leaves.

    It is deleted KEPT_ONCE_FETCHED later. NotFoundError for another's file, and one that is not there.
    """
    row = _own(session, campaign_id, file_id, actor)
    if row.made_at is None or row.key is None or row.expires_at <= now:
        raise NotFoundError("This file is no longer there. Make it again.")
    row.fetched_at = now
    row.expires_at = min(row.expires_at, now + KEPT_ONCE_FETCHED)
    details = {"campaign": campaign_id, "file": file_id, "kind": row.kind.value, "encrypted": encrypted}
    audit_log.record(session, action="file.fetch", actor=actor, details=details, now=now)
    return FileToFetch(row.kind, row.request, row.name + SUFFIX, row.key)


def discard(session: Session, campaign_id: int, file_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a file before its time; the worker deletes what is left of it on the disk."""
    row = _own(session, campaign_id, file_id, actor)
    details = {"campaign": campaign_id, "file": file_id, "kind": row.kind.value}
    session.delete(row)
    audit_log.record(session, action="file.discard", actor=actor, details=details, now=now)


def forget_people(session: Session, campaign_ids: Collection[int]) -> None:
    """Make every file of these campaigns unreadable at once, and have it made anew without who has gone."""
    if campaign_ids:
        session.execute(
            update(prepared_file)
            .where(
                prepared_file.c.campaign_id.in_(campaign_ids),
                prepared_file.c.kind != PreparedKind.STATISTICS,  # nobody is in it
            )
            .values(
                edition=prepared_file.c.edition + 1,
                key=None,
                size=None,
                made_at=None,
                claimed_until=None,
                done=0,
            )
        )


def has_work(session: Session) -> bool:
    """Whether a file waits to be made."""
    return session.scalar(select(prepared_file.c.id).where(_waiting()).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> FileJob | None:
    """Claim the file that has waited longest, for CLAIM_TIME."""
    row = session.execute(
        select(
            *(prepared_file.c[name] for name in ("id", "campaign_id")),
            Campaign.slug,
            *(prepared_file.c[name] for name in ("kind", "request", "name", "edition")),
        )
        .join(Campaign, Campaign.id == prepared_file.c.campaign_id)
        .where(
            _waiting(),
            prepared_file.c.expires_at > now,
            or_(prepared_file.c.claimed_until.is_(None), prepared_file.c.claimed_until <= now),
        )
        .order_by(prepared_file.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=prepared_file)
    ).one_or_none()
    if row is None:
        return None
    chosen = prepared_file.c.id == row.id
    session.execute(update(prepared_file).where(chosen).values(claimed_until=now + CLAIM_TIME, done=0))
    return FileJob(row.id, row.campaign_id, row.slug, row.kind, row.request, row.name, row.edition)


def note_progress(session: Session, job: FileJob, done: int, *, now: datetime) -> bool:
    """Say how many rows are written; False when the file is wanted no more, or has to be begun anew."""
    values = {"done": done, "claimed_until": now + CLAIM_TIME}
    return bool(rows_changed(session, update(prepared_file).where(_still(job)).values(values)))


def note_contents(session: Session, job: FileJob, number: int) -> None:
    """Say how many there are in a file of which that is known only once it is made."""
    session.execute(update(prepared_file).where(_still(job)).values(expected=number))


def store(session: Session, job: FileJob, key: bytes, size: int, *, now: datetime) -> bool:
    """Let a file be fetched; False when it is wanted no more, or somebody in it was erased meanwhile."""
    values = {
        "made_at": now,
        "key": key,
        "size": size,
        "done": prepared_file.c.expected,
        "claimed_until": None,
    }
    return bool(rows_changed(session, update(prepared_file).where(_still(job)).values(values)))


def release(session: Session, job: FileJob) -> None:
    """End this worker's claim, so that another can make the file."""
    session.execute(update(prepared_file).where(_still(job)).values(claimed_until=None))


def record_failure(session: Session, job: FileJob, *, now: datetime) -> None:
    """Say that a file cannot be made."""
    session.execute(update(prepared_file).where(_still(job)).values(failed_at=now, claimed_until=None))


def names_over(session: Session, campaign_ids: Collection[int], *, now: datetime) -> list[str]:
    """Files whose time is over, and those of campaigns that are about to be forgotten, by their names."""
    is_over = or_(prepared_file.c.expires_at <= now, prepared_file.c.campaign_id.in_(campaign_ids))
    return list(session.scalars(select(prepared_file.c.name).where(is_over)))


def delete_named(session: Session, names: Collection[str]) -> None:
    """Delete rows, and with them the keys: what is on the disk is unreadable from then on."""
    session.execute(delete(prepared_file).where(prepared_file.c.name.in_(names)))


def known_names(session: Session, names: Collection[str]) -> set[str]:
    """Those of these names whose files can be read still, or are being made."""
    rows = session.scalars(select(prepared_file.c.name).where(prepared_file.c.name.in_(names)))
    return set(rows)


def _own(session: Session, campaign_id: int, file_id: int, actor: Actor) -> PreparedFile:
    row = session.get(PreparedFile, file_id, with_for_update=True)
    if row is None or row.campaign_id != campaign_id or row.organizer_id != actor.organizer_id:
        raise NotFoundError("This file is no longer there. Make it again.")
    return row


def _waiting() -> ColumnElement[bool]:
    return prepared_file.c.made_at.is_(None) & prepared_file.c.failed_at.is_(None)


def _still(job: FileJob) -> ColumnElement[bool]:
    return (prepared_file.c.id == job.id) & (prepared_file.c.edition == job.edition)
