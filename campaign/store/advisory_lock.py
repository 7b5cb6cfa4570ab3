"""Advisory locks, for work that only one transaction at a time may do."""

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session


class AdvisoryLock(IntEnum):
    """The locks there are; the numbers are their keys in PostgreSQL."""

    AUDIT = 731_001
    LOGIN = 731_002
    SETTLING = 731_003
    PROOF = 731_004
    COUNT_LOG = 731_005
    FIGURES = 731_035
    SPOT_CHECK = 731_044
    NAME_REPORT = 731_049
    QUIET = 731_051


def take_advisory_lock(session: Session, lock: AdvisoryLock) -> None:
    """Wait for a lock, and hold it until this transaction ends.

    SQLite needs none: it has one writer, and every writing transaction holds its lock from the beginning.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(lock))))


def share_advisory_lock(session: Session, lock: AdvisoryLock) -> None:
    """The same beside others who share it; whoever takes it waits for all of them, and they for that one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(int(lock))))
