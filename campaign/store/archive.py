"""Backups: one zip file holds every table as lines of JSON, and goes into SQLite and PostgreSQL alike."""

import base64
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import JSON, Connection, Date, DateTime, LargeBinary, MetaData, Table, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.store import schema
from campaign.store.database import Database

FORMAT = 1
BATCH = 1000  # rows read, and written, at a time
MANIFEST = "manifest.json"
SCHEMA_TABLE = "alembic_version"
# Rows that say only what is running at this moment: they make a database no less empty.
PASSING_TABLES = frozenset({SCHEMA_TABLE, "worker", "provider_pause"})

Row = dict[str, Any]


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
        for table in _tables(connection):
            with archive.open(_name(table.name), "w", force_zip64=True) as lines:
                counts[table.name] = _write_lines(lines, _rows(connection, table))
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
                if sum(1 for _ in lines) != count:
                    raise RefusedError("This backup is damaged: rows of %(table)s are missing.", table=name)
        known = {MANIFEST, *map(_name, manifest.tables)}
        return manifest, {name: archive.read(name) for name in archive.namelist() if name not in known}


def restore_archive(
    database: Database,
    file: IO[bytes],
    *,
    staging: Path,
    replace: bool,
    before_commit: Callable[[], None] = lambda: None,
) -> Manifest:
    """Put a backup into the database: all of it, or nothing.

    It is first built, checked and brought to our schema in a database of its own under the folder `staging`.
    ConflictError when the database has data and `replace` is off, or the backup is newer than this code;
    RefusedError when the backup is damaged. `before_commit` runs when only the commit is left.
    """
    with _opened(file) as archive, TemporaryDirectory(dir=staging, prefix="restore-") as folder:
        manifest = _manifest(archive)
        schema.upgrade(database)
        if not replace:
            refuse_data(database)
        staged = Database(f"sqlite:///{folder}/staged.db")
        try:
            schema.upgrade(staged, manifest.schema)
            _fill(staged, lambda table: _read_lines(archive, table, manifest))
            schema.upgrade(staged)
            with staged.reading() as session:
                source = session.connection()
                own = {table.name: table for table in _tables(source)}
                _fill(database, lambda table: _rows(source, own[table.name]), before_commit=before_commit)
        finally:
            staged.close()
    return manifest


def refuse_data(database: Database) -> None:
    """ConflictError when the database holds anything."""
    with database.reading() as session:
        connection = session.connection()
        for table in _tables(connection):
            if table.name not in PASSING_TABLES and connection.execute(select(table).limit(1)).first():
                raise ConflictError(
                    "The database is not empty. Add --replace to put the backup in place of all it holds."
                )


def _fill(
    database: Database,
    rows_of: Callable[[Table], Iterable[Row]],
    *,
    before_commit: Callable[[], None] = lambda: None,
) -> None:
    with database.transaction() as session:
        connection = session.connection()
        tables = _tables(connection)
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            for batch in _batches(_fitting(row, is_sqlite=database.is_sqlite) for row in rows_of(table)):
                connection.execute(table.insert(), batch)
            if not database.is_sqlite:
                _set_sequence(connection, table)
        before_commit()


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one state of all tables, whatever is written meanwhile."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _tables(connection: Connection) -> list[Table]:
    """The tables as the database has them, referred ones first: a backup may be older than our classes."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return [table for table in metadata.sorted_tables if table.name != SCHEMA_TABLE]


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows in the order of their keys, times aware and in UTC."""
    statement = select(table).order_by(*table.primary_key)
    for row in connection.execute(statement, execution_options={"yield_per": BATCH}).mappings():
        yield {name: _in_utc(value) for name, value in row.items()}


def _in_utc(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _fitting(row: Row, *, is_sqlite: bool) -> Row:
    """The row as the database takes it: SQLite, which has no time zones, keeps times naive in UTC."""
    if not is_sqlite:
        return row
    return {
        name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _write_lines(file: IO[bytes], rows: Iterable[Row]) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False, default=_as_text).encode() + b"\n")
        count += 1
    return count


def _as_text(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup cannot hold {type(value).__name__}")


def _read_lines(archive: zipfile.ZipFile, table: Table, manifest: Manifest) -> Iterator[Row]:
    if table.name not in manifest.tables:
        return
    readers = {column.name: _reader(column.type) for column in table.columns}
    count = 0
    with archive.open(_name(table.name)) as lines:
        for line in lines:
            count += 1
            yield {
                name: None if value is None else readers[name](value)
                for name, value in json.loads(line).items()
            }
    if count != manifest.tables[table.name]:
        raise RefusedError("This backup is damaged: rows of %(table)s are missing.", table=table.name)


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return lambda value: value


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on from the highest id that came in."""
    name = connection.scalar(
        select(func.pg_get_serial_sequence(table.name, "id"))
        if "id" in table.columns
        else text("SELECT NULL")
    )
    if name:
        highest = connection.scalar(select(func.max(table.columns["id"])))
        connection.execute(select(func.setval(name, highest or 1, highest is not None)))


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
