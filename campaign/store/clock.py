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
SECONDS_BETWEEN_QUERIES = 30


def shared_clock(database: Database) -> Callable[[], datetime]:
    """A clock that all workers of a database agree on, whatever their machines' clocks say.

    On PostgreSQL it is the server's time, asked for twice a minute and carried on with this machine's
    monotonic clock in between, and while the server is out of reach. An SQLite file has one machine, whose
    clock it is. When the server is out of reach the first time, it raises UnavailableError.
    """
    return _utc_now if database.is_sqlite else _ServerClock(database)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _ServerClock:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking = threading.Lock()
        self._reading: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        reading = self._reading or self._ask()
        # One thread asks again; the others go on with the last reading meanwhile.
        if time.monotonic() - reading[1] > SECONDS_BETWEEN_QUERIES and self._asking.acquire(blocking=False):
            try:
                with suppress(UnavailableError):
                    reading = self._ask()
            finally:
                self._asking.release()
        return reading[0] + timedelta(seconds=time.monotonic() - reading[1])

    def _ask(self) -> tuple[datetime, float]:
        with self._database.reading() as session:
            before = time.monotonic()
            answer = session.execute(select(func.clock_timestamp())).scalar_one()
            after = time.monotonic()
        self._reading = (answer.astimezone(UTC), (before + after) / 2)
        return self._reading
