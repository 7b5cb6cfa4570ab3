"""Backups: one zip file holds every table as lines of JSON, and goes into SQLite and PostgreSQL alike."""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import Connection, Table, exists, inspect, select, table
from sqlalchemy.exc import DBAPIError, StatementError

from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.store import schema
from campaign.store.archive_rows import (
    SCHEMA_TABLE,
    Row,
    insert,
    lines_of,
    read_lines,
    reflected_tables,
    refuse_unknown_words,
    rows_of,
    write_lines,
)
from campaign.store.database import Database, Session

FORMAT = 1
MANIFEST = "manifest.json"
# A key is far smaller; what unpacks to more was made to fill the memory.
_LARGEST_EXTRA = 64 * 1024
# The folder that a restore builds in: a killed one leaves it behind.
STAGING_PREFIX = "restore-"
# Rows that say only what is running at this moment, and where: they make a database no less empty.
PASSING_TABLES = frozenset(
    {
        SCHEMA_TABLE,
        "worker",
        "provider_pause",
        "pace_bucket",
        "job",
        "installation",
        "data_key",
        "earlier_values",
        "network_salt",
        "network_rush",
        "letter_import",
        "passkey_challenge",
        "password_request",
        "prepared_file",
    }
)
# Secrets that are good for a day, counts of the day, and letters that nobody has stored: in a backup they
# would outlive what they are about. Lists that organizers ordered lie beside the database, and their keys
# are of no use without them.
OMITTED_TABLES = frozenset(
    {
        "network_salt",
        "network_rush",
        "letter_import",
        "passkey_challenge",
        "password_request",
        "prepared_file",
    }
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the schema it was made with, and the number of rows of each table.

    `key_fingerprint` tells whether two installations know supporters by the same secret, without giving it.
    """

    format: int
    made_at: str
    schema: str
    key_fingerprint: str
    tables: dict[str, int]


def write_archive(
    database: Database, file: IO[bytes], *, key_fingerprint: str, extra: Mapping[str, bytes], now: datetime
) -> Manifest:
    """Write every table, as it stood at one moment, and the `extra` files; `file` need not be seekable.

    The web and the worker may go on meanwhile. ConflictError when the database is not on our schema.
    """
    schema.check(database)
    counts = {}
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        _snapshot(database) as connection,
    ):
        for table in reflected_tables(connection):
            if table.name in OMITTED_TABLES:
                continue
            with archive.open(_name(table.name), "w", force_zip64=True) as lines:
                counts[table.name] = write_lines(lines, rows_of(connection, table))
        for name, content in extra.items():
            archive.writestr(name, content)
        manifest = Manifest(FORMAT, now.isoformat(), schema.head_revision(), key_fingerprint, counts)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def read_archive(file: IO[bytes]) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and the extra files, after reading all of it back; RefusedError when it is damaged."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        for name, count in manifest.tables.items():
            with archive.open(_name(name)) as lines:
                if sum(1 for _ in lines_of(lines)) != count:
                    raise RefusedError("This backup is damaged: rows of %(table)s are missing.", table=name)
        known = {MANIFEST, *map(_name, manifest.tables)}
        extra = [info for info in archive.infolist() if info.filename not in known]
        if any(info.file_size > _LARGEST_EXTRA for info in extra):
            raise RefusedError("This file is no backup made by this program, or it is damaged.")
        return manifest, {info.filename: archive.read(info) for info in extra}


def restore_archive(
    database: Database,
    file: IO[bytes],
    *,
    staging: Path,
    replace: bool,
    before_commit: Callable[[Session, Manifest], None],
) -> Manifest:
    """Put a backup into the database: all of it, or nothing.

    It is first built, checked and brought to our schema in a database of its own under the folder `staging`.
    ConflictError when the database has data and `replace` is off, or either is newer than this code;
    RefusedError when the backup is damaged. `before_commit` runs when only the commit is left.
    What waited to be sent when the backup was made may have gone out since: the caller sees to that there.
    """
    with _opened(file) as archive, TemporaryDirectory(dir=staging, prefix=STAGING_PREFIX) as folder:
        manifest = _manifest(archive)
        if not replace:
            refuse_data(database)
        with _staged(archive, manifest, Path(folder)) as source:
            refuse_unknown_words(source)
            schema.upgrade(database)
            own = {table.name: table for table in reflected_tables(source)}
            _fill(
                database,
                lambda table: rows_of(source, own[table.name]),
                finish=lambda session: before_commit(session, manifest),
            )
    return manifest


def refuse_data(database: Database) -> None:
    """ConflictError when the database holds anything."""
    if holds_data(database):
        raise ConflictError(
            "The database is not empty. Add --replace to put the backup in place of all it holds."
        )


def holds_data(database: Database) -> bool:
    """Whether the database, of whatever schema, holds anything that somebody would miss."""
    with database.reading() as session:
        connection = session.connection()
        # Names alone: this runs at each first start, and reading what every table looks like takes long.
        names = set(inspect(connection).get_table_names()) - PASSING_TABLES
        return any(connection.execute(select(exists().select_from(table(name)))).scalar() for name in names)


@contextmanager
def _staged(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> Iterator[Connection]:
    """The backup in a database of its own, brought to our schema."""
    staged = Database(f"sqlite:///{folder}/staged.db")
    try:
        schema.upgrade(staged, manifest.schema)
        _fill(staged, lambda table: _stored_rows(archive, table, manifest))
        schema.upgrade(staged)
        with staged.reading() as session:
            yield session.connection()
    finally:
        staged.close()


def _fill(
    database: Database,
    rows: Callable[[Table], Iterable[Row]],
    *,
    finish: Callable[[Session], None] = lambda _: None,
) -> None:
    with database.unlimited(), database.transaction() as session:
        connection = session.connection()
        tables = reflected_tables(connection)
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            insert(connection, table, rows(table))
        finish(session)


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one state of all tables, whatever is written meanwhile."""
    with database.unlimited(), database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _stored_rows(archive: zipfile.ZipFile, table: Table, manifest: Manifest) -> Iterator[Row]:
    if table.name not in manifest.tables:
        return
    count = 0
    with archive.open(_name(table.name)) as lines:
        for row in read_lines(lines_of(lines), table):
            count += 1
            yield row
    if count != manifest.tables[table.name]:
        raise RefusedError("This backup is damaged: rows of %(table)s are missing.", table=table.name)


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except CampaignError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise RefusedError("This file is no backup made by this program, or it is damaged.") from error
    except StatementError as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        raise RefusedError("This backup is damaged: its rows do not fit together.") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > _LARGEST_EXTRA:
        raise RefusedError("This file is no backup made by this program, or it is damaged.")
    manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    if manifest.format != FORMAT or manifest.schema not in schema.known_revisions():
        raise ConflictError(
            "This backup was made by a newer version of this program (schema %(schema)s)."
            " Install that version to restore it.",
            schema=manifest.schema,
        )
    return manifest


def _name(table: str) -> str:
    return f"tables/{table}.jsonl"
