"""A stand-in for SendGrid on loopback: it keeps every id it took over, and fails in every way it is told to.

`with StandIn() as provider:` serves from a thread; `python -m tests.stand_in [LATENCY]` serves from a process
of its own, prints its port, and ends when its standard input does.
"""

import asyncio
import json
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What it does with a request; those of `TAKEN` take the email over, whatever the client hears."""

    ACCEPT = "accept"
    DROP = "accept, then hang up without a word"
    HALF = "accept, then answer by half"
    DRIP = "accept, then answer a byte at a time"
    RESET = "reset the connection when the request is in"
    GARBAGE = "200 with a web page"
    NO_ID = "202 without an id"
    WRONG_LENGTH = "accept, with more body than announced"
    TOO_LONG = "accept, with less body than announced"
    THROTTLE = "429"
    UNAUTHORIZED = "401"
    REFUSE = "400"
    ERROR = "500"
    UNAVAILABLE = "503"


TAKEN = frozenset({Act.ACCEPT, Act.DROP, Act.HALF, Act.DRIP, Act.WRONG_LENGTH, Act.TOO_LONG})
THROTTLED_SECONDS = 1
_ID = re.compile(rb'"campaign_email_id":\s*"([^"]*)"')
_LENGTH = re.compile(rb"(?i)content-length:\s*(\d+)")
_REFUSAL = {
    "errors": [{"message": "Does not contain a valid address: no-one@nowhere.example", "field": "to"}]
}


@dataclass(frozen=True)
class Request:
    """One request as it came in: `at` is monotonic time, `act` what was done with it."""

    email_id: str
    at: float
    act: Act
    head: bytes
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def accept_all(email_id: str, attempt: int) -> Act:
    return Act.ACCEPT


class StandIn:
    """The stand-in; `choose(email_id, attempt)` decides what is done with each request.

    `log(path)` answers who asks with GET, and `asked` are the paths.
    """

    def __init__(
        self,
        choose: Callable[[str, int], Act] = accept_all,
        *,
        latency: float = 0.0,
        keeps_requests: bool = True,
    ) -> None:
        self.choose = choose
        self.latency = latency
        self.keeps_requests = keeps_requests
        self.requests: list[Request] = []
        self.accepted: list[str] = []
        self.attempts: Counter[str] = Counter()
        self.connections = 0
        self.is_mute = False
        self.unanswered: list[tuple[_Protocol, Act, str]] = []
        self.protocols: set[_Protocol] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._is_serving = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

        self.asked: list[str] = []
        self.log: Callable[[str], tuple[int, Any]] = lambda path: (404, {})

    def __enter__(self) -> "StandIn":
        self._thread.start()
        self._is_serving.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def speak(self) -> None:
        """Answer what has been `unanswered` since `is_mute` was set, and everything from now on."""
        self.is_mute = False
        self._loop.call_soon_threadsafe(self._answer_all)

    def hang_up(self) -> None:
        """Close every open connection, as a load balancer does with idle ones."""
        self._loop.call_soon_threadsafe(lambda: [each.transport.close() for each in list(self.protocols)])

    def _answer_all(self) -> None:
        held, self.unanswered = self.unanswered, []
        for protocol, act, email_id in held:
            protocol.answer(act, email_id)

    def _serve(self) -> None:
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: _Protocol(self, self._loop), sock=self._listener)
        )
        self._loop.call_soon(self._is_serving.set)
        self._loop.run_forever()
        server.close()
        for each in list(self.protocols):
            each.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class _Protocol(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, owner: StandIn, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._loop = loop
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._owner.connections += 1
        self._owner.protocols.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.protocols.discard(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._received = rest[length:]
            self._take(head, rest[:length])

    def _take(self, head: bytes, body: bytes) -> None:
        owner = self._owner
        if head.startswith(b"GET "):
            owner.asked.append(head.split(b" ")[1].decode())
            status, told = owner.log(owner.asked[-1])
            self.transport.write(
                _written(status, json.dumps(told).encode(), "Content-Type: application/json")
            )
            return
        ids = [found.decode() for found in _ID.findall(body)] or [""]
        email_id = ids[0]
        owner.attempts.update(ids)
        # Emails in one request share its fate: that of the first which is not simply accepted.
        acts = [owner.choose(each, owner.attempts[each]) for each in ids]
        act = next((each for each in acts if each is not Act.ACCEPT), Act.ACCEPT)
        if act in TAKEN:
            owner.accepted.extend(ids)
        if owner.keeps_requests:
            owner.requests.append(Request(email_id, time.monotonic(), act, head, body))
        if owner.latency:
            self._loop.call_later(owner.latency, self.answer, act, email_id)
        else:
            self.answer(act, email_id)

    def answer(self, act: Act, email_id: str) -> None:
        if self._owner.is_mute:
            self._owner.unanswered.append((self, act, email_id))
            return
        if self.transport.is_closing():
            return
        accepted = _written(202, b"", f"X-Message-Id: taken-{email_id}")
        match act:
            case Act.ACCEPT:
                self.transport.write(accepted)
            case Act.DROP:
                self.transport.close()
            case Act.HALF:
                self.transport.write(accepted[: len(accepted) // 2])
                self.transport.close()
            case Act.DRIP:
                self._drip(_written(202, b"", f"X-Message-Id: taken-{email_id}", f"X-Drops: {600 * '.'}"))
            case Act.RESET:
                connection = self.transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.transport.abort()
            case Act.GARBAGE:
                self.transport.write(_written(200, b"<html>Welcome!</html>", "Content-Type: text/html"))
            case Act.NO_ID:
                self.transport.write(_written(202, b""))
            case Act.WRONG_LENGTH:
                # What is left over looks like the next answer, which it must not become.
                self.transport.write(accepted + accepted)
            case Act.TOO_LONG:
                self.transport.write(_written(202, b"", f"X-Message-Id: taken-{email_id}", announced=10))
                self.transport.close()
            case Act.THROTTLE:
                self.transport.write(_written(429, b"{}", f"Retry-After: {THROTTLED_SECONDS}"))
            case Act.UNAUTHORIZED:
                self.transport.write(_written(401, b'{"errors":[{"message":"The key is not valid"}]}'))
            case Act.REFUSE:
                self.transport.write(_written(400, json.dumps(_REFUSAL).encode()))
            case Act.ERROR:
                self.transport.write(_written(500, b"{}"))
            case Act.UNAVAILABLE:
                self.transport.write(_written(503, b"{}"))

    def _drip(self, rest: bytes) -> None:
        if rest and not self.transport.is_closing():
            self.transport.write(rest[:1])
            self._loop.call_later(0.1, self._drip, rest[1:])


def _written(status: int, body: bytes, *headers: str, announced: int | None = None) -> bytes:
    length = len(body) if announced is None else announced
    lines = [f"HTTP/1.1 {status} Said so", f"Content-Length: {length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


if __name__ == "__main__":
    with StandIn(latency=float(sys.argv[1]) if sys.argv[1:] else 0.0, keeps_requests=False) as standing_in:
        print(standing_in.port, flush=True)
        sys.stdin.read()
