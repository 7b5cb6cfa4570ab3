"""A site that rests between visits: its processes outlast the idle time of the server's threads."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import run
from tests.bench.stocked import stock
from tests.cli.processes import family
from tests.drills.servers import Figure, serving

RESTS = 3
# The server ends a thread that had nothing to do for 30 seconds.
REST_SECONDS = 35
VISITS = 40


def figures() -> Iterator[Figure]:
    """How many processes were replaced, and how many visits got no page."""
    with TemporaryDirectory() as folder:
        site = stock(Path(folder) / "site", signatures=100, now=datetime.now(UTC))
        with serving(site.environment) as server:
            request = f"GET {site.path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
            lost = _visit(server.port, request)
            first = set(family(server.pid))
            for _ in range(RESTS):
                time.sleep(REST_SECONDS)
                lost += _visit(server.port, request)
            yield "rest.processes_replaced", len(first - set(family(server.pid))), "processes", 0
            yield "rest.visits_lost", lost, "visits", 0


def _visit(port: int, request: bytes) -> int:
    result = run(port, iter([request] * VISITS), connections=8, seconds=10)
    return result.errors(200) + VISITS - len(result.latencies)
