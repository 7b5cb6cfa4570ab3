"""Noticing that an SQLite database has changed, at a hundredth of the price of asking it anything."""

import os
import sqlite3
import threading


class ChangeWatch:
    """Tells one state of the data from another by `PRAGMA data_version` (sqlite.org/pragma.html).

    The number changes whenever any other connection, of any process, has committed. It means something only
    to the connection that asks, so each process keeps one that does nothing else.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0

    def mark(self) -> tuple[int, int] | None:
        """What stays the same while the data do, within this process; None when it cannot be told."""
        try:
            with self._lock:
                (version,) = self._opened().execute("PRAGMA data_version").fetchone()
                return self._owner, version
        except sqlite3.Error:
            return None

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        # A connection must not cross a fork: the child opens its own, and leaves the parent's alone.
        if self._connection is None or self._owner != os.getpid():
            self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._owner = os.getpid()
        return self._connection
