"""Turns at what keeps a process busy, so that everybody else's requests go on."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

# Each that waits holds a thread, and so do those who sign: a stranger must not take them all.
_MOST_AT_ONCE = 4
# Whoever sends one after the other leaves places to other networks.
_MOST_OF_A_NETWORK = 2


class Turns:
    """One turn at a time, for the few who have a place; the others come back later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: Counter[str] = Counter()
        self._turn = threading.BoundedSemaphore(1)

    @contextmanager
    def taken(self, network: str, *, patience: float) -> Iterator[bool]:
        """Whether it is this request's turn, within so many seconds; it ends with the block."""
        with self.place(network) as has_place:
            is_ours = has_place and self._turn.acquire(timeout=patience)
            try:
                yield is_ours
            finally:
                if is_ours:
                    self._turn.release()

    @contextmanager
    def place(self, network: str) -> Iterator[bool]:
        """Whether there is a place to wait for a turn; it is given back with the block."""
        with self._lock:
            is_there = self._places.total() < _MOST_AT_ONCE and self._places[network] < _MOST_OF_A_NETWORK
            self._places[network] += is_there
        try:
            yield is_there
        finally:
            with self._lock:
                self._places[network] -= is_there
                # Nothing is kept of who was here.
                self._places = +self._places
