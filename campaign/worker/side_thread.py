"""A thread beside the sending worker that makes what is queued for it, one thing at a time."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from campaign.errors import UnavailableError
from campaign.store.database import Database, Session

Job = TypeVar("Job")

POLL_SECONDS = 2.0
BACKOFF_SECONDS = 10.0

log = logging.getLogger(__name__)


@contextmanager
def running(work: Callable[[], object], *, name: str, stop: threading.Event) -> Iterator[None]:
    """Do the work again and again while the block runs; what is under way when `stop` is set ends early.

    A database that cannot be used is waited for. Whatever else goes wrong is told by its kind alone, and the
    thread goes on: what was claimed is free again in time, and others wait behind it.
    """
    thread = threading.Thread(target=_run, args=(work, stop), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def claimed(
    database: Database, claim: Callable[[Session], Job | None], *, stop: threading.Event
) -> Iterator[Job]:
    """What is queued, each claimed in a transaction of its own once its turn comes, until `stop` is set."""
    while not stop.is_set():
        with database.transaction() as session:
            job = claim(session)
        if job is None:
            return
        yield job


def _run(work: Callable[[], object], stop: threading.Event) -> None:
    while not stop.is_set():
        wait = POLL_SECONDS
        try:
            work()
        except UnavailableError:
            wait = BACKOFF_SECONDS
        except Exception as error:  # noqa: BLE001 - nobody would notice that the thread is gone
            log.error("%s: %s", threading.current_thread().name, type(error).__name__)
            wait = BACKOFF_SECONDS
        stop.wait(wait)
