"""Periodic jobs: which one of many workers does each, and when it is due again."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.store.statements import inserting, rows_changed
from campaign.store.tables.core import job


def is_due(session: Session, name: str, *, now: datetime) -> bool:
    """Whether it is time: a read, cheaper than `claim`."""
    next_at = session.scalar(select(job.c.next_at).where(job.c.name == name))
    return next_at is None or next_at <= now


def claim(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether the caller is to do it now; nobody else gets it before `every` has passed."""
    moved = update(job).where(job.c.name == name, job.c.next_at <= now)
    if rows_changed(session, moved.values(next_at=now + every, written_at=now)):
        return True
    first = inserting(session, job).values(name=name, next_at=now + every, written_at=now)
    return session.scalar(first.on_conflict_do_nothing().returning(job.c.name)) is not None


def defer(session: Session, name: str, *, until: datetime, now: datetime) -> None:
    """Let no worker claim it before a time."""
    session.execute(update(job).where(job.c.name == name).values(next_at=until, written_at=now))
