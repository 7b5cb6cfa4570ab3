"""Ending well: with a signal, and with the process that started us."""

import os
import signal
import threading
import time
from collections.abc import Callable

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# How often a child looks whether its parent still lives.
POLL_SECONDS = 1.0
# How long a process that lost its parent has for a clean stop.
GRACE_SECONDS = 13.0


def stopped_by_signals(stop: Callable[[], object]) -> None:
    """Call `stop` on SIGTERM, Ctrl-C or the end of the terminal session."""
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop() and None)


def end_with_parent(parent: int) -> None:
    """End this process soon after process `parent` has gone, so that no orphan holds the port.

    A dead parent leaves its children to another process, which shows on every Unix without a signal.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class RestartPause:
    """How long to wait before a process is started again: twice as long each time, up to `longest` seconds.

    A process that lived longer than that was well: after its end the pauses begin anew.
    """

    def __init__(self, *, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def after(self, *, lived: float) -> float:
        """The pause in seconds after a process that has lived so many seconds."""
        if lived > self._longest:
            self._next = self._first
        pause = self._next
        self._next = min(max(1.0, 2 * pause), self._longest)
        return pause
