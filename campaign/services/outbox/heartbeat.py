"""Which worker processes are alive."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.store.statements import inserting
from campaign.store.tables.core import worker

# A worker says that it is alive every few seconds; one silent for a minute is taken for dead.
SILENT_AFTER = timedelta(minutes=1)
WORKERS_REMEMBERED = timedelta(days=1)


def record(session: Session, worker_id: str, *, now: datetime) -> None:
    """Write down that a worker is alive, and delete those not seen for a day."""
    beat = inserting(session, worker).values(id=worker_id, started_at=now, seen_at=now)
    session.execute(beat.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))
    session.execute(delete(worker).where(worker.c.seen_at < now - WORKERS_REMEMBERED))


def retire(session: Session, worker_id: str) -> None:
    """Delete a worker that stops in good order."""
    session.execute(delete(worker).where(worker.c.id == worker_id))


def workers_alive(session: Session, *, now: datetime) -> int:
    """How many worker processes were heard of within the last minute."""
    statement = select(func.count()).select_from(worker).where(worker.c.seen_at > now - SILENT_AFTER)
    return session.scalar(statement) or 0
