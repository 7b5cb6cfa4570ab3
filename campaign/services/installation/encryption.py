"""Bringing all of people's data under the newest key: a walk through every table, some rows at a time.

Each step is a transaction of its own and leaves every row readable, whenever it is killed; the next one, of
whichever process, goes on where the last one ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.data_keys import DataKeys
from campaign.services.audit import audit_log
from campaign.store import earlier_values
from campaign.store.encrypted_places import Broken, encrypted_places
from campaign.store.tables.core import data_key

# What a process with an earlier key, or of an earlier version, had begun before is over by then.
UNTIL_ALL_HAVE_THE_KEY = timedelta(minutes=1)
_BEGIN = {"walk_began_at": None, "at_table": 0, "after": 0, "is_clean": True}


@dataclass(frozen=True)
class EncryptionProgress:
    """How the walk stands after a step: rows encrypted anew so far, and whether it is over.

    `is_waiting` says that it goes on in a minute; somebody else may be at it. What is `broken` stays so.
    """

    rewritten: int
    is_done: bool = False
    is_waiting: bool = False
    broken: tuple[Broken, ...] = ()


def is_under_way(session: Session) -> bool:
    """Whether anything may be left that is not under the newest key: one look at a table of a few rows."""
    newest = select(data_key.c.encrypted_at).order_by(data_key.c.number.desc()).limit(1)
    row = session.execute(newest).first()
    return row is not None and row.encrypted_at is None


def leaves_people_unfound(session: Session) -> bool:
    """Whether the first walk is not over: only then has everybody the keyed terms that the desk finds by."""
    row = session.execute(
        select(func.count(), func.count(data_key.c.encrypted_at)).select_from(data_key)
    ).one()
    return bool(row[0]) and not row[1]


def begin_anew(session: Session, keys: DataKeys) -> None:
    """Have the walk look at everything again, whatever it has found before."""
    row = update(data_key).where(data_key.c.id == keys.newest.id)
    session.execute(row.values(encrypted_at=None, rewritten=0, **_BEGIN))


def step(session: Session, keys: DataKeys, *, actor: Actor, now: datetime) -> EncryptionProgress:
    """Bring some rows under the newest key; a walk that has ended is entered into the audit log."""
    of_newest = data_key.c.id == keys.newest.id
    row = session.execute(select(data_key).where(of_newest).with_for_update(skip_locked=True)).first()
    if row is None:
        return EncryptionProgress(0, is_waiting=True)
    if row.encrypted_at is not None:
        return EncryptionProgress(row.rewritten, is_done=True)
    values: dict[str, Any] = {}
    if row.walk_began_at is None:
        values = {**_BEGIN, "walk_began_at": now, "seen_at": row.seen_at or now}
    places = encrypted_places()
    at_table = values.get("at_table", row.at_table)
    if at_table >= len(places):
        progress, values = _ended(session, row, now=now)
        session.execute(update(data_key).where(of_newest).values(**values))
        if progress.is_done:
            details = {"key": keys.newest.id, "rows": row.rewritten}
            audit_log.record(session, action="database.reencrypt", actor=actor, details=details, now=now)
        return progress
    done = places[at_table].rewrite(session, values.get("after", row.after))
    values["rewritten"] = row.rewritten + done.rows
    values["is_clean"] = values.get("is_clean", row.is_clean) and done.is_clean
    values |= {"at_table": at_table + 1, "after": 0} if done.is_end else {"after": done.after}
    session.execute(update(data_key).where(of_newest).values(**values))
    return EncryptionProgress(values["rewritten"], broken=done.broken)


def broken(session: Session) -> Iterator[Broken]:
    """Every value that no key opens: a look at everything."""
    for place in encrypted_places():
        yield from place.broken(session)


def _ended(session: Session, row: Row[Any], *, now: datetime) -> tuple[EncryptionProgress, dict[str, Any]]:
    """The end of a walk: over for good where it met nothing, after all had the key, that was held by others.

    While there is but one key nobody can have written under another, nor, once the values of earlier versions
    are gone, can one of those. At an upgrade something may have been on its way: it has the same minute.
    """
    sure_from = row.seen_at + UNTIL_ALL_HAVE_THE_KEY
    keys = session.scalar(select(func.count()).select_from(data_key))
    is_sure = keys == 1 and not earlier_values.may_be_there(session.connection())
    if row.is_clean and (is_sure or row.walk_began_at >= sure_from):
        session.execute(delete(data_key).where(data_key.c.id != row.id))
        earlier_values.refuse(session.connection())
        return EncryptionProgress(row.rewritten, is_done=True), {"encrypted_at": now}
    if row.is_clean and now < sure_from:
        return EncryptionProgress(row.rewritten, is_waiting=True), {"at_table": row.at_table}
    return EncryptionProgress(row.rewritten), dict(_BEGIN)
