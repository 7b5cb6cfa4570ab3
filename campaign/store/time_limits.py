"""How long anybody waits for the database: a limit for each wait, and one for all that a request does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# A writer waits so long for others to let go; with drawing the form again, an answer takes at most 8 seconds.
WRITE_SECONDS = 7.0
# A reader of an SQLite file waits so long: in WAL mode only for a program that locks the file whole.
READ_SECONDS = 1.0
# The look at a campaign that every page begins with.
PEEK_SECONDS = 0.5
# The longest a PostgreSQL server may take over one statement, exports and statistics included.
STATEMENT_SECONDS = 60.0
CONNECT_SECONDS = 5
# The driver rounds anything shorter up to this; who has less time left opens no connection.
LEAST_CONNECT_SECONDS = 2.0
# A transaction that does nothing for so long belongs to a process that hangs; its locks are others'.
IDLE_TRANSACTION_SECONDS = 120.0

_is_unlimited: ContextVar[bool] = ContextVar("is_unlimited", default=False)
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


def statement_seconds() -> float:
    """How long the connections opened now may wait for one statement; 0 is without an end."""
    return 0.0 if _is_unlimited.get() else STATEMENT_SECONDS


@contextmanager
def unlimited_statements() -> Iterator[None]:
    """Let the connections opened inside the block run statements of any length: migrations, whole backups."""
    token = _is_unlimited.set(True)
    try:
        yield
    finally:
        _is_unlimited.reset(token)


@contextmanager
def ending_at(moment: float) -> Iterator[None]:
    """Let no wait for the database inside the block go on after a moment of `time.monotonic()`."""
    token = _ends_at.set(moment)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left(most: float) -> float:
    """How long the next wait may take: `most`, or what is left until the end that was set; never below 0."""
    end = _ends_at.get()
    return most if end is None else max(0.0, min(most, end - time.monotonic()))
