"""Turns: one transaction at a time where the order of rows matters or a look must hold until a write."""

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session


class AdvisoryLock(IntEnum):
    """What is done by one transaction at a time; the numbers name PostgreSQL's advisory locks."""

    AUDIT = 731_001
    LOGIN = 731_002


def take_advisory_lock(session: Session, turn: AdvisoryLock) -> None:
    """Wait until no other transaction holds this turn, and hold it until this one ends.

    SQLite has one writer, and every writing transaction holds that turn from its beginning.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(turn))))
