"""The database: one engine, and the two ways to open it, for writing and for reading."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import Select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from campaign.domain.audit_chain import ChainKeys
from campaign.domain.data_keys import DataKeys
from campaign.errors import UnavailableError
from campaign.store import time_limits
from campaign.store.connection_turns import TooManyConnectionsError
from campaign.store.data_cipher import keep_cipher
from campaign.store.earlier_values import PROOF, EarlierValuesRead
from campaign.store.engines import (
    BEGIN,
    IMMEDIATE,
    NoAnswerError,
    postgresql_connection,
    postgresql_engine,
    sqlite_connection,
    sqlite_engine,
    wait_for_lock,
)
from campaign.store.file_identity import FileIdentity
from campaign.store.peek_pool import PeekPool, PlainConnection
from campaign.store.prepared import PlainTransaction, Transaction
from campaign.store.time_limits import seconds_left
from campaign.store.write_guard import WriteGuard
from campaign.store.writer_lock import WriterLock

__all__ = ["Database", "Session"]

# An open file is cheap: as many as a process has threads.
SQLITE_CONNECTIONS = 20

# What prepared statements, which go past SQLAlchemy, raise when the database is locked, full or gone.
_DRIVER_ERRORS = (
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,  # a server that stands by, or whose disk is full
)


class Database:
    """One database, SQLite or PostgreSQL, opened by `transaction` to write and by `reading` to read.

    Every wait for it ends, within the limits of `time_limits`, with an UnavailableError. Its sessions bring
    the keys of the audit log along, in their `info`. People's data is written and read with the `data_keys`;
    without them neither is possible.
    """

    def __init__(
        self,
        url: str,
        *,
        guard: WriteGuard | None = None,
        chain_keys: ChainKeys | None = None,
        data_keys: DataKeys | None = None,
    ) -> None:
        self.url = url
        self._info = {"chain_keys": chain_keys} if chain_keys else {}
        self._guard = guard
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._waits: dict[int, float] = {}
        self._writer_lock: WriterLock | None = None
        self._file: FileIdentity | None = None
        if self.is_sqlite:
            self._file = FileIdentity(str(make_url(url).database))
            self._writer_lock = WriterLock(f"{make_url(url).database}-writer")
            self.engine = sqlite_engine(
                url,
                pool_size=SQLITE_CONNECTIONS,
                seconds_to_write=self._writer_lock.seconds_left,
                opened=self._file.note,
            )
        else:
            self.engine = postgresql_engine(url, waits=self._waits)
        self.data_keys = data_keys
        if data_keys:
            cipher = keep_cipher(self.engine.dialect, data_keys)
            cipher.reads_earlier = EarlierValuesRead(cipher, self._proof_of_earlier)
        self._peek_pool = PeekPool(self._connect_to_peek)
        self._peeks: dict[Select[*tuple[Any, ...]], tuple[str, dict[str, Any], list[str] | None]] = {}
        self._driver_error = self.engine.dialect.loaded_dbapi.Error
        self._writing = self.engine.execution_options(**{BEGIN: IMMEDIATE})
        self._reading = (
            self.engine if self.is_sqlite else self.engine.execution_options(postgresql_readonly=True)
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        Raises UnavailableError when the database is locked for too long, out of reach or its disk is full,
        and when the `guard` finds that it is no longer the one this process was started on.
        """
        with (
            _readable_errors(),
            self._write_lock(),
            Session(self._writing, expire_on_commit=False, info=self._info) as session,
            session.begin(),
        ):
            if self._guard and self._guard.is_due:
                self._guard.check(session.connection())
            yield session

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The same as `transaction` for prepared statements alone: a session costs as much as ten of them."""
        with _readable_errors(), self._write_lock():
            must_look = self._guard is not None and self._guard.is_due
            if self.is_sqlite and not must_look:
                with self._plain_transaction() as plain:
                    yield plain
                return
            with self._writing.begin() as connection:
                if self._guard and must_look:
                    self._guard.check(connection)
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for SELECTs that never waits for a writer; PostgreSQL refuses it anything else."""
        with _readable_errors(), Session(self._reading, expire_on_commit=False, info=self._info) as session:
            yield session
            if not self.is_sqlite:
                # After a ROLLBACK the driver drops what it has prepared, and prepares it anew.
                session.expunge_all()
                session.commit()

    def peek(self, statement: Select[*tuple[Any, ...]], **values: object) -> tuple[Any, ...] | None:
        """The one row of a SELECT as the driver gives it, on a connection kept for this alone.

        For the read that every page begins with: a session and a transaction cost ten times the read itself.
        """
        known = self._peeks.get(statement)
        if known is None:
            compiled = statement.compile(self.engine)
            order = compiled.positiontup if compiled.positional else None
            known = (compiled.string, dict(compiled.construct_params(values)), order)
            self._peeks[statement] = known
        sql, constants, names = known
        parameters: Any = {**constants, **values}
        if names is not None:
            parameters = [parameters[name] for name in names]
        try:
            try:
                return self._peek_pool.row(sql, parameters)
            except TooManyConnectionsError:
                # Of the pool's connections one comes back.
                with self.reading() as session:
                    row = session.connection().exec_driver_sql(sql, parameters).first()
                    return None if row is None else tuple(row)
            except NoAnswerError:
                raise
            except self._driver_error:
                # The server may have been restarted since the last read; new connections tell.
                self._peek_pool.close()
                return self._peek_pool.row(sql, parameters)
        except self._driver_error as error:
            raise UnavailableError(
                "The database cannot be used right now. Please try again in a moment."
            ) from error

    @property
    def has_its_file(self) -> bool:
        """Whether an SQLite file is still the one that was opened; what is on a server has none."""
        return self._file is None or self._file.is_there

    def is_stalled(self, seconds: float) -> bool:
        """Whether any thread has waited that long for an answer of a PostgreSQL server."""
        moment = time.monotonic()
        return any(moment - since > seconds for since in list(self._waits.values()))

    def truncate_wal(self) -> None:
        """Empty SQLite's write-ahead log, which holds erased rows until then.

        While somebody reads, it stays for the next time; PostgreSQL sees to its own.
        """
        if self.is_sqlite:
            with _readable_errors(), self._write_lock(), closing(sqlite_connection(self.url)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    @contextmanager
    def unlimited(self) -> Iterator[None]:
        """Let statements inside the block take as long as they need: for migrations, backups and restores."""
        self.engine.dispose()
        with time_limits.unlimited_statements():
            yield
        self.engine.dispose()

    def close(self) -> None:
        """Give every connection back."""
        self._peek_pool.close()
        self.engine.dispose()
        if self._writer_lock:
            self._writer_lock.close()

    @contextmanager
    def _plain_transaction(self) -> Iterator[PlainTransaction]:
        """Without what SQLAlchemy does for a transaction, which costs more than SQLite's own work."""
        assert self._writer_lock is not None
        # Given back uncommitted, the pool rolls it back.
        with closing(self.engine.raw_connection()) as pooled:
            wait_for_lock(pooled, self._writer_lock.seconds_left())
            cursor = pooled.cursor()
            cursor.execute(IMMEDIATE)
            cursor.close()
            yield PlainTransaction(self.engine.dialect, pooled)
            pooled.commit()

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        if self._writer_lock is None:
            yield
        else:
            with self._writer_lock.held(seconds_left(time_limits.WRITE_SECONDS)):
                if self._file is not None:
                    self._file.check()
                yield

    def _proof_of_earlier(self) -> str | None:
        row = self.peek(PROOF)
        return row[0] if row else None

    def _connect_to_peek(self) -> PlainConnection:
        if self.is_sqlite:
            return sqlite_connection(self.url)
        return postgresql_connection(self.engine, self._waits, limit=time_limits.PEEK_SECONDS)


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeoutError, *_DRIVER_ERRORS) as error:
        raise UnavailableError(
            "The database cannot be used right now. Please try again in a moment."
        ) from error
    except DBAPIError as error:
        # SQLite calls a damaged file by the kind that all others are made from.
        is_damaged = type(error) is DatabaseError
        if error.connection_invalidated or is_damaged or isinstance(error.orig, _DRIVER_ERRORS):
            raise UnavailableError(
                "The database cannot be used right now. Please try again in a moment."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise
        raise UnavailableError(
            "The database cannot be used right now. Please try again in a moment."
        ) from error
    except OSError as error:
        if isinstance(error, (ConnectionError, TimeoutError)):
            raise
        raise UnavailableError("The disk cannot be written to right now.") from error
