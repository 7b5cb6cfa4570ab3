"""Keeps the web and a worker running side by side until told to stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import click

from campaign.cli.lifetime import stopped_by_signals

POLL_SECONDS = 0.1
# Children get a little less than the 15 seconds in which the whole has to be gone.
STOP_SECONDS = 13.0
MAX_WAIT_SECONDS = 60.0
# After a worker has lived this long, the waits before restarts begin anew.
HEALTHY_SECONDS = 60.0

Child = subprocess.Popen[bytes]


def supervise(
    web: Sequence[str], worker: Sequence[str], *, is_up: Callable[[], bool], announce: Callable[[], None]
) -> int:
    """Run both commands until a signal or the end of the web, and return the exit status.

    `announce` is called once, when `is_up` first says so. A worker that ends is started again, after waits
    that double up to a minute; without the web there is nothing to keep up, so its end is the end.
    """
    stop = threading.Event()
    stopped_by_signals(stop.set)
    children = [serving := _start(web)]
    sender = _RestartedChild(worker)
    announced = False
    try:
        while not stop.wait(POLL_SECONDS):
            if serving.poll() is not None:
                click.echo("The web has ended; stopping the worker.", err=True)
                return 1
            sender.restart_if_ended()
            if not announced and is_up():
                announced = True
                announce()
    finally:
        children.append(sender.child)
        _end(children)
    return 0


class _RestartedChild:
    """A child that is started again when it ends."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._wait = 1.0
        self._ended_at: float | None = None
        self._begin()

    def restart_if_ended(self) -> None:
        """Start the child again once it has ended and its wait is over."""
        if self.child.poll() is None:
            return
        moment = time.monotonic()
        if self._ended_at is None:
            self._ended_at = moment
            if moment - self._started_at > HEALTHY_SECONDS:
                self._wait = 1.0
            click.echo(f"The worker has ended; starting it again in {self._wait:.0f} s.", err=True)
        elif moment - self._ended_at >= self._wait:
            self._wait = min(self._wait * 2, MAX_WAIT_SECONDS)
            self._begin()

    def _begin(self) -> None:
        self.child = _start(self._command)
        self._started_at = time.monotonic()
        self._ended_at = None


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
