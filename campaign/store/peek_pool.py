"""Connections of the bare driver for single rows, which no thread owns."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from campaign.store.connection_turns import ConnectionTurns
from campaign.store.time_limits import PEEK_SECONDS, seconds_left

# One answers thousands of single rows a second; with two, a reader seldom waits for another.
PEEK_CONNECTIONS = 2
# Of SQLite's, which are open files: more than run at once are closed when they come back.
MOST_KEPT = 8


class PlainConnection(Protocol):
    """What either driver's connection can do that a peek needs."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Run one statement and give the cursor with its rows."""

    def close(self) -> None:
        """Close it."""


class PeekPool(Protocol):
    """Keeps connections open for whichever thread comes next.

    Kept by a thread, a connection would be finalized as its thread ends, when the interpreter may no longer
    run Python for it: before CPython 3.12.4 that ended the process (gh-119585).
    """

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; what the driver raises closes the connection it was raised on."""

    def close(self) -> None:
        """Close what is free; others are opened in their place."""


class FilePeekPool:
    """For an SQLite file: nobody waits for a connection."""

    def __init__(self, connect: Callable[[], PlainConnection]) -> None:
        self._connect = connect
        # Appending and popping are atomic: no lock is needed.
        self._free: list[PlainConnection] = []

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT."""
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._connect()
        try:
            row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
        except BaseException:
            connection.close()
            raise
        if len(self._free) < MOST_KEPT:
            self._free.append(connection)
        else:
            connection.close()
        return row

    def close(self) -> None:
        """Close what is free; what is in use meanwhile comes back to an empty pool."""
        with suppress(IndexError):
            while True:
                self._free.pop().close()


class ServerPeekPool:
    """For PostgreSQL, where connections are few."""

    def __init__(self, connect: Callable[[], PlainConnection]) -> None:
        self._turns = ConnectionTurns(connect, lambda connection: connection.close(), most=PEEK_CONNECTIONS)

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; TooManyConnectionsError when there is no connection for it."""
        connection = self._turns.take(seconds_left(PEEK_SECONDS), waits_alone=False)
        is_usable = False
        try:
            row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
            is_usable = True
            return row
        finally:
            self._turns.give_back(connection, is_usable=is_usable)

    def close(self) -> None:
        """Close what is free; others are opened in their place."""
        self._turns.close_free()
