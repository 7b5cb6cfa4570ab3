"""The database: one engine, and the two ways to open it, for writing and for reading."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, Select, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlalchemy.sql.compiler import SQLCompiler

from campaign.errors import UnavailableError
from campaign.store.write_guard import WriteGuard

__all__ = ["BUSY_SECONDS", "Database", "Session"]

# What prepared statements, which go past SQLAlchemy, raise when the database is locked, full or gone.
_DRIVER_ERRORS = (sqlite3.OperationalError, psycopg.OperationalError)
# How long a writer waits for another program to let go of the file before the supporter is asked to retry.
BUSY_SECONDS = 10


class Database:
    """One database, SQLite or PostgreSQL, opened by `transaction` to write and by `reading` to read.

    On SQLite, which has one writer, writers of one process wait for a lock and processes for a lock file:
    SQLite's own busy handler sleeps and tries again, and can starve a waiter for seconds.
    """

    def __init__(self, url: str, *, pool_size: int = 20, guard: WriteGuard | None = None) -> None:
        self.url = url
        self._guard = guard
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(url, pool_size)
            self._writer_lock: _WriterLock | None = _WriterLock(f"{make_url(url).database}-writer")
        else:
            self.engine = create_engine(
                url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, hide_parameters=True
            )
            self._writer_lock = None
        # Threads keep these connections, however many there are: taken from the pool, they would empty it.
        self._peek_engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        self._peek_local = threading.local()
        self._compiled: dict[Select[*tuple[Any, ...]], SQLCompiler] = {}
        self._driver_error = self.engine.dialect.loaded_dbapi.Error
        self._writing = self.engine.execution_options(campaign_begin="BEGIN IMMEDIATE")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        Raises UnavailableError when the database is locked for too long, out of reach or its disk is full,
        and when the `guard` finds that it is no longer the one this process was started on.
        """
        with (
            _readable_errors(),
            self._write_lock(),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self._guard and self._guard.is_due:
                self._guard.check(session.connection())
            yield session

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same as `transaction` for statements alone: a session costs as much as five of them."""
        with _readable_errors(), self._write_lock(), self._writing.begin() as connection:
            if self._guard and self._guard.is_due:
                self._guard.check(connection)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for SELECTs that sees one state of the data and never waits for a writer."""
        with _readable_errors(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def peek(self, statement: Select[*tuple[Any, ...]], **values: object) -> tuple[Any, ...] | None:
        """The one row of a SELECT as the driver gives it, on a connection the thread keeps for this alone.

        For the read that every page begins with: a session and a transaction cost ten times the read itself.
        """
        compiled = self._compiled.get(statement)
        if compiled is None:
            compiled = statement.compile(self.engine)
            self._compiled[statement] = compiled
        parameters: Any = compiled.construct_params(values)
        if compiled.positional:
            parameters = [parameters[name] for name in compiled.positiontup or ()]
        try:
            return self._peek(compiled.string, parameters)
        except self._driver_error:
            # The server may have been restarted since the last read; a new connection tells.
            self._peek_local.connection = None
        try:
            return self._peek(compiled.string, parameters)
        except self._driver_error as error:
            self._peek_local.connection = None
            raise UnavailableError(
                "The database cannot be used right now. Please try again in a moment."
            ) from error

    def _peek(self, statement: str, parameters: Any) -> tuple[Any, ...] | None:
        connection = getattr(self._peek_local, "connection", None)
        if connection is None:
            with _readable_errors():
                kept = self._peek_engine.raw_connection()
            connection = kept.driver_connection
            assert connection is not None
            if not self.is_sqlite:
                connection.autocommit = True
            self._peek_local.connection, self._peek_local.kept = connection, kept
        row: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
        return row

    def truncate_wal(self) -> None:
        """Empty SQLite's write-ahead log, which holds erased rows until then.

        While somebody reads, it stays for the next time; PostgreSQL sees to its own.
        """
        if self.is_sqlite:
            with (
                _readable_errors(),
                self._write_lock(),
                closing(self._peek_engine.raw_connection()) as connection,
            ):
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def close(self) -> None:
        """Give every connection back."""
        self._peek_local = threading.local()
        self.engine.dispose()
        if self._writer_lock:
            self._writer_lock.close()

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        if self._writer_lock is None:
            yield
        else:
            with self._writer_lock.held():
                yield


class _WriterLock:
    """Lets one writer at a time through, among the threads of this process and among processes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None
        self._owner = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise UnavailableError("The database is busy. Please try again in a moment.")
        try:
            file = self._opened()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def close(self) -> None:
        if self._file is not None and self._owner == os.getpid():
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        # A lock belongs to the open file, which a fork shares: each process opens its own.
        if self._file is None or self._owner != os.getpid():
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            self._owner = os.getpid()
        return self._file


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling begins too late and commits too early: begin ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options: dict[str, Any] = connection.get_execution_options()
        connection.exec_driver_sql(options.get("campaign_begin", "BEGIN"))

    return engine


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, *_DRIVER_ERRORS) as error:
        raise UnavailableError(
            "The database cannot be used right now. Please try again in a moment."
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError(
                "The database cannot be used right now. Please try again in a moment."
            ) from error
        raise
    except OSError as error:
        if isinstance(error, (ConnectionError, TimeoutError)):
            raise
        raise UnavailableError("The disk cannot be written to right now.") from error
