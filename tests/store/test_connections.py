"""How a process shares a PostgreSQL server that has few connections with other processes."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select, text
from sqlalchemy.sql import literal

from campaign.errors import UnavailableError
from campaign.store import connection_turns, idle_closer, time_limits
from campaign.store.connection_pool import MOST_CONNECTIONS
from campaign.store.database import Database
from campaign.store.peek_pool import MOST_KEPT
from tests import kept_connections
from tests.databases import Emptying
from tests.rows import close_servers
from tests.waiting import comes_true

pytestmark = pytest.mark.postgresql

LIMIT = 2


class FewConnections:
    """A role that may have LIMIT connections at once, as on a server that has no more."""

    def __init__(self, url: str, role: str, server: psycopg.Connection[tuple[int]]) -> None:
        self.url = url
        self._role = role
        self._server = server

    def open_now(self) -> int:
        counted = self._server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [self._role]
        ).fetchone()
        assert counted is not None
        return counted[0]


@pytest.fixture
def few(postgresql_database: str) -> Iterator[FewConnections]:
    url = make_url(postgresql_database)
    role, password = f"few_{secrets.token_hex(4)}", secrets.token_hex(8)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(plain, autocommit=True)) as server:
        name = sql.Identifier(role)
        server.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {}").format(name, password, LIMIT)
        )
        limited = url.set(username=role, password=password).render_as_string(hide_password=False)
        few = FewConnections(limited, role, server)
        yield few
        assert comes_true(lambda: few.open_now() == 0)
        server.execute(sql.SQL("DROP ROLE {}").format(name))


def work(database: Database, seconds: float = 0.01) -> None:
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def working(database: Database, threads: int, stop: threading.Event) -> list[threading.Thread]:
    def work_until_told() -> None:
        while not stop.is_set():
            work(database)

    started = [threading.Thread(target=work_until_told) for _ in range(threads)]
    for thread in started:
        thread.start()
    return started


def test_a_server_without_a_connection_left_is_waited_for(few: FewConnections) -> None:
    with (
        closing(Database(few.url)) as database,
        ThreadPoolExecutor(3 * LIMIT) as threads,
    ):
        list(threads.map(lambda _: work(database), range(30)))
        assert few.open_now() <= LIMIT


@pytest.mark.slow
def test_nobody_waits_for_a_connection_without_end(few: FewConnections) -> None:
    with closing(Database(few.url)) as other, closing(Database(few.url)) as database, ExitStack() as held:
        for _ in range(LIMIT):
            held.enter_context(other.reading()).execute(text("SELECT 1"))
        before = time.monotonic()
        with time_limits.ending_at(before + 2.5), pytest.raises(UnavailableError):
            work(database)
        assert 0.3 < time.monotonic() - before < 5
        held.close()
        other.close()
        work(database)


@pytest.mark.slow
def test_whoever_works_without_a_pause_lets_another_have_its_turn(
    few: FewConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_turns, "TURN_SECONDS", 0.5)
    stop = threading.Event()
    with closing(Database(few.url)) as busy, closing(Database(few.url)) as other:
        threads = working(busy, 3 * LIMIT, stop)
        try:
            assert comes_true(lambda: few.open_now() == LIMIT)
            for _ in range(20):
                work(other)
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def test_a_single_row_is_read_though_no_connection_is_left_for_that(few: FewConnections) -> None:
    stop = threading.Event()
    with closing(Database(few.url)) as database:
        threads = working(database, 2 * LIMIT, stop)
        try:
            assert comes_true(lambda: few.open_now() == LIMIT)
            assert database.peek(select(literal(7))) == (7,)
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@pytest.mark.slow
def test_a_process_opens_no_more_than_it_may(
    database_of_its_own: Callable[[], int], database: Database
) -> None:
    with ThreadPoolExecutor(3 * MOST_CONNECTIONS) as threads:
        waiting = [threads.submit(work, database, 0.3) for _ in range(3 * MOST_CONNECTIONS)]
        peeks = [threads.submit(database.peek, select(literal(1))) for _ in range(20)]
        most = 0
        while not all(each.done() for each in waiting):
            most = max(most, database_of_its_own())
            time.sleep(0.02)
        for each in (*waiting, *peeks):
            each.result()
    assert MOST_CONNECTIONS - 1 <= most <= MOST_CONNECTIONS + MOST_KEPT


@pytest.mark.slow
def test_a_process_at_rest_gives_every_connection_back(
    database_of_its_own: Callable[[], int], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_closer, "REST_SECONDS", 0.3)
    monkeypatch.setattr(idle_closer, "SECONDS_BETWEEN_LOOKS", 0.05)
    for _ in range(2):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: work(database, 0.05), range(8)))
        database.peek(select(literal(1)))
        assert database_of_its_own() > 1
        assert comes_true(lambda: database_of_its_own() == 0)


@pytest.fixture
def database_url(postgresql_database: str) -> str:
    return postgresql_database


@pytest.fixture
def database_of_its_own(postgresql_database: str, emptying: Emptying) -> Iterator[Callable[[], int]]:
    """How many connections there are to the database besides that of the count."""
    kept_connections.let_go()
    emptying.close()
    close_servers()
    plain = make_url(postgresql_database).set(drivername="postgresql")
    with closing(psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)) as server:

        def count() -> int:
            counted = server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            assert counted is not None
            return int(counted[0])

        assert comes_true(lambda: count() == 0)
        yield count
