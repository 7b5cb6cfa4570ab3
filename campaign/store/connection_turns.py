"""Takes connections to PostgreSQL in turn: few a process, handed round in it, and given up to others."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import psycopg

from campaign.store import idle_closer
from campaign.store.idle_closer import IdleCloser
from campaign.store.time_limits import LEAST_CONNECT_SECONDS, seconds_left

# A process keeps one connection as long as it works. It closes each other one when that is so old, so that
# processes which get none have their turn before they have waited for CONNECT_SECONDS, and opens none for a
# moment, in which they take it.
TURN_SECONDS = 4.0
GIVING_SECONDS = 0.2
# How soon a server that had no connection left is asked again, while our own may come back.
RETRY_SECONDS = 0.05

_C = TypeVar("_C")


class TooManyConnectionsError(psycopg.OperationalError):
    """No connection is left for us, here or on the server."""


class ConnectionTurns(Generic[_C]):
    """At most `most` connections; whoever finds none, here or on the server, waits for one of either.

    One that nobody has used for `idle_closer.REST_SECONDS` is closed, the last one too.
    """

    def __init__(self, opened: Callable[[], _C], close: Callable[[_C], None], *, most: int) -> None:
        self._opened = opened
        self._close = close
        self._most = most
        # Reentrant, since the collector of garbage may give a connection back at any point of this thread.
        self._lock = threading.RLock()
        # Nobody waits while one is free.
        self._free: list[tuple[float, _C]] = []
        self._waiters: deque[_Waiter[_C]] = deque()
        self._opened_at: dict[int, float] = {}
        self._number = 0
        self._may_open_at = 0.0
        self._is_closed = False
        self._idle_closer = IdleCloser(self.close_rested)

    def take(self, seconds: float) -> _C:
        """A connection, for the caller to give back; TooManyConnectionsError when none is there in time."""
        with self._lock:
            if self._free:
                return self._free.pop()[1]
            waiter: _Waiter[_C] = _Waiter(time.monotonic() + seconds)
            self._waiters.append(waiter)
        while True:
            connection = self._awaited(waiter)
            if connection is not None:
                return connection
            try:
                return self._new()
            except TooManyConnectionsError:
                with self._lock:
                    if self._free:  # it came back meanwhile
                        return self._free.pop()[1]
                    self._may_open_at = time.monotonic() + RETRY_SECONDS
                    self._waiters.appendleft(waiter)

    def give_back(self, connection: _C, *, is_usable: bool = True) -> None:
        """Let another have it; what is not usable any more is closed."""
        with self._lock:
            if is_usable and self._is_kept(connection):
                if self._waiters:
                    # To whoever has waited longest: the thread that gives it back would else take it again.
                    waiter = self._waiters.popleft()
                    waiter.connection = connection
                    waiter.is_called.set()
                    self._wake_next()
                else:
                    self._free.append((time.monotonic(), connection))
                return
        self._close(connection)
        with self._lock:
            del self._opened_at[id(connection)]
            self._forget_one()

    def close(self) -> None:
        """Close what is free now, and what is in use once it comes back."""
        with self._lock:
            self._is_closed = True
            self._close_free(len(self._free))

    def close_rested(self) -> bool:
        """Close what nobody has used for a while; whether any connection is left that may come to rest."""
        with self._lock:
            # The one given back last is taken first, so the first in the list has rested longest.
            rested_at = time.monotonic() - idle_closer.REST_SECONDS
            self._close_free(sum(since <= rested_at for since, _ in self._free))
            return self._number > 0

    def __repr__(self) -> str:
        return f"{self._number} connections open, {len(self._free)} of them free"

    def _awaited(self, waiter: "_Waiter[_C]") -> _C | None:
        """What came back, or nothing as soon as this one may open another, which is counted already."""
        while True:
            with self._lock:
                if waiter.connection is not None:
                    return waiter.connection
                moment = time.monotonic()
                seconds = waiter.ends_at - moment
                if waiter.may_open and seconds_left(LEAST_CONNECT_SECONDS) < LEAST_CONNECT_SECONDS:
                    waiter.may_open = False
                    self._wake_next()
                if self._number < self._most and self._is_first_to_open(waiter):
                    may_open_in = self._may_open_at - moment
                    if may_open_in <= 0:
                        self._number += 1
                        self._waiters.remove(waiter)
                        self._wake_next()
                        return None
                    seconds = min(seconds, may_open_in)
                if moment >= waiter.ends_at:
                    self._waiters.remove(waiter)
                    self._wake_next()
                    raise TooManyConnectionsError("no connection became free in time")
                waiter.is_called.clear()
            waiter.is_called.wait(seconds)

    def _new(self) -> _C:
        try:
            connection = self._opened()
        except BaseException:
            with self._lock:
                self._forget_one()
            raise
        self._opened_at[id(connection)] = time.monotonic()
        self._idle_closer.start()
        return connection

    def _is_kept(self, connection: _C) -> bool:
        if self._is_closed:
            return False
        if self._number == 1 or time.monotonic() - self._opened_at[id(connection)] < TURN_SECONDS:
            return True
        self._may_open_at = time.monotonic() + GIVING_SECONDS
        return False

    def _close_free(self, number: int) -> None:
        for _, connection in self._free[:number]:
            self._close(connection)
            del self._opened_at[id(connection)]
        del self._free[:number]
        self._number -= number

    def _forget_one(self) -> None:
        self._number -= 1
        self._wake_next()

    def _is_first_to_open(self, waiter: "_Waiter[_C]") -> bool:
        return waiter is next((each for each in self._waiters if each.may_open), None)

    def _wake_next(self) -> None:
        """Let those see what is theirs now: who has waited longest, and who has time to open a connection."""
        for waiter in self._waiters:
            waiter.is_called.set()
            if waiter.may_open:
                break


class _Waiter(Generic[_C]):
    """A thread that waits for a connection, and the one it was handed."""

    def __init__(self, ends_at: float) -> None:
        self.ends_at = ends_at
        self.is_called = threading.Event()
        self.may_open = True
        self.connection: _C | None = None
