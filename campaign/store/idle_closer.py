"""Gives back to the server what a process at rest does not need."""

import threading
import time
from collections.abc import Callable

# A connection that nobody has used for so long is closed.
REST_SECONDS = 60.0
SECONDS_BETWEEN_LOOKS = 5.0


class IdleCloser:
    """A thread that calls `close_rested` now and then, until that says that nothing is left to close."""

    def __init__(self, close_rested: Callable[[], bool]) -> None:
        self._close_rested = close_rested
        self._lock = threading.Lock()
        self._is_running = False

    def start(self) -> None:
        """Begin to look, if it does not already: something has been opened."""
        with self._lock:
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="idle-closer", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            # Under the lock: what is opened from here on finds that the thread has ended.
            with self._lock:
                self._is_running = self._close_rested()
                if not self._is_running:
                    return
