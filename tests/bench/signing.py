"""Signing over HTTP, with three messages each, beside the raw limit of one SQLite writer."""

import re
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from tests.bench.load import Result, run
from tests.bench.serving import campaign_server
from tests.bench.stocked import Stocked, stock

SECONDS = 6.0


def figures() -> Iterator[tuple[str, float, str]]:
    """Durable signatures per second and their p99 at 8 and 64 connections, and the share of the raw limit."""
    with TemporaryDirectory() as folder:
        raw = raw_limit(Path(folder) / "raw.db")
        yield "signing.raw_single_writer", raw, "1/s"
        stocked = stock(Path(folder) / "few", signatures=1_000, now=datetime.now(UTC))
        best = yield from _measure("signing", stocked)
        yield "signing.share_of_raw", 100 * best / raw, "%"
        many = stock(Path(folder) / "many", signatures=1_000_000, now=datetime.now(UTC))
        large = yield from _measure("signing_at_1M", many)
        yield "signing.cost_at_1M_against_1k", best / large, "ratio"


def _measure(name: str, stocked: Stocked) -> Iterator[tuple[str, float, str]]:
    best = 0.0
    with campaign_server(stocked.environment) as port:
        fields = _form(port, stocked.path)
        numbers = count(int(time.time()))
        requests = (_post(port, stocked.path, fields, number) for number in numbers)
        run(port, requests, connections=8, seconds=1)
        for connections in (8, 64):
            result: Result = run(port, requests, connections=connections, seconds=SECONDS)
            best = max(best, result.per_second)
            yield f"{name}.durable_at_{connections}_connections", result.per_second, "1/s"
            yield f"{name}.p99_at_{connections}_connections", result.percentile(0.99), "ms"
            yield f"{name}.errors_at_{connections}_connections", result.errors(303), "answers"
    return best


def _form(port: int, path: str) -> list[tuple[str, str]]:
    """The fields of a filled form but for the address, with the token and ids the page gives."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        html = answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    officials = re.findall(r'name="officials"[^>]*value="(\d+)"', html)
    if token is None or len(officials) < 3:
        raise RuntimeError("the page has no form with three officials")
    return [
        ("csrf_token", token.group(1)),
        ("name", "Rana Idris"),
        ("capacity", "myself"),
        ("country", "FR"),
        ("visibility", "public"),
        ("message", "The river runs behind our house. We drank from it, and my children swam in it."),
        *(("officials", official) for official in officials[:3]),
    ]


def _post(port: int, path: str, fields: list[tuple[str, str]], number: int) -> bytes:
    body = urlencode([*fields, ("email", f"bench{number}@mail.example")])
    return (
        f"POST {path}/sign HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def raw_limit(path: Path, *, seconds: float = 3.0) -> float:
    """Signatures per second by the bare driver: the same rows, one durable transaction each, one process."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    text = "x" * 900
    connection.execute("CREATE TABLE supporter (id INTEGER PRIMARY KEY, hash TEXT UNIQUE, a TEXT)")
    connection.execute(
        "CREATE TABLE signature (id INTEGER PRIMARY KEY, one INT, two INT, a TEXT, UNIQUE (one, two))"
    )
    for table in ("message", "outbox", "token"):
        connection.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT, c TEXT, d TEXT)"
        )
        connection.execute(f"CREATE INDEX ix_{table} ON {table} (b)")
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        done += 1
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT id FROM signature WHERE one = 1 AND two = ?", (done,)).fetchone()
        connection.execute(
            "INSERT INTO supporter (hash, a) VALUES (?, ?)", (f"{done:064x}", "a@mail.example")
        )
        connection.execute("INSERT INTO signature (one, two, a) VALUES (1, ?, 'Rana Idris')", (done,))
        for n in range(3):
            row = (f"{done}-{n}", done, "Subject", text[:80])
            connection.execute("INSERT INTO message (a, b, c, d) VALUES (?, ?, ?, ?)", row)
        for n in range(4):
            row = (f"{done}-{n}", done, text, text)
            connection.execute("INSERT INTO outbox (a, b, c, d) VALUES (?, ?, ?, ?)", row)
        for n in range(2):
            row = (f"{done:060x}-{n}", done, "", "")
            connection.execute("INSERT INTO token (a, b, c, d) VALUES (?, ?, ?, ?)", row)
        connection.execute("COMMIT")
    taken = time.perf_counter() - started
    connection.close()
    return done / taken
