import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign.errors import UnavailableError
from campaign.store import database as module
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
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
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
    small = Database(f"sqlite:///{file}", pool_size=1)
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
