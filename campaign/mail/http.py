"""An HTTP client for one host: pooled connections, one deadline for a whole call, and honest about failure.

It parses answers with the standard library's `http.client`, and adds what that lacks: a deadline that a
dripping answer cannot stretch, and a look at a pooled connection before it is trusted with a request.
"""

import io
import socket
import ssl
import time
from collections import deque
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from campaign.mail.sockets import Deadline, TimedReader, connect

WHOLE_CALL_SECONDS = 30.0
# A load balancer forgets idle connections without a word; one used this recently is most likely alive.
IDLE_SECONDS = 15.0
LONGEST_BODY = 64 * 1024


class NothingLeftError(Exception):
    """The request did not leave whole: no complete request can have arrived."""


class AnswerLostError(Exception):
    """The request left, and no complete answer came back."""


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    headers: Message
    body: bytes


class HttpPool:
    """Posts to one host over as many kept connections as there are calls at a time."""

    def __init__(self, url: str, *, headers: dict[str, str], seconds: float = WHOLE_CALL_SECONDS) -> None:
        """`url` is scheme, host and port; over https the certificate and the name are verified."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._host_header = parts.netloc.rpartition("@")[2]
        self._seconds = seconds
        self._idle: deque[_Connection] = deque()

    def post(self, path: str, body: bytes) -> Answer:
        """Post once; raises NothingLeftError or AnswerLostError."""
        request = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host_header}\r\n{self._head}"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode("latin-1") + body
        deadline = Deadline(self._seconds)
        connection = self._taken_up() or self._opened(deadline)
        try:
            try:
                connection.send(request, deadline)
            except NothingLeftError:
                if not connection.is_used:
                    raise
                connection.close()
                connection = self._opened(deadline)
                connection.send(request, deadline)
            answer, can_stay = connection.receive(deadline)
        except BaseException:
            connection.close()
            raise
        if can_stay:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Close the connections that no call is using."""
        while self._idle:
            self._idle.pop().close()

    def _taken_up(self) -> "_Connection | None":
        while True:
            try:
                # The one used last: the others may then grow old enough to be dropped.
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_trustworthy():
                return connection
            connection.close()

    def _opened(self, deadline: Deadline) -> "_Connection":
        try:
            return _Connection(connect(self._host, self._port, deadline=deadline, tls=self._tls))
        except (OSError, UnicodeError) as error:
            raise NothingLeftError(f"no connection: {_what(error)}") from error


class _Connection:
    """One kept connection; `http.client` takes it for a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.is_used = False
        self._socket = connection
        self._raw = TimedReader(connection)
        self._reader = _KeptReader(self._raw)
        self._used_at = time.monotonic()

    def makefile(self, _mode: str) -> io.BufferedReader:
        return self._reader

    def is_trustworthy(self) -> bool:
        """Used a moment ago, still open, and nothing left over from the last answer."""
        return time.monotonic() - self._used_at < IDLE_SECONDS and self._raw.is_quiet(self._reader)

    def send(self, request: bytes, deadline: Deadline) -> None:
        try:
            self._socket.settimeout(deadline.remaining())
            self._socket.sendall(request)
        except OSError as error:
            raise NothingLeftError(f"the request did not leave whole: {_what(error)}") from error

    def receive(self, deadline: Deadline) -> tuple[Answer, bool]:
        self._raw.deadline = deadline
        stand_in: Any = self
        response = HTTPResponse(stand_in, method="POST")
        try:
            response.begin()
            if response.length is not None and response.length <= LONGEST_BODY:
                body = response.read()
            else:
                body = response.read(LONGEST_BODY + 1)
            if len(body) > LONGEST_BODY:
                raise AnswerLostError("the answer is too long to be one")
            is_whole = response.isclosed()
        except (HTTPException, OSError, ValueError) as error:
            raise AnswerLostError(f"no whole answer: {_what(error)}") from error
        finally:
            response.close()
        self.is_used = True
        self._used_at = time.monotonic()
        answer = Answer(response.status, response.headers, body)
        return answer, is_whole and not response.will_close

    def close(self) -> None:
        self._socket.close()


class _KeptReader(io.BufferedReader):
    """A buffer that outlives the answers read from it: what is left over in it must not get lost."""

    def close(self) -> None:
        pass


def _what(error: Exception) -> str:
    """A failure in a few words of our own or the system's; an answer's words are not repeated."""
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return type(error).__name__
