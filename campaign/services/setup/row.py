"""The one row about this installation's setting up."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from campaign.store.statements import inserting
from campaign.store.tables.core import setup

ONLY = 1


def read(session: Session) -> Row[Any] | None:
    """The row; None before anything was set up."""
    return session.execute(select(setup).where(setup.c.id == ONLY)).one_or_none()


def write(session: Session, **values: object) -> None:
    """Store some of its columns."""
    new = inserting(session, setup).values(id=ONLY).on_conflict_do_nothing()
    session.execute(new)
    session.execute(update(setup).where(setup.c.id == ONLY).values(**values))
