"""The secret of the day, by which networks are told apart for a day and known to nobody after two."""

import secrets
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.networks import network_value
from campaign.store.database import Database
from campaign.store.statements import inserting
from campaign.store.tables.core import network_rush, network_salt

# A salt is a day in use, and gone when it is 48 hours old.
DAYS_KEPT = 2
SALT_BYTES = 32


class NetworkValues:
    """Stands values in for networks; the salts of today and yesterday stay in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._salts: dict[date, bytes] = {}

    def value(self, address: str | None, now: datetime) -> str:
        """What stands for the address's network on this day, in all processes of this database.

        The first call of a day reads the salt or makes it, in a transaction of its own: call it in none.
        """
        day = _day(now)
        salt = self._salts.get(day)
        if salt is None:
            salt = self._stored(day)
            self._salts = {day: salt} | {
                earlier: kept for earlier, kept in self._salts.items() if day - earlier < timedelta(DAYS_KEPT)
            }
        return network_value(salt, address)

    def _stored(self, day: date) -> bytes:
        with self._database.reading() as session:
            salt = _salt_of(session, day)
        if salt is None:
            with self._database.transaction() as session:
                row = {"day": day, "salt": secrets.token_bytes(SALT_BYTES)}
                session.execute(inserting(session, network_salt).values(row).on_conflict_do_nothing())
                salt = _salt_of(session, day)
        assert salt is not None
        return salt


def delete_old(session: Session, *, now: datetime) -> None:
    """Forget the salts that are 48 hours old, and what was counted as long ago."""
    session.execute(delete(network_salt).where(network_salt.c.day <= _day(now) - timedelta(DAYS_KEPT)))
    session.execute(delete(network_rush).where(network_rush.c.at < now - timedelta(DAYS_KEPT)))


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _salt_of(session: Session, day: date) -> bytes | None:
    return session.scalar(select(network_salt.c.salt).where(network_salt.c.day == day))
