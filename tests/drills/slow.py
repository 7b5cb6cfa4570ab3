"""Senders that withhold a body or let it drip, and visitors who take no answer: all others are answered."""

import selectors
import socket
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.stocked import stock
from tests.drills.servers import Figure, serving

EACH = 64
SECONDS = 60
DRIP_SECONDS = 10
TAKERS = 24
# More than the kernel keeps for a connection: what fits there is written, and then ends as any that rests.
ANSWERS = 100
HEAD = "POST {path}/preview HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n{type}\r\n"
TYPE = "Content-Type: application/x-www-form-urlencoded\r\n"


def figures() -> Iterator[Figure]:
    """How long others waited, and how long the slow ones could stay."""
    with TemporaryDirectory() as folder:
        site = stock(Path(folder) / "site", signatures=100, now=datetime.now(UTC))
        with serving(site.environment) as server:
            started = time.monotonic()
            slow, takers = _SlowSenders(server.port, site.path), _NoTakers(server.port, site.path)
            waits: list[float] = []
            failures = 0
            while time.monotonic() - started < SECONDS:
                for path in ("/healthz", site.path, f"{site.path}/signatures", None):
                    before = time.monotonic()
                    try:
                        _ask(server.port, path) if path else _post(server.port, site.path)
                    except OSError:
                        failures += 1
                    waits.append(time.monotonic() - before)
                slow.look()
                takers.look()
                time.sleep(0.1)
            yield "slow.requests_beside_them", len(waits), "requests", 1e9
            yield "slow.requests_not_answered", failures, "requests", 0
            yield "slow.longest_wait_beside_them", max(waits), "s", 1.0
            yield "slow.senders_still_there", len(slow.open), "connections", 0
            yield "slow.longest_stay", max(slow.stays, default=SECONDS), "s", 20.5
            yield "slow.no_takers_still_there", takers.number, "connections", 0
            yield "slow.longest_stay_of_no_takers", takers.longest_stay, "s", 30.0


class _SlowSenders:
    """Half of them send nothing after the head, the other half a byte now and then."""

    def __init__(self, port: int, path: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._began = self._dripped_at = time.monotonic()
        self.open: set[socket.socket] = set()
        self._dripping: set[socket.socket] = set()
        self.stays: list[float] = []
        for number in range(2 * EACH):
            sender = socket.create_connection(("127.0.0.1", port))
            sender.sendall(HEAD.format(path=path, port=port, length=500, type=TYPE).encode())
            self._selector.register(sender, selectors.EVENT_READ)
            self.open.add(sender)
            if number % 2:
                self._dripping.add(sender)

    def look(self) -> None:
        """Note which have been ended, and let a byte drip when it is time."""
        for key, _ in self._selector.select(timeout=0):
            sender = key.fileobj
            assert isinstance(sender, socket.socket)
            try:
                ended = not sender.recv(4096)
            except OSError:
                ended = True
            if ended:
                self._end(sender)
        if time.monotonic() - self._dripped_at >= DRIP_SECONDS:
            self._dripped_at = time.monotonic()
            for sender in list(self._dripping & self.open):
                try:
                    sender.sendall(b"a")
                except OSError:
                    self._end(sender)

    def _end(self, sender: socket.socket) -> None:
        self.stays.append(time.monotonic() - self._began)
        self._selector.unregister(sender)
        self.open.discard(sender)
        sender.close()


class _NoTakers:
    """They ask for more than fits on the way to them, and take nothing of it."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._began = time.monotonic()
        self._visitors = []
        self._open: set[int] = set()
        self.longest_stay = 0.0
        for _ in range(TAKERS):
            visitor = socket.socket()
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            visitor.connect(("127.0.0.1", port))
            visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() * ANSWERS)
            self._visitors.append(visitor)
            self._open.add(visitor.getsockname()[1])

    @property
    def number(self) -> int:
        """How many the server has not ended."""
        return len(self._open)

    def look(self) -> None:
        """Note which have been ended: the server's side is gone, of which its visitor is not told."""
        there = self._open & _established(self._port)
        if there != self._open:
            self.longest_stay = time.monotonic() - self._began
        self._open = there


def _established(port: int) -> set[int]:
    """The ports of all who are connected to a port of this machine (proc(5), /proc/net/tcp)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2][9:], 16) for row in rows if int(row[1][9:], 16) == port and row[3] == "01"}


def _ask(port: int, path: str) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).read()


def _post(port: int, path: str) -> None:
    """A form that is refused with the page and its errors: it needs a thread as any other."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sender:
        sender.sendall((HEAD.format(path=path, port=port, length=6, type=TYPE) + "name=A").encode())
        if b"HTTP/1.1 4" not in sender.recv(4096):
            raise OSError("no answer")
