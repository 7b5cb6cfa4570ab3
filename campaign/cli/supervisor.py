"""Keeps the web and a worker running side by side until told to stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import click

from campaign.cli.lifetime import RestartPause, stopped_by_signals

POLL_SECONDS = 0.1
# Children get a little less than the 15 seconds in which the whole has to be gone.
STOP_SECONDS = 13.0
LONGEST_PAUSE_SECONDS = 60.0

Child = subprocess.Popen[bytes]


def supervise(
    web: Sequence[str],
    worker: Sequence[str],
    *,
    is_up: Callable[[], bool],
    announce: Callable[[], None],
    record_death: Callable[[str], None],
) -> None:
    """Run both commands until a signal; one that ends by itself is started again, however often.

    `announce` is called once, when `is_up` first says so; `record_death` with the name of each that ended.
    """
    stop = threading.Event()
    stopped_by_signals(stop.set)
    children = [
        _RestartedChild("web", web, record_death),
        _RestartedChild("worker", worker, record_death),
    ]
    announced = False
    try:
        while not stop.wait(POLL_SECONDS):
            for child in children:
                child.restart_if_ended()
            if not announced and is_up():
                announced = True
                announce()
    finally:
        _end([child.process for child in children])


class _RestartedChild:
    """A child that is started again when it ends."""

    def __init__(self, name: str, command: Sequence[str], record_death: Callable[[str], None]) -> None:
        self._name = name
        self._command = command
        self._record_death = record_death
        self._pause = RestartPause(first=1.0, longest=LONGEST_PAUSE_SECONDS)
        self._due_at: float | None = None
        self._begin()

    def restart_if_ended(self) -> None:
        """Start the child again if it has ended and its pause is over."""
        status = self.process.poll()
        if status is None:
            return
        moment = time.monotonic()
        if self._due_at is None:
            pause = self._pause.after(lived=moment - self._started_at)
            self._due_at = moment + pause
            click.echo(
                f"The {self._name} has ended {reason(status)}; starting it again in {pause:.0f} s.", err=True
            )
            self._record_death(self._name)
            # What it had started would hold its port.
            self._signal_group(signal.SIGTERM)
        elif moment >= self._due_at:
            self._signal_group(signal.SIGKILL)
            self._begin()

    def _begin(self) -> None:
        self.process = _start(self._command)
        self._started_at = time.monotonic()
        self._due_at = None

    def _signal_group(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def reason(status: int | None) -> str:
    """How a process ended, by its exit status as Python gives it: negative for a signal."""
    if status is not None and status < 0:
        return f"by signal {-status}"
    return f"with status {status}"


def _start(command: Sequence[str]) -> Child:
    """Start one of our own commands, in a session of its own.

    Ctrl-C in a terminal goes to everything in its session: this way only we hear it, and pass it on once.
    """
    ours = [sys.executable, "-m", "campaign", *command, "--with-parent", str(os.getpid())]
    return subprocess.Popen(ours, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def _end(children: Sequence[Child]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
