"""What an empty database is brought to again and again: made once by the services, and put back row by row.

A campaign or a furnished desk costs its services as much as a test needs for all the rest. Rows are put back
only into a database that is empty, for the same settings and the same moment, so they are those that would be
made. On PostgreSQL their numbers come from before; the next ones of a table are higher, as ever.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from psycopg import sql

from campaign.runtime import Runtime
from campaign.store.database import Session
from campaign.store.tables import Base

_T = TypeVar("_T")
_TABLES = {table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables}
_HOLDS_ANYTHING = "SELECT 1 WHERE " + " OR ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in _TABLES)
# What each table held, as its driver gives and takes it, and what making it returned.
_kept: dict[Hashable, tuple[dict[str, Any], Any]] = {}


def put_back(runtime: Runtime, name: Hashable, make: Callable[[], _T]) -> _T:
    """What `make` returned when it was called first; the database holds what it held then.

    `name` says all that it depends on beside the settings: what it makes, and at which time.
    """
    database = runtime.database
    settings = replace(runtime.settings, instance=Path(), database_url="")
    key = ("sqlite" if database.is_sqlite else database.url, settings, name)
    with database.transaction() as session:
        is_empty = session.connection().exec_driver_sql(_HOLDS_ANYTHING).first() is None
        if is_empty and key in _kept:
            rows, returned = _kept[key]
            _insert(session, rows)
            return returned  # type: ignore[no-any-return]
    made = make()
    if is_empty:
        with database.reading() as session:
            _kept[key] = (_rows(session), made)
    return made


def _rows(session: Session) -> dict[str, Any]:
    driver = _driver(session)
    if session.connection().dialect.name == "sqlite":
        found = {
            table: driver.execute(f'SELECT {_named(table)} FROM "{table}"').fetchall() for table in _TABLES
        }
        return {table: rows for table, rows in found.items() if rows}
    copied = {}
    for table in _TABLES:
        if driver.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))).rowcount:
            with driver.cursor().copy(f'COPY "{table}" ({_named(table)}) TO STDOUT (FORMAT binary)') as copy:
                copied[table] = b"".join(copy)
    return copied


def _insert(session: Session, kept: dict[str, Any]) -> None:
    driver = _driver(session)
    is_sqlite = session.connection().dialect.name == "sqlite"
    for table, rows in kept.items():
        if is_sqlite:
            places = ", ".join("?" * len(_TABLES[table]))
            driver.executemany(f'INSERT INTO "{table}" ({_named(table)}) VALUES ({places})', rows).close()
        else:
            with driver.cursor().copy(f'COPY "{table}" ({_named(table)}) FROM STDIN (FORMAT binary)') as copy:
                copy.write(rows)


def _named(table: str) -> str:
    return ", ".join(f'"{column}"' for column in _TABLES[table])


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection
