"""Ten thousand forms of one address on two hundred connections, while a worker settles what comes in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlalchemy import func, select

from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from campaign.store.tables import Signature, SigningForm
from tests import make
from tests.bench.load import run
from tests.bench.stocked import Stocked, stock
from tests.drills.locked import visit
from tests.drills.servers import Figure, serving, within

POSTS = 10_000
CONNECTIONS = 200
ADDRESS = "rana@mail.example"


def figures() -> Iterator[Figure]:
    """Answers, forms kept, emails that asked, and signatures once every link in them has been pressed."""
    with TemporaryDirectory() as folder:
        site = stock(Path(folder), signatures=100, now=datetime.now(UTC))
        runtime = build_runtime(load_settings(site.environment))
        try:
            yield from _drill(site, runtime)
        finally:
            runtime.close()


def _drill(site: Stocked, runtime: Runtime) -> Iterator[Figure]:
    with serving(site.environment) as server, _worker(site.environment):
        request = _request(server.port, site.path, visit(server.port, (site.path,)))
        result = run(server.port, repeat(request, POSTS), connections=CONNECTIONS, seconds=120)
        within(60, lambda: _unsettled(runtime) == 0)
    before = make.signature_count(runtime)
    yield "one_address.answers_other_than_303", result.errors(303), "answers", 0
    yield "one_address.answers_missing", POSTS - len(result.latencies), "answers", 0
    yield "one_address.slowest_answer", result.percentile(1.0), "ms", 8_000
    yield "one_address.forms_lost", POSTS - _number(runtime, SigningForm), "forms", 0
    yield "one_address.forms_not_settled", _unsettled(runtime), "forms", 0
    yield "one_address.emails_in_the_first_minutes", len(make.emails(runtime)), "emails", 1
    now = datetime.now(UTC)
    for hour in range(1, 25):
        make.settle(runtime, now=now + timedelta(hours=hour))
    emails = make.emails(runtime)
    yield "one_address.emails_in_a_day", len(emails), "emails", 3
    for email in emails:
        for part in email.text.split("/confirm/")[1:]:
            make.confirm(runtime, part.split()[0], now=now)
    yield "one_address.counted_besides_one", abs(make.signature_count(runtime) - before - 1), "signatures", 0


def _request(port: int, path: str, token: str) -> bytes:
    body = urlencode({"csrf_token": token, "name": "Rana Idris", "email": ADDRESS})
    return (
        f"POST {path}/sign HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _number(runtime: Runtime, table: type[SigningForm | Signature]) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _unsettled(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        received = select(func.count()).where(SigningForm.state == "received")
        return session.scalar(received) or 0


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "campaign", "worker"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
