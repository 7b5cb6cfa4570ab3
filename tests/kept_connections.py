"""Keeps a few connections to the PostgreSQL server of a run from one test to the next.

A server's process starts with empty caches, and each statement has to be read and planned anew: that was half
of its work. What a test closes is kept while `kept()` is in force, and handed to the next one as good as new.
Tests about connections themselves do not ask for the fixture that puts it in force.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.config import Config
from psycopg._preparing import PrepareManager
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine

from campaign.store import schema
from campaign.store.engines import LimitedConnection

# As many as one process of ours keeps for transactions and for single rows.
_MOST = 6
# What makes no difference: how long to wait for it, and adapters that each engine registers anew.
_ALIKE = frozenset({"connect_timeout", "context"})
_free: list[LimitedConnection] = []
_is_in_force = False
# How often the schema was changed: statements prepared before that are about other tables.
_changes = 0


@contextmanager
def kept() -> Iterator[None]:
    """Keep what is closed inside the block, and use what was kept before."""
    global _is_in_force
    _is_in_force = True
    try:
        yield
    finally:
        _is_in_force = False


def let_go() -> None:
    """Close what is kept."""
    while _free:
        _close(_free.pop())


def begin_anew() -> None:
    """Keep nothing that was opened until now, not even what is closed later."""
    global _changes
    _changes += 1
    let_go()


def schema_changes() -> int:
    """How often migrations have run in this process: each may let the numbers of rows begin anew."""
    return _changes


def keep_connections() -> None:
    """Let connections be kept from now on."""
    LimitedConnection.connect = classmethod(_connected)  # type: ignore[method-assign, assignment, arg-type]
    LimitedConnection.close = _kept_or_closed  # type: ignore[method-assign]
    schema.config = _changing


class _PreparedForGood(PrepareManager):
    """Keeps prepared statements when a transaction is rolled back, as each that only reads is in the end.

    The driver would prepare them all anew, lest one be about a table whose making was rolled back. Tables of
    tests change by migrations alone, which let go of every connection.
    """

    prepare_threshold = 1
    prepared_max = 5000

    def clear(self) -> bool:
        return False


_connect = LimitedConnection.connect.__func__  # type: ignore[attr-defined]
_close = LimitedConnection.close
_config = schema.config


def _changing(engine: Engine) -> Config:
    """Let go of all that was open before a migration."""
    begin_anew()
    return _config(engine)


def _connected(cls: type[LimitedConnection], *arguments: Any, **values: Any) -> LimitedConnection:
    named = {name: value for name, value in values.items() if name not in _ALIKE}
    wanted = (arguments, named, _changes)
    while _is_in_force and _free:
        connection = _free.pop()
        if connection.is_for == wanted and not connection.closed:  # type: ignore[attr-defined]
            return connection
        _close(connection)
    made: LimitedConnection = _connect(cls, *arguments, **values)
    made.is_for = wanted  # type: ignore[attr-defined]
    made._prepared = _PreparedForGood()
    return made


def _kept_or_closed(self: LimitedConnection) -> None:
    is_at_rest = not self.closed and self.info.transaction_status == TransactionStatus.IDLE
    is_current = getattr(self, "is_for", ((), {}, -1))[2] == _changes
    if not (_is_in_force and is_at_rest and is_current and len(_free) < _MOST):
        _close(self)
    elif not any(self is other for other in _free):
        self.limit = LimitedConnection.limit
        self.autocommit = True
        self.execute("RESET ALL", prepare=False)
        self.autocommit = False
        self._notice_handlers.clear()
        _free.append(self)
