"""A process's connections to PostgreSQL: few, taken in turn with other processes, given back after rest."""

import threading
import time
from collections import deque
from typing import Any

import psycopg
from sqlalchemy import Pool
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from campaign.store import idle_closer
from campaign.store.idle_closer import IdleCloser
from campaign.store.time_limits import CONNECT_SECONDS, seconds_left

# More only contend for the interpreter: a process works on few requests at once, and each takes milliseconds.
MOST_CONNECTIONS = 8
# A process keeps one connection as long as it works. It closes each other one when that is so old, so that
# processes which get none have their turn, and opens none for a moment, in which they take it.
TURN_SECONDS = 10.0
GIVING_SECONDS = 0.2
# How soon a server that had no connection left is asked again, while our own may come back.
RETRY_SECONDS = 0.05


class TooManyConnectionsError(psycopg.OperationalError):
    """The server has no connection left for us at this moment."""


class ConnectionPool(Pool):
    """At most `most` connections; whoever finds none, here or on the server, waits for one of either.

    A connection nobody has used for REST_SECONDS is closed, the last one too.
    """

    def __init__(self, creator: Any, *, most: int = MOST_CONNECTIONS, **values: Any) -> None:
        super().__init__(creator, **values)
        self._most = most
        # Reentrant, since the collector of garbage may give a connection back at any point of this thread.
        self._lock = threading.RLock()
        # Nobody waits while one is free.
        self._waiters: deque[_Waiter] = deque()
        self._free: list[tuple[float, ConnectionPoolEntry]] = []
        self._open = 0
        self._may_open_at = 0.0
        self._is_disposed = False
        self._idle_closer = IdleCloser(self.close_rested)

    def recreate(self) -> "ConnectionPool":
        """Another one like this, empty."""
        return ConnectionPool(
            self._creator,
            most=self._most,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            pre_ping=self._pre_ping,
            dialect=self._dialect,
            _dispatch=self.dispatch,
        )

    def dispose(self) -> None:
        """Close what is free now, and what is in use once it comes back."""
        with self._lock:
            self._is_disposed = True
            free, self._free = self._free, []
            self._open -= len(free)
        for _, record in free:
            record.close()

    def status(self) -> str:
        """How many connections there are, in words."""
        return f"{self._open} connections open, {len(self._free)} of them free"

    def close_rested(self) -> bool:
        """Close what nobody has used for a while; whether any connection is left that may come to rest."""
        rested: list[ConnectionPoolEntry] = []
        with self._lock:
            # The one given back last is taken first, so the first in the list has rested longest.
            while self._free and time.monotonic() - self._free[0][0] >= idle_closer.REST_SECONDS:
                rested.append(self._free.pop(0)[1])
            self._open -= len(rested)
            is_any_left = self._open > 0
        for record in rested:
            record.close()
        return is_any_left

    def _do_get(self) -> ConnectionPoolEntry:
        ends_at = time.monotonic() + seconds_left(CONNECT_SECONDS)
        with self._lock:
            if self._free:
                return self._free.pop()[1]
            waiter = _Waiter()
            self._waiters.append(waiter)
        while True:
            record = self._awaited(waiter, ends_at)
            if record is not None:
                return record
            try:
                return self._opened()
            except TooManyConnectionsError:
                with self._lock:
                    self._may_open_at = time.monotonic() + RETRY_SECONDS
                    self._waiters.appendleft(waiter)

    def _awaited(self, waiter: "_Waiter", ends_at: float) -> ConnectionPoolEntry | None:
        """What came back, or nothing as soon as this one may open another, which is counted already."""
        while True:
            with self._lock:
                if waiter.record is not None:
                    return waiter.record
                moment = time.monotonic()
                seconds = ends_at - moment
                if self._open < self._most and self._waiters[0] is waiter:
                    may_open_in = self._may_open_at - moment
                    if may_open_in <= 0:
                        self._open += 1
                        self._waiters.popleft()
                        self._wake_next()
                        return None
                    seconds = min(seconds, may_open_in)
                if moment >= ends_at:
                    self._waiters.remove(waiter)
                    self._wake_next()
                    raise PoolTimeoutError("no connection became free in time")
                waiter.is_called.clear()
            waiter.is_called.wait(seconds)

    def _opened(self) -> ConnectionPoolEntry:
        try:
            record = self._create_connection()
        except BaseException:
            self._forget_one()
            raise
        self._idle_closer.start()
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        with self._lock:
            if self._is_kept(record):
                if self._waiters:
                    # To whoever has waited longest: the thread that gives it back would else take it again.
                    waiter = self._waiters.popleft()
                    waiter.record = record
                    waiter.is_called.set()
                    self._wake_next()
                else:
                    self._free.append((time.monotonic(), record))
                return
        record.close()
        self._forget_one()

    def _is_kept(self, record: ConnectionPoolEntry) -> bool:
        if self._is_disposed or record.dbapi_connection is None:
            return False
        opened_at: float = record.info.setdefault("opened_at", time.monotonic())
        if self._open == 1 or time.monotonic() - opened_at < TURN_SECONDS:
            return True
        self._may_open_at = time.monotonic() + GIVING_SECONDS
        return False

    def _forget_one(self) -> None:
        with self._lock:
            self._open -= 1
            self._wake_next()

    def _wake_next(self) -> None:
        """Let the one that has waited longest see whether it may open a connection now."""
        if self._waiters:
            self._waiters[0].is_called.set()


class _Waiter:
    """A thread that waits for a connection, and the one it was handed."""

    def __init__(self) -> None:
        self.is_called = threading.Event()
        self.record: ConnectionPoolEntry | None = None
