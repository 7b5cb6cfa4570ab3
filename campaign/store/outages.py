"""Tells a database that is away for a while from one that is never to be had with these settings."""

import sqlite3

import psycopg
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# What PostgreSQL, PgBouncer and the driver say of settings that are wrong; the driver hands on no SQLSTATE of
# a connection that was refused. A server that says it in another language is waited for.
_WRONG_SETTINGS = (
    "authentication failed",
    "does not exist",
    "no pg_hba.conf entry",
    "not permitted to log in",
    "not currently accepting connections",
    "permission denied for database",
    "no password supplied",
    "SSL was required",
    "certificate",
    "invalid",
    "no such database",
    "no such user",
)
# Locked by another program, or on a disk without room, which SQLite meets as a failure of the disk as well.
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def is_outage(error: BaseException) -> bool:
    """Whether the error comes from a database that may be back when it is asked again."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.OperationalError):
            return not any(words in str(cause) for words in _WRONG_SETTINGS)
        if isinstance(cause, sqlite3.OperationalError):
            # The lowest byte is the primary result code (sqlite.org/rescode.html).
            return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSING
        if isinstance(cause, PoolTimeoutError):
            return True
        cause = cause.__cause__
    return False
