"""Looks doubts up in a provider's log, beside the worker's loop: it waits for no answer."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from campaign.domain.activity_lookup import LogClosed
from campaign.errors import UnavailableError
from campaign.mail.email import ActivityLog
from campaign.services.feedback import activity_lookup
from campaign.store.database import Database

# A worker has 15 seconds to stop in, and most of them are for the emails under way.
CLOSING_SECONDS = 1.0

log = logging.getLogger(__name__)


class LookupThread:
    """One question at a time, on a thread that ends with its answer."""

    def __init__(self, activity: ActivityLog, database: Database, clock: Callable[[], datetime]) -> None:
        self._activity = activity
        self._database = database
        self._clock = clock
        self._thread: threading.Thread | None = None

    def start_next(self) -> None:
        """Begin the next look-up, if one is due and none is under way."""
        if self._thread and self._thread.is_alive():
            return
        with self._database.reading() as session:
            is_due = activity_lookup.is_due(session, self._activity.provider, now=self._clock())
        if is_due:
            self._thread = threading.Thread(target=self._look, name="look-up", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait a moment for the answer under way; without it the doubt stays as it is."""
        if self._thread:
            self._thread.join(CLOSING_SECONDS)

    def _look(self) -> None:
        try:
            self._ask()
        except UnavailableError as error:
            log.warning("a doubt was not looked up: %s", error)

    def _ask(self) -> None:
        now = self._clock()
        with self._database.transaction() as session:
            if not activity_lookup.claim(session, every=self._activity.every, now=now):
                return
            doubt = activity_lookup.next_doubt(session, self._activity.provider, now=now)
        if doubt is None:
            return
        finding = self._activity.look_up(doubt.public_id, now=now)
        with self._database.transaction() as session:
            activity_lookup.record(session, doubt, finding, now=self._clock())
        level = logging.WARNING if isinstance(finding, LogClosed) else logging.INFO
        log.log(level, "email %s: %s in the log", doubt.public_id, type(finding).__name__.lower())
