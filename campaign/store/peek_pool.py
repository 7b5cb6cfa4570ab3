"""Connections of the bare driver for single rows, which no thread owns."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from campaign.errors import UnavailableError
from campaign.store import idle_closer
from campaign.store.idle_closer import IdleCloser
from campaign.store.time_limits import PEEK_SECONDS, seconds_left


class PlainConnection(Protocol):
    """What either driver's connection can do that a peek needs."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Run one statement and give the cursor with its rows."""

    def close(self) -> None:
        """Close it."""


class PeekPool:
    """Keeps connections open for whichever thread comes next; who finds none of `most` waits.

    Kept by a thread, a connection would be finalized as its thread ends, when the interpreter may no longer
    run Python for it: before CPython 3.12.4 that ended the process (gh-119585).
    """

    def __init__(self, connect: Callable[[], PlainConnection], *, most: int) -> None:
        self._connect = connect
        self._turns = threading.BoundedSemaphore(most)
        # Appending and popping are atomic: no lock is needed.
        self._free: list[PlainConnection] = []
        self._used_at = 0.0
        self._idle_closer = IdleCloser(self._close_rested)

    def row(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT; what the driver raises closes the connection it was raised on."""
        if not self._turns.acquire(timeout=seconds_left(PEEK_SECONDS)):
            raise UnavailableError("The database is busy. Please try again in a moment.")
        try:
            connection = self._free_or_new()
            try:
                row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
            except BaseException:
                connection.close()
                raise
            self._used_at = time.monotonic()
            self._free.append(connection)
            return row
        finally:
            self._turns.release()

    def close(self) -> None:
        """Close what is free; what is in use meanwhile comes back to an empty pool."""
        with suppress(IndexError):
            while True:
                self._free.pop().close()

    def _free_or_new(self) -> PlainConnection:
        try:
            return self._free.pop()
        except IndexError:
            connection = self._connect()
            self._used_at = time.monotonic()
            self._idle_closer.start()
            return connection

    def _close_rested(self) -> bool:
        if time.monotonic() - self._used_at < idle_closer.REST_SECONDS:
            return True
        self.close()
        return False
