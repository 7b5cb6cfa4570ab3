"""Connections of the bare driver for single rows, which no thread owns."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from campaign.store import connection_turns, idle_closer
from campaign.store.connection_turns import TooManyConnectionsError
from campaign.store.idle_closer import IdleCloser

# More than run at once are closed when they come back.
MOST_KEPT = 8
# So long after the server had none left, one has to do: the others are needed elsewhere.
CROWDED_SECONDS = 60.0


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
        self._lock = threading.Lock()
        self._open = 0
        self._is_crowded_until = 0.0
        self._used_at = 0.0
        self._idle_closer = IdleCloser(self._close_rested)

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; what the driver raises closes the connection it was raised on.

        TooManyConnectionsError when there is none for it.
        """
        try:
            connection, opened_at = self._free.pop()
        except IndexError:
            connection, opened_at = self._opened(), time.monotonic()
            self._used_at = opened_at
            self._idle_closer.start()
        try:
            row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
        except BaseException:
            self._close(connection)
            raise
        self._used_at = time.monotonic()
        if len(self._free) < MOST_KEPT and self._used_at - opened_at < connection_turns.TURN_SECONDS:
            self._free.append((connection, opened_at))
        else:
            self._close(connection)
        return row

    def close(self) -> None:
        """Close what is free; what is in use meanwhile comes back to an empty pool."""
        with suppress(IndexError):
            while True:
                self._close(self._free.pop()[0])

    def _opened(self) -> PlainConnection:
        with self._lock:
            if self._open and time.monotonic() < self._is_crowded_until:
                raise TooManyConnectionsError("the server had none left a moment ago")
            self._open += 1
        try:
            return self._connect()
        except BaseException as error:
            with self._lock:
                self._open -= 1
                if isinstance(error, TooManyConnectionsError):
                    self._is_crowded_until = time.monotonic() + CROWDED_SECONDS
            raise

    def _close(self, connection: PlainConnection) -> None:
        with self._lock:
            self._open -= 1
        connection.close()

    def _close_rested(self) -> bool:
        if time.monotonic() - self._used_at < idle_closer.REST_SECONDS:
            return True
        self.close()
        return False
