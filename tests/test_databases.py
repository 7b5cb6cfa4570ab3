"""What tests rely on: copies of a database are whole and apart, and no server is left behind."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.databases import (
    NoServerError,
    PostgreSQLServer,
    copy_sqlite,
    create_database,
    drop_database,
    postgresql_url,
    unique_name,
    why_no_postgresql,
)
from tests.waiting import comes_true


@pytest.fixture
def server() -> str:
    return postgresql_url() or pytest.skip(why_no_postgresql())


@pytest.mark.postgresql
def test_a_copy_holds_what_its_template_held_and_changes_alone(server: str) -> None:
    template = create_database(server, unique_name("template"))
    run(template, "CREATE TABLE letter (title text)", "INSERT INTO letter VALUES ('First')")
    copy = create_database(server, unique_name("copy"), template=template)
    run(copy, "INSERT INTO letter VALUES ('Second')")

    assert titles(copy) == ["First", "Second"]
    assert titles(template) == ["First"]

    drop_database(copy)
    with pytest.raises(DBAPIError, match="does not exist"):
        titles(copy)
    drop_database(template)


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_durable_server_keeps_what_was_committed_before_it_was_killed(server: str) -> None:
    try:
        own = PostgreSQLServer(durable=True)
    except NoServerError as error:
        pytest.skip(str(error))
    try:
        run(own.url, "CREATE TABLE letter (title text)", "INSERT INTO letter VALUES ('Kept')")
        own.kill()
        with pytest.raises(DBAPIError):
            titles(own.url)
        own.start()
        assert titles(own.url) == ["Kept"]
        assert read(own.url, "SHOW fsync") == ["on"]
    finally:
        own.close()
    assert not own.folder.exists()


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_killed_test_run_takes_its_server_and_its_data_with_it(server: str) -> None:
    program = """
import os, signal
from tests.databases import PostgreSQLServer
server = PostgreSQLServer()
print(server.url, server.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    url, folder = done.stdout.split()
    assert comes_true(lambda: not Path(folder).exists())
    with pytest.raises(DBAPIError):
        titles(url)


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_forked_child_leaves_the_server_to_its_parent(server: str) -> None:
    program = """
import os, sys
from tests.databases import postgresql_url
url = postgresql_url()
if os.fork() == 0:
    sys.exit()
os.wait()
from sqlalchemy import create_engine, text
print(create_engine(url).connect().scalar(text("SELECT 'still there'")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "still there\n"


def test_an_sqlite_copy_holds_what_the_write_ahead_log_still_holds(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "template.db")) as template:
        template.execute("PRAGMA journal_mode=WAL")
        template.execute("CREATE TABLE letter (title text)")
        template.execute("INSERT INTO letter VALUES ('First')")
        template.commit()
        copy = copy_sqlite(tmp_path / "template.db", tmp_path / "copy.db")

    assert titles(copy) == ["First"]


def run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def titles(url: str) -> list[str]:
    return read(url, "SELECT title FROM letter ORDER BY title")


def read(url: str, query: str) -> list[str]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(text(query)))
    finally:
        engine.dispose()
