"""Who works: which worker processes are alive."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.store.tables import Worker

# A worker says that it is alive every few seconds; one silent for a minute is taken for dead.
SILENT_AFTER = timedelta(minutes=1)


def workers_alive(session: Session, *, now: datetime) -> int:
    """How many worker processes were heard of within the last minute."""
    statement = select(func.count()).select_from(Worker).where(Worker.seen_at > now - SILENT_AFTER)
    return session.scalar(statement) or 0
