"""The campaign's page beside a trivial view on the same server, and what it costs with many signatures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import Result, run
from tests.bench.serving import campaign_server, trivial_server
from tests.bench.stocked import stock

CONNECTIONS = 32
SECONDS = 5.0


def figures() -> Iterator[tuple[str, float, str]]:
    """Pages per second of each, alternating: a word, the page, its shared link, the page of a million."""
    with TemporaryDirectory() as folder:
        few = stock(Path(folder) / "few", signatures=1_000, now=datetime.now(UTC))
        many = stock(Path(folder) / "many", signatures=1_000_000, now=datetime.now(UTC))
        with (
            trivial_server() as trivial,
            campaign_server(few.environment) as one,
            campaign_server(many.environment) as million,
        ):
            _get(one, few.path)
            _get(million, many.path)
            runs = [
                (
                    _get(trivial, "/"),
                    _get(one, few.path),
                    _get(one, f"{few.path}?source=mail"),
                    _get(million, many.path),
                )
                for _ in range(2)
            ]
            # From the middle of the alphabet, so that both have a whole page of names.
            walls = [_get(port, f"{few.path}/signatures?at=latin-k") for port in (one, million)]
    wall, large_wall = walls
    word, small, tagged, large = (
        max(column, key=lambda result: result.per_second) for column in zip(*runs, strict=True)
    )
    yield "page.trivial_view", word.per_second, "1/s"
    yield "page.letter_page", small.per_second, "1/s"
    yield "page.share_of_trivial_view", 100 * small.per_second / word.per_second, "%"
    yield "page.shared_link_against_page", tagged.per_second / small.per_second, "ratio"
    yield "page.letter_page_p99", small.percentile(0.99), "ms"
    yield "page.errors", sum(result.errors(200) for row in runs for result in row), "answers"
    yield "page.wall_of_names", wall.per_second, "1/s"
    yield "page.wall_cost_at_1M_against_1k", wall.per_second / large_wall.per_second, "ratio"
    yield "page.cost_at_1M_against_1k", small.per_second / large.per_second, "ratio"


def _get(port: int, path: str) -> Result:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: en\r\n\r\n".encode()
    return run(port, repeat(request), connections=CONNECTIONS, seconds=SECONDS)
