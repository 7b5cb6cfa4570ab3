"""Rows as backups carry them: the same lines of JSON out of, and into, either database."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    Enum,
    LargeBinary,
    MetaData,
    String,
    Table,
    cast,
    func,
    select,
    text,
)

from campaign.errors import RefusedError
from campaign.store.tables import Base

BATCH = 1000  # rows read, and written, at a time
# The largest row is a PDF in base64, of one or two megabytes.
LONGEST_LINE = 64 * 1024 * 1024
SCHEMA_TABLE = "alembic_version"

Row = dict[str, Any]


def reflected_tables(connection: Connection) -> list[Table]:
    """The tables as the database has them, referred ones first: a backup may be older than our classes."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return [table for table in metadata.sorted_tables if table.name != SCHEMA_TABLE]


def rows_of(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows in the order of their keys, times aware and in UTC."""
    statement = select(table).order_by(*table.primary_key)
    for row in connection.execute(statement, execution_options={"yield_per": BATCH}).mappings():
        yield {name: _in_utc(value) for name, value in row.items()}


def write_lines(file: IO[bytes], rows: Iterable[Row]) -> int:
    """Write one line of JSON for each row, and say how many there were."""
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False, default=_as_text).encode() + b"\n")
        count += 1
    return count


def lines_of(file: IO[bytes], *, most: int | None = None) -> Iterator[bytes]:
    """The lines of a file, none of which fills the memory; RefusedError for one that does not end."""
    most = most or LONGEST_LINE
    while line := file.readline(most + 1):
        if len(line) > most:
            raise RefusedError("This backup is damaged: it has a row that does not end.")
        yield line


def read_lines(lines: Iterable[bytes], table: Table) -> Iterator[Row]:
    """The rows again, their values as the table's columns take them."""
    readers = {column.name: _reader(column.type) for column in table.columns}
    for line in lines:
        yield {
            name: None if value is None else readers[name](value) for name, value in json.loads(line).items()
        }


def insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Write rows in batches; PostgreSQL counts on from their highest id."""
    is_sqlite = connection.dialect.name == "sqlite"
    for batch in _batches(_fitting(row, is_sqlite=is_sqlite) for row in rows):
        connection.execute(table.insert(), batch)
    if not is_sqlite:
        set_sequence(connection, table)


def refuse_unknown_words(connection: Connection) -> None:
    """RefusedError when a state, a kind or the like is none that this code knows: pages would fail on it."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, Enum):
                continue
            words = connection.scalars(select(cast(column, String)).distinct())
            if not set(words) <= {None, *column.type.enums}:
                raise RefusedError(
                    "This backup is damaged: %(table)s.%(column)s holds a word that this program"
                    " does not know.",
                    table=table.name,
                    column=column.name,
                )


def _in_utc(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _as_text(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup cannot hold {type(value).__name__}")


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return lambda value: value


def _fitting(row: Row, *, is_sqlite: bool) -> Row:
    """The row as the database takes it: SQLite, which has no time zones, keeps times naive in UTC."""
    if not is_sqlite:
        return row
    return {
        name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def set_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on from the highest id that came in."""
    name = connection.scalar(
        select(func.pg_get_serial_sequence(table.name, "id"))
        if "id" in table.columns
        else text("SELECT NULL")
    )
    if name:
        highest = connection.scalar(select(func.max(table.columns["id"])))
        connection.execute(select(func.setval(name, highest or 1, highest is not None)))
