import fcntl
import gc
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import column, select, table, text

from campaign.errors import UnavailableError
from campaign.store import time_limits
from campaign.store.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "campaign.db"
    database = Database(f"sqlite:///{path}")
    with database.transaction() as session:
        session.execute(text("CREATE TABLE name (word TEXT)"))
    database.close()
    return path


def words(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.execute(text("SELECT word FROM name")).scalars())


def add(database: Database, word: str) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO name VALUES (:word)"), {"word": word})


def test_what_raises_inside_leaves_nothing_behind(file: Path) -> None:
    database = Database(f"sqlite:///{file}")

    def fail() -> None:
        with database.transaction() as session:
            session.execute(text("INSERT INTO name VALUES ('half')"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert words(database) == []
    database.close()


def test_writers_wait_for_another_program_that_holds_the_file_for_a_moment(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
    add(database, "waited")
    assert words(database) == ["waited"]
    other.close()
    database.close()


def test_readers_go_on_while_the_file_is_held_and_writers_are_told_in_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WRITE_SECONDS", 0.2)
    database = Database(f"sqlite:///{file}")
    add(database, "first")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert words(database) == ["first"]
    with pytest.raises(UnavailableError, match="try again in a moment"):
        add(database, "second")
    other.execute("ROLLBACK")
    add(database, "third")
    assert words(database) == ["first", "third"]
    other.close()
    database.close()


def test_a_full_disk_is_told_in_one_sentence_and_heals_by_itself(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    small = Database(f"sqlite:///{file}")
    with small.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(UnavailableError):
        add(small, "x" * 100_000)
    with small.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    add(small, "y")
    assert words(small) == ["y"]
    small.close()
    database.close()


def test_many_threads_and_two_processes_worth_of_connections_lose_nothing(file: Path) -> None:
    databases = [Database(f"sqlite:///{file}") for _ in range(2)]
    threads = [
        threading.Thread(target=lambda n=n: [add(databases[n % 2], f"{n}-{i}") for i in range(20)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(words(databases[0]))) == 160
    for database in databases:
        database.close()


def test_what_was_erased_is_in_no_file_once_the_log_is_emptied(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    add(database, "rana@mail.example")
    with database.transaction() as session:
        session.execute(text("DELETE FROM name"))
    database.truncate_wal()
    for path in file.parent.glob(f"{file.name}*"):
        assert b"rana@mail.example" not in path.read_bytes(), path.name
    database.close()


def test_the_end_of_a_thread_closes_no_connection_it_has_read_with(file: Path) -> None:
    """Closed there, SQLAlchemy runs Python in a thread that ends: before 3.12.4 the process died of it."""

    gc.freeze()  # only what is made from here on has to be looked through
    database = Database(f"sqlite:///{file}")
    add(database, "read")
    statement = select(column("word")).select_from(table("name"))

    def connections() -> int:
        """How many there are to this file: each holds it open."""
        gc.collect()
        held = Path("/proc/self/fd")
        return sum(path.is_symlink() and path.readlink() == file for path in held.iterdir())

    def read() -> None:
        assert database.peek(statement) == ("read",)
        seen.append(connections())

    seen: list[int] = []
    for _ in range(3):
        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
        seen.append(connections())
    assert len(set(seen)) == 1
    database.close()
    assert connections() < seen[0]


@pytest.mark.slow
def test_a_writer_waits_no_longer_in_the_queue_and_for_the_file_together_than_for_either(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WRITE_SECONDS", 0.6)
    database = Database(f"sqlite:///{file}")
    add(database, "first")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (file.parent / "campaign.db-writer").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        threading.Timer(0.4, lambda: fcntl.flock(queue, fcntl.LOCK_UN)).start()
        before = time.monotonic()
        with pytest.raises(UnavailableError, match="try again in a moment"):
            add(database, "second")
        assert 0.5 < time.monotonic() - before < 0.9
        other.execute("ROLLBACK")
        fcntl.flock(queue, fcntl.LOCK_EX)
        with pytest.raises(UnavailableError, match="try again in a moment"):
            add(database, "third")
        fcntl.flock(queue, fcntl.LOCK_UN)
    add(database, "fourth")
    assert words(database) == ["first", "fourth"]
    other.close()
    database.close()


def test_a_request_that_has_to_end_sooner_waits_no_longer(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    add(database, "first")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = time.monotonic()
    with time_limits.ending_at(before + 0.3), pytest.raises(UnavailableError):
        add(database, "second")
    assert time.monotonic() - before < 1
    other.close()
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_reads_keep_what_the_server_has_prepared_and_may_change_nothing(database: Database) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%now_and_then%'")
    for _ in range(10):
        with database.reading() as session:
            session.execute(text("SELECT 1 AS now_and_then"))
    with database.reading() as session:
        assert session.scalar(prepared)
    with pytest.raises(UnavailableError), database.reading() as session:
        session.execute(text("CREATE TABLE word (text TEXT)"))
    with database.transaction() as session:
        session.execute(text("CREATE TABLE word (text TEXT)"))
        # The next test finds this database as it was.
        session.execute(text("DROP TABLE word"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_server_that_takes_too_long_is_given_up_and_what_needs_long_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "STATEMENT_SECONDS", 0.3)
    sleep = text("SELECT pg_sleep(0.8)")
    with pytest.raises(UnavailableError), database.reading() as session:
        session.execute(sleep)
    with database.unlimited(), database.reading() as session:
        session.execute(sleep)

    def sleep_though_nobody_ends_it() -> None:
        with database.reading() as session:
            session.execute(text("SET statement_timeout = 0"))
            session.execute(text("SELECT pg_sleep(30)"))

    monkeypatch.setattr(time_limits, "STATEMENT_SECONDS", 60)
    before = time.monotonic()
    with time_limits.ending_at(before + 2.2), pytest.raises(UnavailableError):
        sleep_though_nobody_ends_it()
    assert time.monotonic() - before < 4
    with database.reading() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_writer_is_told_when_a_table_stays_locked_and_a_reader_of_one_row_sooner(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WRITE_SECONDS", 0.5)
    other = Database(database.url)
    statement = select(column("slug")).select_from(table("campaign"))
    with other.transaction() as session:
        session.execute(text("LOCK TABLE campaign IN ACCESS EXCLUSIVE MODE"))
        before = time.monotonic()
        with pytest.raises(UnavailableError):
            database.peek(statement)
        assert time.monotonic() - before < 1.5
    assert database.peek(statement) is None
    other.close()
