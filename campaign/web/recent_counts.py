"""How often something happened lately, for each of many keys: in this process's memory, within bounds."""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

from campaign.domain.networks import network_value

# Keys of one window: a few megabytes. Those that come later in it are counted from the next window on.
MOST_KEYS = 20_000


class RecentCounts:
    """Counts within a sliding window, estimated from the running window and the one before it.

    Of the window before, that part counts which the sliding one still covers, as if its events had been even.
    """

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._began: datetime | None = None
        self._running: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, key: str, now: datetime) -> int:
        """Count one more, and say how many there were within the window before it."""
        with self._lock:
            passed = self._turn(now) / self._window
            count = self._running[key] + round(self._before[key] * (1 - passed))
            if key in self._running or len(self._running) < MOST_KEYS:
                self._running[key] += 1
            return count

    def _turn(self, now: datetime) -> timedelta:
        """Begin a new window where the running one is over; gives how much of the running one has passed."""
        if self._began is None or not timedelta(0) <= now - self._began < 2 * self._window:
            self._began, self._running, self._before = now, Counter(), Counter()
        elif now - self._began >= self._window:
            self._began += self._window
            self._running, self._before = Counter(), self._running
        return now - self._began


class NetworkCounts:
    """The same by the network that a visitor comes from; the salt that hides it dies with the process."""

    def __init__(self, window: timedelta) -> None:
        self._salt = secrets.token_bytes(32)
        self._counts = RecentCounts(window)

    def add(self, address: str | None, now: datetime) -> int:
        """Count one more from an address's network, and say how many came from it before."""
        return self._counts.add(network_value(self._salt, address), now)
