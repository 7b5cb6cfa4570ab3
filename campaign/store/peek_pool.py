"""Connections of the bare driver for single rows, which no thread owns."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from campaign.store import connection_turns, idle_closer
from campaign.store.idle_closer import IdleCloser

# More than run at once are closed when they come back.
MOST_KEPT = 8


class PlainConnection(Protocol):
    """What either driver's connection can do that a peek needs."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Run one statement and give the cursor with its rows."""

    def close(self) -> None:
        """Close it."""


class PeekPool:
    """Keeps connections open for whichever thread comes next, as long as their turn is or until they rest.

    Kept by a thread, a connection would be finalized as its thread ends, when the interpreter may no longer
    run Python for it: before CPython 3.12.4 that ended the process (gh-119585).
    """

    def __init__(self, connect: Callable[[], PlainConnection]) -> None:
        self._connect = connect
        # Each with the time at which it was opened. Appending and popping are atomic: no lock is needed, and
        # to wait for one another costs readers more than the read itself.
        self._free: list[tuple[PlainConnection, float]] = []
        self._used_at = 0.0
        self._idle_closer = IdleCloser(self._close_rested)

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; what the driver raises closes the connection it was raised on."""
        try:
            connection, opened_at = self._free.pop()
        except IndexError:
            connection, opened_at = self._connect(), time.monotonic()
            self._used_at = opened_at
            self._idle_closer.start()
        try:
            row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
        except BaseException:
            connection.close()
            raise
        self._used_at = time.monotonic()
        if len(self._free) < MOST_KEPT and self._used_at - opened_at < connection_turns.TURN_SECONDS:
            self._free.append((connection, opened_at))
        else:
            connection.close()
        return row

    def close(self) -> None:
        """Close what is free; what is in use meanwhile comes back to an empty pool."""
        with suppress(IndexError):
            while True:
                self._free.pop()[0].close()

    def _close_rested(self) -> bool:
        if time.monotonic() - self._used_at < idle_closer.REST_SECONDS:
            return True
        self.close()
        return False
