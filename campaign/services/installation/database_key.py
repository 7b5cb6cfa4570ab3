"""The database and the secret key belong together: what was made under one is lost under another."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_urlsafe

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.engine import make_url

from campaign.domain.data_keys import DataKeys, data_keys
from campaign.domain.tokens import key_fingerprint
from campaign.errors import ConflictError, UnavailableError
from campaign.settings import Settings, secret_key
from campaign.store import schema
from campaign.store.archive import STAGING_PREFIX, holds_data
from campaign.store.clock import DatabaseClock
from campaign.store.database import Database, Session
from campaign.store.statements import inserting
from campaign.store.tables.core import data_key, installation

# A start that meets a restore waits so long for its end.
PATIENCE_SECONDS = 5.0


def check(settings: Settings) -> None:
    """ConflictError with what to do, unless schema and secret key are those of the database.

    A database that knows no key yet, or has no data, takes ours.
    """
    with closing(Database(settings.database_url)) as database:
        schema.check(database)
        check_key(database, settings)
        check_data_keys(database, settings)


def check_data_keys(database: Database, settings: Settings) -> None:
    """ConflictError unless every key that something is encrypted under is among ours.

    The newest of ours is written down before anything is encrypted under it.
    """
    ours = data_keys(settings.secret_key, settings.secret_key_fallbacks).ids
    with database.reading() as session:
        in_use = session.scalars(select(data_key.c.id).order_by(data_key.c.number.desc())).all()
    if not set(in_use) <= set(ours) and holds_data(database):
        raise _missing_data_key()
    if in_use[:1] != [ours[0]]:
        # Where nothing was stored before, nothing waits to be encrypted.
        done_at = None if in_use or holds_data(database) else DatabaseClock(database)()
        with database.transaction() as session:
            number = (session.scalar(select(func.max(data_key.c.number))) or 0) + 1
            fresh = {"number": number, "seen_at": None, "encrypted_at": done_at, "walk_began_at": None}
            session.execute(delete(data_key).where(data_key.c.id.not_in(ours)))
            row = inserting(session, data_key).values(id=ours[0], **fresh)
            session.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))


def check_restored_data_keys(session: Session, keys: DataKeys) -> None:
    """ConflictError when what was just put back is encrypted under a key that is not among these."""
    if not set(session.scalars(select(data_key.c.id))) <= set(keys.ids):
        raise _missing_data_key()


def check_key(database: Database, settings: Settings) -> None:
    """The same for the key alone; a database without our tables is not asked."""
    ours = key_fingerprint(settings.first_secret_key)
    stored = _stored_fingerprint(database)
    if stored == ours or not _has_table(database):
        return
    if stored is not None and holds_data(database):
        raise _foreign_key(settings)
    with database.transaction() as session:
        record_fingerprint(session, ours)


def record_fingerprint(session: Session, fingerprint: str) -> None:
    """Write down which key the data hangs on."""
    row = inserting(session, installation).values(id=1, key_fingerprint=fingerprint)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"key_fingerprint": fingerprint}))


def key_of_start(instance: Path, database_url: str, problems: list[str]) -> str:
    """The key under the instance folder, as a start wants it: whole, and never a new one over data.

    Raises ConflictError when it is lost, UnavailableError while a restore is going on or nobody can tell.
    """
    if not problems:
        finish_restore(instance, database_url)
    key = secret_key.read(instance, problems)
    if problems:
        return ""
    if not key and _has_data(database_url):
        raise ConflictError(
            "The secret key in %(path)s is lost, and the database holds data made with it. Put that file"
            " back, or restore a backup, which brings its key along: campaign db restore FILE --replace",
            path=secret_key.key_file(instance),
        )
    return secret_key.read_or_make(instance, database_url, problems)


def key_of_restore(instance: Path, database_url: str, problems: list[str]) -> str:
    """The key under the instance folder, as a restore wants it: one that is lost or broken will be replaced.

    What stands in for it is written down nowhere.
    """
    if problems:
        return ""
    finish_restore(instance, database_url)
    return secret_key.read(instance, []) or token_urlsafe(32)


def finish_restore(instance: Path, database_url: str) -> None:
    """Tidy up after a restore that was killed: its key counts if its data is in the database, else neither.

    UnavailableError while a restore is going on.
    """
    restored = secret_key.restored_key_file(instance)
    if not restored.exists() and not any(instance.glob(f"{STAGING_PREFIX}*")):
        return
    with restoring(instance):
        if restored.exists():
            with closing(Database(database_url)) as database:
                settle_key(instance, database)
        for folder in instance.glob(f"{STAGING_PREFIX}*"):
            shutil.rmtree(folder)


@contextmanager
def restoring(instance: Path) -> Iterator[None]:
    """Be the only one who exchanges data and key; UnavailableError when that takes too long."""
    folder = os.open(instance, os.O_RDONLY)
    try:
        _lock(folder)
        yield
    finally:
        os.close(folder)


def settle_key(instance: Path, database: Database) -> None:
    """Let the key of a backup count if its data is in the database, and remove it if not."""
    restored = secret_key.restored_key_file(instance)
    if _stored_fingerprint(database) == key_fingerprint(restored.read_text(encoding="utf-8")):
        secret_key.adopt_restored(instance)
    else:
        restored.unlink()


def _lock(folder: int) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends_at:
                raise UnavailableError("A backup is being restored. Try again when that is done.") from None
            time.sleep(0.05)
        else:
            return


def _has_data(database_url: str) -> bool:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return False
    with closing(Database(database_url)) as database:
        schema.current_revision(database.engine)
        return holds_data(database)


def _stored_fingerprint(database: Database) -> str | None:
    if not _has_table(database):
        return None
    with database.reading() as session:
        return session.scalar(select(installation.c.key_fingerprint))


def _has_table(database: Database) -> bool:
    with database.reading() as session:
        return inspect(session.connection()).has_table(installation.name)


def _missing_data_key() -> ConflictError:
    return ConflictError(
        "People’s data in the database is encrypted under a secret key that is missing here. Name it in"
        " CAMPAIGN_SECRET_KEY_FALLBACKS, behind the newest. Once campaign db reencrypt says so, it is"
        " needed no longer."
    )


def _foreign_key(settings: Settings) -> ConflictError:
    if settings.has_key_file and not settings.secret_key_fallbacks:
        return ConflictError(
            "The data in the database was made under another secret key than that in %(path)s. Put that file"
            " back as it was, or restore a backup, which brings its key along:"
            " campaign db restore FILE --replace",
            path=secret_key.key_file(settings.instance),
        )
    return ConflictError(
        "The data in the database was made under another secret key. Set CAMPAIGN_SECRET_KEY to that key, or"
        " name it last in CAMPAIGN_SECRET_KEY_FALLBACKS."
    )
