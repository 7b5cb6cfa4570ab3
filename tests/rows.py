"""All rows of a database, past every service: to read them, put others there, and see that some changed."""

import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from campaign.store.database import Database
from campaign.store.tables import Base

# What each table holds, as its driver gives and takes it; tables without rows are left out.
Rows = dict[str, Any]

_COLUMNS = {
    f'"{table.name}"': ", ".join(f'"{column.name}"' for column in table.columns)
    for table in Base.metadata.sorted_tables
}
_HOLDS_ANYTHING = "SELECT 1 WHERE " + " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in _COLUMNS)
# The databases on servers that no test ends, each with a connection once it is needed.
_served: set[str] = set()
_servers: dict[str, psycopg.Connection[Any]] = {}
# By what one sees that nobody has written to a copy since it was made.
_copies: dict[Path, object] = {}


class Place(ABC):
    """One database of a test; `name` tells it from others whose rows may not be put here."""

    name: str

    @abstractmethod
    def mark(self) -> object:
        """What is another as soon as anybody has written anything."""

    @abstractmethod
    def holds_anything(self) -> bool:
        """Whether any table has a row."""

    @abstractmethod
    def rows(self) -> Rows:
        """All that is there."""

    @abstractmethod
    def change(self, before: Rows | None, after: Rows) -> None:
        """Have these rows there and no others; those from before are known, or any may be there."""


def place_of(database: Database) -> Place | None:
    """Where its rows are; None on a server that a test may end, or where we may not write past its rules."""
    if database.is_sqlite:
        return _File(Path(str(make_url(database.url).database)))
    server = _server(database.url)
    return _OnServer(database.url, server) if server else None


def copied_without_rows(path: Path) -> None:
    """Remember that an SQLite file holds nothing: to open it and look costs a millisecond."""
    _copies[path] = _File(path).mark()


def serve(url: str) -> None:
    """Let the rows of a database on a server be read and put there from now on."""
    _served.add(url)


def close_servers() -> None:
    """Give back the connections to PostgreSQL, until they are needed again."""
    while _servers:
        _servers.popitem()[1].close()


class _File(Place):
    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def mark(self) -> object:
        files = [self._path, Path(f"{self._path}-wal")]
        found = [file.stat() for file in files if file.exists()]
        # Whoever only reads makes a log too, and leaves it empty.
        return [(file.st_ino, file.st_size, file.st_mtime_ns) for file in found if file.st_size]

    def holds_anything(self) -> bool:
        if _copies.get(self._path) == self.mark():
            return False
        with closing(self._opened()) as connection:
            return connection.execute(_HOLDS_ANYTHING).fetchone() is not None

    def rows(self) -> Rows:
        with closing(self._opened()) as connection:
            found = {
                table: connection.execute(f"SELECT {columns} FROM {table}").fetchall()
                for table, columns in _COLUMNS.items()
            }
        return {table: rows for table, rows in found.items() if rows}

    def change(self, before: Rows | None, after: Rows) -> None:
        with closing(self._opened()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in _changed(before, after):
                connection.execute(f"DELETE FROM {table}")
                if rows := after.get(table):
                    places = ", ".join("?" * len(rows[0]))
                    into = f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({places})"
                    connection.executemany(into, rows)
            connection.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        # Foreign keys are not looked at unless a connection asks for it.
        return sqlite3.connect(self._path, isolation_level=None, timeout=30)


class _OnServer(Place):
    def __init__(self, name: str, server: psycopg.Connection[Any]) -> None:
        self.name = name
        self._server = server

    def mark(self) -> object:
        # The number that the next writer's transaction gets.
        return self._server.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()

    def holds_anything(self) -> bool:
        return self._server.execute(_HOLDS_ANYTHING).fetchone() is not None

    def rows(self) -> Rows:
        found = {}
        for table, columns in _COLUMNS.items():
            if self._server.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                with self._server.cursor().copy(
                    f"COPY {table} ({columns}) TO STDOUT (FORMAT binary)"
                ) as copy:
                    found[table] = b"".join(bytes(part) for part in copy)
        return found

    def change(self, before: Rows | None, after: Rows) -> None:
        with self._server.transaction():
            for table in _changed(before, after):
                if before is None or table in before:
                    self._server.execute(f"DELETE FROM {table}")
                if table in after:
                    columns = _COLUMNS[table]
                    with self._server.cursor().copy(
                        f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)"
                    ) as copy:
                        copy.write(after[table])


def _changed(before: Rows | None, after: Rows) -> list[str]:
    if before is None:
        return list(_COLUMNS)
    return [table for table in {**before, **after} if before.get(table) != after.get(table)]


def _server(url: str) -> psycopg.Connection[Any] | None:
    if url not in _served:
        return None
    if url not in _servers:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
        try:
            # Neither foreign keys nor triggers: what is put back was whole when it was made.
            connection.execute("SET session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            connection.close()
            return None
        _servers[url] = connection
    return _servers[url]
