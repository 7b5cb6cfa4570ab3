"""One kind of what is deleted: rows that are due, found page by page, and deleted one by one if need be."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.retention import PurgeKind
from campaign.services.audit import audit_log
from campaign.store.data_cipher import UnreadableError
from campaign.store.statements import inserting
from campaign.store.tables.core import purge_run

# A transaction for so many: about 50 ms on two slow cores, in which nobody else can write on SQLite.
ROWS_AT_ONCE = 100

RowId: TypeAlias = int | str
Cursor: TypeAlias = tuple[RowId, ...]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DuePage:
    """The ids of some rows that are due; `next` is where the look goes on, None at the end."""

    ids: tuple[RowId, ...]
    next: Cursor | None


@dataclass(frozen=True)
class Purge:
    """How one kind is found and deleted.

    `due` looks at the rows after a cursor. `delete` leaves alone whatever is due no more by then. `finish` is
    called when all has been deleted, and writes down what follows from it.
    """

    kind: PurgeKind
    due: Callable[[Session, Cursor | None, datetime], DuePage]
    delete: Callable[[Session, Sequence[RowId], datetime], None]
    finish: Callable[[Session, datetime], None] = lambda _session, _now: None


def delete_each(session: Session, purge: Purge, ids: Sequence[RowId], *, now: datetime) -> int:
    """Delete rows that are due, together or, where one stands in the way, one by one; how many failed."""
    if _is_deleted(session, purge, ids, now=now):
        return 0
    failed = [row_id for row_id in ids if not _is_deleted(session, purge, [row_id], now=now)]
    for row_id in failed:
        log.error("%s: %s is due and could not be deleted", purge.kind, row_id)
    return len(failed)


def begin(session: Session, purge: Purge, *, now: datetime) -> None:
    """Let it be known from when on this kind is looked after, if it is the first time."""
    first = inserting(session, purge_run).values(kind=purge.kind, finished_at=now)
    session.execute(first.on_conflict_do_nothing())


def finish(session: Session, purge: Purge, *, now: datetime) -> None:
    """Write down that nothing of this kind that was due is left."""
    purge.finish(session, now)
    session.execute(update(purge_run).where(purge_run.c.kind == purge.kind).values(finished_at=now))


def record(
    session: Session,
    deleted: Mapping[PurgeKind, int],
    failed: Mapping[PurgeKind, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter a run that deleted something, or could not, into the audit log."""
    details: dict[str, object] = {kind.value: number for kind, number in deleted.items() if number}
    if any(failed.values()):
        details["failed"] = sum(failed.values())
    if details:
        audit_log.record(session, action="purge", actor=actor, details=details, now=now)


def _is_deleted(session: Session, purge: Purge, ids: Sequence[RowId], *, now: datetime) -> bool:
    """False, and nothing is changed, where one of the rows cannot be read or deleted."""
    try:
        with session.begin_nested():
            purge.delete(session, ids, now)
    except (OperationalError, InterfaceError):
        # No row's fault: the database is locked, or gone.
        raise
    except (DBAPIError, UnreadableError, LookupError, ValueError, OSError) as error:
        # By its kind alone: what a database says of a row may quote it.
        log.warning("%s: %s", purge.kind, type(error).__name__)
        return False
    return True
