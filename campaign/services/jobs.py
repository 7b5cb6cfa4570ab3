"""Jobs: what one worker at a time does now and then, however many there are."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.store.statements import inserting, rows_changed
from campaign.store.tables.core import job


def is_due(session: Session, name: str, *, now: datetime) -> bool:
    """Whether it is time: the cheap look before `take`."""
    next_at = session.scalar(select(job.c.next_at).where(job.c.name == name))
    return next_at is None or next_at <= now


def take(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether the caller is the one to do it now; it is then nobody's turn again until `every` has passed."""
    moved = update(job).where(job.c.name == name, job.c.next_at <= now)
    if rows_changed(session, moved.values(next_at=now + every)):
        return True
    first = inserting(session, job).values(name=name, next_at=now + every).on_conflict_do_nothing()
    return session.scalar(first.returning(job.c.name)) is not None


def put_off(session: Session, name: str, *, until: datetime) -> None:
    """Let nobody do it before a time."""
    session.execute(update(job).where(job.c.name == name).values(next_at=until))
