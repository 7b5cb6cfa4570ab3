"""Connections of the bare driver for single rows, which no thread owns."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

# More than run at once are closed when they come back.
MOST_KEPT = 8


class PlainConnection(Protocol):
    """What either driver's connection can do that a peek needs."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Run one statement and give the cursor with its rows."""

    def close(self) -> None:
        """Close it."""


class PeekPool:
    """Keeps connections open for whichever thread comes next.

    Kept by a thread, a connection would be finalized as its thread ends, when the interpreter may no longer
    run Python for it: before CPython 3.12.4 that ended the process (gh-119585).
    """

    def __init__(self, connect: Callable[[], PlainConnection]) -> None:
        self._connect = connect
        # Appending and popping are atomic: no lock is needed.
        self._free: list[PlainConnection] = []

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; what the driver raises closes the connection it was raised on."""
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
