"""One clock for everybody who shares a database."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from campaign.errors import UnavailableError
from campaign.store.database import Database

# Quartz clocks drift by some 50 µs a second: 2 ms in this time, against leases of a minute.
SECONDS_BETWEEN_QUERIES = 30.0
# A server that gave no answer is asked again after so long.
SECONDS_TO_RETRY = 1.0


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class DatabaseClock:
    """A clock that all processes on a database agree on, whatever their machines' clocks say.

    On PostgreSQL it is the server's time, asked for twice a minute and carried on with this machine's
    monotonic clock in between, and while the server is out of reach. An SQLite file has one machine, whose
    clock it is.
    """

    def __init__(self, database: Database, *, machine: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._machine = machine
        self._asking = threading.Lock()
        self._reading: tuple[datetime, float] | None = None
        self._ask_at = 0.0

    def __call__(self) -> datetime:
        """The time; UnavailableError while the server has never been reached."""
        if self._database.is_sqlite:
            return self._machine()
        if self._reading is None:
            self._ask()
        elif self._is_turn_to_ask():
            self._ask_again()
        return self.at_once()

    def at_once(self) -> datetime:
        """The time without a wait, for who answers requests: until the server has told it, this machine's."""
        if self._database.is_sqlite:
            return self._machine()
        if self._is_turn_to_ask():
            threading.Thread(target=self._ask_again, name="clock", daemon=True).start()
        if self._reading is None:
            return self._machine()
        told, moment = self._reading
        return told + timedelta(seconds=time.monotonic() - moment)

    def _is_turn_to_ask(self) -> bool:
        """Whether this thread is to ask again; others go on with the last reading meanwhile."""
        return time.monotonic() >= self._ask_at and self._asking.acquire(blocking=False)

    def _ask_again(self) -> None:
        try:
            with suppress(UnavailableError):
                self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> None:
        self._ask_at = time.monotonic() + SECONDS_TO_RETRY
        with self._database.reading() as session:
            before = time.monotonic()
            told = session.execute(select(func.clock_timestamp())).scalar_one()
            after = time.monotonic()
        self._reading = (told.astimezone(UTC), (before + after) / 2)
        self._ask_at = after + SECONDS_BETWEEN_QUERIES
