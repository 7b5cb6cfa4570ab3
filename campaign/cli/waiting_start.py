"""A start that meets no database waits for it: a server that boots later, or has no connection left."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from campaign.cli.lifetime import STOP_SIGNALS, RestartPause, stopped_by_signals
from campaign.errors import UnavailableError
from campaign.store.outages import is_outage

LONGEST_PAUSE_SECONDS = 10.0
# Once the pauses have stopped growing, and while the reason is the same, it is said so seldom.
SECONDS_BETWEEN_WORDS = 60.0

_T = TypeVar("_T")


def once_reachable(start: Callable[[], _T]) -> _T:
    """What `start` returns, called again after growing pauses for as long as its database is away.

    Each pause is said. UnavailableError for what no waiting mends; an order to stop ends the process.
    """
    try:
        return start()
    except UnavailableError as error:
        if not is_outage(error):
            raise
        problem = error
    with _stoppable() as stop:
        pauses = RestartPause(first=1.0, longest=LONGEST_PAUSE_SECONDS)
        said, silent_for = "", 0.0
        while True:
            pause = pauses.after(lived=0.0)
            line = f"{problem} Trying again in {pause:.0f} s."
            silent_for += pause
            if line != said or silent_for >= SECONDS_BETWEEN_WORDS:
                click.echo(line, err=True)
                said, silent_for = line, 0.0
            if stop.wait(pause):
                raise SystemExit(0)
            try:
                result = start()
            except UnavailableError as error:
                if not is_outage(error):
                    raise
                problem = error
            else:
                click.echo("The database is there.", err=True)
                return result


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that orders to stop set inside the block; whoever comes after it handles them anew."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    stopped_by_signals(stop.set)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
