"""Stops a process from writing once the database is no longer the one it was started on."""

import logging
import time

from sqlalchemy import Connection, String, column, select, table

from campaign.errors import UnavailableError
from campaign.store.tables.core import data_key, installation

# Every write asks no more often than this: a read for each would be felt on the hot path.
SECONDS_BETWEEN_LOOKS = 1.0

log = logging.getLogger(__name__)
_revision = select(column("version_num", String)).select_from(table("alembic_version"))
_fingerprint = select(installation.c.key_fingerprint)
_newest_data_key = select(data_key.c.id).order_by(data_key.c.number.desc()).limit(1)


class WriteGuard:
    """Knows the schema and the keys that a process was started with; for all of its threads.

    Somebody may upgrade the database, restore a backup with another key, or bring in a new key, while the
    process runs: what it went on encrypting under the old one would be found by nobody once that is gone.
    """

    def __init__(self, *, revision: str, key_fingerprint: str, data_key: str | None = None) -> None:
        self._revision = revision
        self._key_fingerprint = key_fingerprint
        self._data_key = data_key
        self._good_until = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the last look is too old to write without another."""
        return time.monotonic() >= self._good_until

    def check(self, connection: Connection) -> None:
        """UnavailableError unless schema and keys are those the process was started with."""
        revision = connection.scalar(_revision)
        if revision != self._revision:
            log.error("the database has schema %s, this process has %s", revision, self._revision)
            raise _changed()
        fingerprint = connection.scalar(_fingerprint)
        if fingerprint not in (None, self._key_fingerprint):
            log.error("the data in the database was made under another secret key than this process has")
            raise _changed()
        newest = connection.scalar(_newest_data_key)
        if None not in (newest, self._data_key) and newest != self._data_key:
            log.error("people's data is encrypted under another key by now than this process has")
            raise _changed()
        self._good_until = time.monotonic() + SECONDS_BETWEEN_LOOKS


def _changed() -> UnavailableError:
    return UnavailableError("This site is being updated. Please try again in a few minutes.")
