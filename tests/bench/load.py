"""A closed-loop HTTP client on few cycles, so that what is measured is the server."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Result:
    """What one run saw: seconds, the latency of each answer in seconds, and answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """A latency in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    def errors(self, *good: int) -> int:
        return sum(count for status, count in self.statuses.items() if status not in good)


def run(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Result:
    """Keep `connections` requests on their way until time or requests run out; loopback only."""
    result = Result()
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    open_calls = 0
    for _ in range(connections):
        request = next(requests, None)
        if request is None:
            break
        call = _Call(port)
        call.send(request)
        selector.register(call.socket, selectors.EVENT_READ, call)
        open_calls += 1
    while open_calls and time.perf_counter() - started < seconds + 30:
        for key, _ in selector.select(timeout=1):
            call = key.data
            status = call.receive()
            if status is None:
                continue
            now = time.perf_counter()
            result.latencies.append(now - call.sent_at)
            result.statuses[status] = result.statuses.get(status, 0) + 1
            request = next(requests, None) if now - started < seconds else None
            if request is None:
                selector.unregister(call.socket)
                call.socket.close()
                open_calls -= 1
            else:
                call.send(request)
    result.seconds = time.perf_counter() - started
    return result


class _Call:
    """One kept-alive connection with at most one request on it; opens again where the server closed it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._buffer = b""
        self._needed = -1

    def send(self, request: bytes) -> None:
        self._buffer, self._needed = b"", -1
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status of a whole answer, None while it is still coming; 0 when the connection broke."""
        data = self.socket.recv(262_144)
        if not data:
            return 0
        self._buffer += data
        if self._needed < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._needed = end + 4 + _content_length(self._buffer[:end])
        return int(self._buffer[9:12]) if len(self._buffer) >= self._needed else None


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
