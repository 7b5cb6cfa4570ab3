"""How connections are opened on either database, each with limits of time."""

import sqlite3
import time
from collections.abc import Callable
from math import inf
from threading import get_ident
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from campaign.store.connection_pool import ConnectionPool
from campaign.store.connection_turns import TooManyConnectionsError
from campaign.store.time_limits import (
    CONNECT_SECONDS,
    IDLE_TRANSACTION_SECONDS,
    LEAST_CONNECT_SECONDS,
    READ_SECONDS,
    STATEMENT_SECONDS,
    WRITE_SECONDS,
    seconds_left,
    statement_seconds,
)

_T = TypeVar("_T")
# The option of a connection that says how its transactions begin.
BEGIN = "campaign_begin"
IMMEDIATE = "BEGIN IMMEDIATE"
# What PostgreSQL, and PgBouncer in front of it, say when they have no connection left. The driver hands on no
# SQLSTATE of a connection that was refused; a server that speaks another language is not understood.
_TOO_MANY = (
    "too many clients already",
    "remaining connection slots are reserved",
    "too many connections for",
    "no more connections allowed",
)


class NoAnswerError(psycopg.OperationalError):
    """The server took longer than the limit; the connection has been closed."""


class LimitedConnection(psycopg.Connection[Any]):
    """A PostgreSQL connection on which no answer is waited for longer than a limit.

    The server's own limits do not help where the server itself has stopped. `waits` keeps, for each thread
    that waits, since when (`time.monotonic()`).
    """

    limit = STATEMENT_SECONDS
    waits: dict[int, float]

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Wait for the server's answer; NoAnswerError when it takes too long."""
        most = seconds_left(self.limit if timeout is None else min(timeout, self.limit))
        limited = most if most != inf else None
        thread = get_ident()
        self.waits[thread] = time.monotonic()
        try:
            return super().wait(gen, min(interval, most), limited)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise NoAnswerError(f"no answer within {most:.1f} seconds") from error
        finally:
            self.waits.pop(thread, None)


def sqlite_engine(
    url: str, *, pool_size: int, seconds_to_write: Callable[[], float], opened: Callable[[], None]
) -> Engine:
    """An engine whose writers wait for the file's lock as long as `seconds_to_write` says.

    `opened` is called after each connection.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": WRITE_SECONDS, "check_same_thread": False},
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
        opened()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get(BEGIN, "BEGIN")
        seconds = seconds_to_write() if statement == IMMEDIATE else READ_SECONDS
        wait_for_lock(connection.connection, seconds)
        connection.exec_driver_sql(statement)

    return engine


def wait_for_lock(pooled: PoolProxiedConnection, seconds: float) -> None:
    """Let statements on an SQLite connection wait so long for the file's lock, or up to half a second less.

    In such steps it is nearly always what it was, and setting it costs as much as a statement.
    """
    milliseconds = int(seconds * 2) * 500 or int(seconds * 1000)
    if pooled.info.get("busy_timeout") != milliseconds:
        driver: Any = pooled.driver_connection
        driver.execute(f"PRAGMA busy_timeout={milliseconds}").close()
        pooled.info["busy_timeout"] = milliseconds


def postgresql_engine(url: str, *, waits: dict[int, float]) -> Engine:
    """An engine whose server ends what waits for a lock or computes for too long; `waits` tells who waits."""
    engine = create_engine(url, poolclass=ConnectionPool, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def connect(_: Dialect, __: ConnectionPoolEntry, arguments: list[Any], values: dict[str, Any]) -> Any:
        return _connected(arguments, values, waits)

    return engine


def sqlite_connection(url: str) -> sqlite3.Connection:
    """A connection of the bare driver, for reading single rows from any thread.

    No function is registered on it: what runs when such a connection is closed must not be Python.
    """
    return sqlite3.connect(
        str(make_url(url).database), timeout=0.2, isolation_level=None, check_same_thread=False
    )


def postgresql_connection(engine: Engine, waits: dict[int, float], *, limit: float) -> LimitedConnection:
    """A connection of the bare driver that commits by itself and waits no longer than `limit` seconds."""
    arguments, values = engine.dialect.create_connect_args(engine.url)
    connection = _connected(list(arguments), dict(values), waits, limit=LEAST_CONNECT_SECONDS)
    connection.autocommit = True
    connection.limit = limit
    return connection


def _connected(
    arguments: list[Any], values: dict[str, Any], waits: dict[int, float], *, limit: float = CONNECT_SECONDS
) -> LimitedConnection:
    seconds = seconds_left(limit)
    if seconds < LEAST_CONNECT_SECONDS:
        raise NoAnswerError("no time is left to connect")
    values.setdefault("connect_timeout", int(seconds))
    thread = get_ident()
    waits[thread] = time.monotonic()
    try:
        connection = LimitedConnection.connect(*arguments, **values)
    except psycopg.errors.ConnectionTimeout as error:
        raise NoAnswerError(str(error)) from error
    except psycopg.OperationalError as error:
        if any(words in str(error) for words in _TOO_MANY):
            raise TooManyConnectionsError(str(error)) from error
        raise
    finally:
        waits.pop(thread, None)
    connection.waits = waits
    statement = statement_seconds()
    connection.limit = statement or inf
    # Not as options of the connection: poolers in between refuse those.
    connection.execute(
        "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),"
        " set_config('idle_in_transaction_session_timeout', %s, false)",
        [f"{int(s * 1000)}ms" for s in (WRITE_SECONDS, statement, IDLE_TRANSACTION_SECONDS)],
    )
    connection.commit()
    return connection
