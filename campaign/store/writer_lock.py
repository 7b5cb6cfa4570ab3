"""The queue in front of SQLite's one writer."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from campaign.errors import UnavailableError

# A commit takes about a millisecond. Whoever has not been lucky after so many tries waits in turn.
TRIES = 40
SECONDS_BETWEEN_TRIES = 0.0003


class WriterLock:
    """Lets one writer at a time through, among the threads of this process and among processes.

    SQLite's own busy handler sleeps and tries again, and can starve a writer for seconds.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None
        self._owner = 0
        self._ends_at = 0.0

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold the lock for the block; UnavailableError when it is not free within so many seconds."""
        ends_at = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise _busy()
        try:
            self._ends_at = ends_at
            with self._locked_file(ends_at):
                yield
        finally:
            self._lock.release()

    def seconds_left(self) -> float:
        """What is left of the time that the writer who holds the lock may wait, for SQLite's own lock."""
        return max(0.0, self._ends_at - time.monotonic())

    def close(self) -> None:
        """Close the file that processes lock."""
        if self._file is not None and self._owner == os.getpid():
            os.close(self._file)
            self._file = None

    @contextmanager
    def _locked_file(self, ends_at: float) -> Iterator[None]:
        file = self._opened()
        if not _locked_soon(file):
            taken = _LockedInTurn(self._path).wait(ends_at)
            try:
                yield
            finally:
                os.close(taken)
            return
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        # A lock belongs to the open file, which a fork shares: each process opens its own.
        if self._file is None or self._owner != os.getpid():
            self._file = _open(self._path)
            self._owner = os.getpid()
        return self._file


def _locked_soon(file: int) -> bool:
    """Try for a moment: a writer is soon done, and to wait in turn costs a new thread."""
    for _ in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            return True
    return False


class _LockedInTurn:
    """Waits for a file lock with a limit of time: `flock` has none, and trying again and again has no turn.

    A thread of its own waits; what it gets after the limit it gives back.
    """

    def __init__(self, path: str) -> None:
        self._file = _open(path)
        self._lock = threading.Lock()
        self._is_locked = threading.Event()
        self._is_given_up = False

    def wait(self, ends_at: float) -> int:
        """The open file, locked, for the caller to close; UnavailableError when that takes too long."""
        threading.Thread(target=self._take, name="writer-lock", daemon=True).start()
        if self._is_locked.wait(ends_at - time.monotonic()):
            return self._file
        with self._lock:
            self._is_given_up = True
            if self._is_locked.is_set():
                return self._file
        raise _busy()

    def _take(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._lock:
            if self._is_given_up:
                os.close(self._file)
            else:
                self._is_locked.set()


def _open(path: str) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


def _busy() -> UnavailableError:
    return UnavailableError("The database is busy. Please try again in a moment.")
