"""The write lock in other hands, or a server that has stopped: reading goes on, forms are given back."""

import http.client
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import psycopg
from sqlalchemy import make_url

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.store import schema
from tests import make
from tests.bench.stocked import stock
from tests.cli.processes import family
from tests.databases import PostgreSQLServer
from tests.drills.servers import Figure, Server, serving

HELD_SECONDS = 30
READERS = 4
POSTERS = 24
LANGUAGES = ("en", "fr", "de", "")
Holding = Callable[[], AbstractContextManager[None]]


def figures() -> Iterator[Figure]:
    """How long readers and senders waited while the lock was held, and how soon all was well again."""
    with TemporaryDirectory() as folder:
        site = stock(Path(folder) / "site", signatures=100, now=datetime.now(UTC))
        with serving(site.environment) as server:
            yield from _drill("locked.sqlite", server, site.path, lambda: _sqlite_lock(site.database))
    server_of_tables = PostgreSQLServer()
    try:
        with TemporaryDirectory() as folder:
            environment, path = on_postgresql(Path(folder), server_of_tables.url)
            with serving(environment) as server:
                yield from _drill("locked.tables", server, path, lambda: _table_locks(server_of_tables.url))
                yield from _drill("locked.stopped", server, path, lambda: _stopped(server_of_tables))
    finally:
        server_of_tables.close()


@dataclass
class _Seen:
    reads: list[float] = field(default_factory=list)
    failed_reads: list[str] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    failed_posts: list[str] = field(default_factory=list)


def _drill(name: str, server: Server, path: str, holding: Holding) -> Iterator[Figure]:
    pages = ("/healthz", path, f"{path}/signatures", f"{path}.json", f"/fr{path}")
    token = visit(server.port, pages)
    seen, stop = _Seen(), threading.Event()
    with holding():
        reading = (server.port, pages, seen, stop)
        threads = [threading.Thread(target=_read, args=reading) for _ in range(READERS)]
        threads += [
            threading.Thread(target=_send, args=(server.port, path, token, number, seen, stop))
            for number in range(POSTERS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(HELD_SECONDS)
        stop.set()
        for thread in threads:
            thread.join()
    released = time.monotonic()
    while post_form(server.port, path, token, "after@mail.example", "en")[0] != 303:
        if time.monotonic() - released > 60:
            break
        time.sleep(0.1)
    back = time.monotonic() - released
    for kind, failures in (("read", seen.failed_reads), ("post", seen.failed_posts)):
        for failure in sorted(set(failures))[:5]:
            print(f"# {name}: {kind} {failure} ({failures.count(failure)} times)", flush=True)
    yield f"{name}.reads", len(seen.reads), "requests", 1e9
    yield f"{name}.longest_read", max(seen.reads), "s", 1.0
    yield f"{name}.reads_without_their_page", len(seen.failed_reads), "requests", 0
    yield f"{name}.posts", len(seen.posts), "requests", 1e9
    yield f"{name}.longest_post", max(seen.posts), "s", 8.0
    yield f"{name}.posts_without_503_and_their_form", len(seen.failed_posts), "requests", 0
    yield f"{name}.signing_again_after", back, "s", 5.0


def visit(port: int, pages: tuple[str, ...]) -> str:
    """Let every process show every page, and take the token out of a form."""
    token = ""
    for language in LANGUAGES * 8:
        for page in pages:
            status, _, body = ask(port, "GET", page, language)
            if status != 200:
                raise RuntimeError(f"{page} answers {status} before anything is held")
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body.decode())
            token = found[1] if found else token
    return token


def _read(port: int, pages: tuple[str, ...], seen: _Seen, stop: threading.Event) -> None:
    while not stop.is_set():
        for number, page in enumerate(pages):
            before = time.monotonic()
            status, _, _ = ask(port, "GET", page, LANGUAGES[number % len(LANGUAGES)])
            seen.reads.append(time.monotonic() - before)
            if status != 200:
                seen.failed_reads.append(f"{page} {status}")
            time.sleep(0.05)


def _send(port: int, path: str, token: str, number: int, seen: _Seen, stop: threading.Event) -> None:
    while not stop.is_set():
        before = time.monotonic()
        language = LANGUAGES[number % len(LANGUAGES)]
        status, headers, body = post_form(port, path, token, f"p{number}@mail.example", language)
        seen.posts.append(time.monotonic() - before)
        if status != 503 or "retry-after" not in headers or b"Rana Idris" not in body:
            seen.failed_posts.append(f"{status} {language} {headers.get('retry-after')} {b'Rana' in body}")


def post_form(
    port: int, path: str, token: str, email: str, language: str
) -> tuple[int, dict[str, str], bytes]:
    fields = {"csrf_token": token, "name": "Rana Idris", "email": email}
    return ask(port, "POST", f"{path}/sign", language, urlencode(fields))


def ask(
    port: int, method: str, path: str, language: str, body: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer; status 0 where there was none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Accept-Language": language, "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, {}, repr(error).encode()
    finally:
        connection.close()


@contextmanager
def _sqlite_lock(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def _table_locks(url: str) -> Iterator[None]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as other:
        other.execute("LOCK TABLE campaign, signature, supporter, outbox_email IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@contextmanager
def _stopped(server: PostgreSQLServer) -> Iterator[None]:
    """The server and its processes, all started by us, hear nothing any more."""
    assert server._guard is not None
    processes = family(server._guard.pid)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            os.kill(process, signal.SIGCONT)


def on_postgresql(folder: Path, url: str) -> tuple[dict[str, str], str]:
    """An installation with one open campaign on a server: its settings and the path of its page."""
    environment = {
        "CAMPAIGN_INSTANCE": str(folder),
        "DATABASE_URL": url,
        "CAMPAIGN_OFFICIAL_RATE": "0",
        "CAMPAIGN_PROOF_OF_WORK": "off",
    }
    runtime = build_runtime(load_settings(environment))
    schema.upgrade(runtime.database)
    page = make.campaign(runtime, now=datetime.now(UTC))
    runtime.close()
    return environment, f"/c/{page.head.slug}"
