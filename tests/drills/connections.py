"""A server of twenty connections for two webs of two processes each and two workers."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from campaign.store.idle_closer import REST_SECONDS, SECONDS_BETWEEN_LOOKS
from tests.databases import PostgreSQLServer, create_database
from tests.drills.locked import ask, on_postgresql, post_form, visit
from tests.drills.servers import Figure, serving, within

MAX_CONNECTIONS = 20
# PostgreSQL keeps these for its superuser (superuser_reserved_connections).
RESERVED = 3
SECONDS = 40
POSTERS = 32
READERS = 16
# Each worker has one for its loop; its thread for PDFs and the look at its clock need one now and then.
AT_REST = 4
ROLE = "campaign"
PASSWORD = "for-this-drill-only"


def figures() -> Iterator[Figure]:
    """What was asked and not answered, how many connections it took, and how many are left at rest."""
    server = PostgreSQLServer(max_connections=MAX_CONNECTIONS)
    try:
        with TemporaryDirectory() as folder, closing(_connected(server.url)) as superuser:
            url = _database_of_a_plain_role(server.url, superuser)
            yield from _drill(Path(folder), url, superuser)
    finally:
        server.close()


@dataclass
class _Seen:
    posts: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    longest_post: float = 0.0
    longest_read: float = 0.0
    most_connections: int = 0


def _drill(folder: Path, url: str, superuser: psycopg.Connection[tuple[int]]) -> Iterator[Figure]:
    environment, path = on_postgresql(folder, url)
    seen, stop = _Seen(), threading.Event()
    with (
        serving(environment) as first,
        serving(environment) as second,
        _worker(environment) as steady,
        _worker(environment) as leaving,
    ):
        ports = (first.port, second.port)
        pages = (path, f"{path}/signatures")
        token, _ = (visit(port, pages) for port in ports)
        threads = [
            threading.Thread(target=_post, args=(ports[number % 2], path, token, number, seen, stop))
            for number in range(POSTERS)
        ]
        threads += [
            threading.Thread(target=_read, args=(ports[number % 2], path, seen, stop))
            for number in range(READERS)
        ]
        for thread in threads:
            thread.start()
        _watch(superuser, seen, SECONDS / 2)
        leaving.terminate()
        # One that comes while all others work.
        with _worker(environment) as newcomer:
            _watch(superuser, seen, SECONDS / 2)
            stop.set()
            for thread in threads:
                thread.join()
            within(REST_SECONDS + 3 * SECONDS_BETWEEN_LOOKS, lambda: _open(superuser) <= AT_REST)
            at_rest = _open(superuser)
            workers_ended = sum(worker.poll() is not None for worker in (steady, newcomer))
        deaths = sum(server.complaints().count("ended by itself") for server in (first, second))
    lost = seen.posts["kept"] - _kept(url)
    yield from _told(seen, lost=lost, at_rest=at_rest, workers_ended=workers_ended, deaths=deaths)


def _told(seen: _Seen, *, lost: int, at_rest: int, workers_ended: int, deaths: int) -> Iterator[Figure]:
    for kind, answers in (("post", seen.posts), ("read", seen.reads)):
        for answer, number in answers.items():
            if answer not in ("kept", "given back", "200"):
                print(f"# connections: {kind} {answer} ({number} times)", flush=True)
    posts, reads = seen.posts.total(), seen.reads.total()
    yield "connections.posts", posts, "requests", 1e9
    yield "connections.posts_given_back_with_503", seen.posts["given back"], "requests", posts // 100
    yield "connections.posts_otherwise", posts - seen.posts["kept"] - seen.posts["given back"], "requests", 0
    yield "connections.forms_lost", lost, "forms", 0
    yield "connections.longest_post", seen.longest_post, "s", 8.0
    yield "connections.reads", reads, "requests", 1e9
    unavailable = sum(number for answer, number in seen.reads.items() if answer.startswith("503"))
    yield "connections.reads_answered_with_503", unavailable, "requests", reads // 100
    yield "connections.reads_otherwise", reads - seen.reads["200"] - unavailable, "requests", 0
    yield "connections.longest_read", seen.longest_read, "s", 5.0
    yield "connections.most_at_once", seen.most_connections, "connections", MAX_CONNECTIONS - RESERVED
    yield "connections.at_rest", at_rest, "connections", AT_REST
    yield "connections.workers_that_ended", workers_ended, "times", 0
    yield "connections.serving_processes_that_ended", deaths, "times", 0


def _post(port: int, path: str, token: str, number: int, seen: _Seen, stop: threading.Event) -> None:
    count = 0
    while not stop.is_set():
        count += 1
        before = time.monotonic()
        address = f"p{number}.{count}@mail{count % 50}.example"
        status, headers, body = post_form(port, path, token, address, "en")
        seen.longest_post = max(seen.longest_post, time.monotonic() - before)
        is_given_back = status == 503 and "retry-after" in headers and b"Rana Idris" in body
        seen.posts["kept" if status == 303 else "given back" if is_given_back else str(status)] += 1


def _read(port: int, path: str, seen: _Seen, stop: threading.Event) -> None:
    while not stop.is_set():
        for page in (path, f"{path}/signatures", f"{path}.json", f"{path}?source=drill"):
            before = time.monotonic()
            status, _, _ = ask(port, "GET", page, "en")
            seen.longest_read = max(seen.longest_read, time.monotonic() - before)
            seen.reads[str(status) if status == 200 else f"{status} {page}"] += 1


def _watch(superuser: psycopg.Connection[tuple[int]], seen: _Seen, seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        seen.most_connections = max(seen.most_connections, _open(superuser))
        time.sleep(0.1)


def _open(superuser: psycopg.Connection[tuple[int]]) -> int:
    counted = superuser.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [ROLE]).fetchone()
    assert counted is not None
    return counted[0]


def _kept(url: str) -> int:
    with closing(_connected(url)) as connection:
        counted = connection.execute("SELECT count(*) FROM signing_form").fetchone()
    assert counted is not None
    return counted[0]


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "campaign", "worker"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _database_of_a_plain_role(server_url: str, superuser: psycopg.Connection[tuple[int]]) -> str:
    role = sql.Identifier(ROLE)
    superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, PASSWORD))
    url = make_url(create_database(server_url, "drill"))
    superuser.execute(sql.SQL("ALTER DATABASE drill OWNER TO {}").format(role))
    return url.set(username=ROLE, password=PASSWORD).render_as_string(hide_password=False)


def _connected(url: str) -> psycopg.Connection[tuple[int]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
