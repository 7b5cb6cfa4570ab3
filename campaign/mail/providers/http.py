"""An HTTP client for one host: pooled connections, and one deadline for a whole call.

Every failure says whether the request can have arrived. No library does both: the limits of most are for each
read, and libcurl sends a request again by itself (docs/decisions/2026-11-28-libraries.md).
"""

import io
import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from campaign.mail.providers.deadline_sockets import Deadline, TimedReader, connect

WHOLE_CALL_SECONDS = 30.0
# A load balancer forgets idle connections without a word; one used this recently is most likely alive.
IDLE_SECONDS = 15.0
MAX_BODY = 64 * 1024
MAX_LINE = 16 * 1024
MAX_HEADERS = 100
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: .*)?")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")


class RequestNotSentError(Exception):
    """The request did not leave whole: no complete request can have arrived."""


class AnswerLostError(Exception):
    """The request left, and no complete answer came back; `begun` is the status and headers that did."""

    def __init__(self, reason: str, begun: "Answer | None" = None) -> None:
        super().__init__(reason)
        self.begun = begun


_AnswerReader: TypeAlias = "io.BufferedReader[TimedReader]"


@dataclass(frozen=True)
class Answer:
    """A complete answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpPool:
    """Asks one host over as many kept connections as there are calls at a time."""

    def __init__(self, url: str, *, headers: dict[str, str], seconds: float = WHOLE_CALL_SECONDS) -> None:
        """`url` is scheme, host and port; over https the certificate and the name are verified."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._host_header = parts.netloc.rpartition("@")[2]
        self._seconds = seconds
        self._idle: deque[_HttpConnection] = deque()

    def post(self, path: str, body: bytes, *, seconds: float | None = None) -> Answer:
        """Post once, within `seconds` where they are fewer; raises RequestNotSentError or AnswerLostError."""
        deadline = Deadline(min(self._seconds, seconds or self._seconds))
        return self._call(f"POST {path}", f"Content-Length: {len(body)}\r\n", body, deadline)

    def get(self, path: str) -> Answer:
        """Get once; raises RequestNotSentError or AnswerLostError."""
        return self._call(f"GET {path}", "", b"", Deadline(self._seconds))

    def _call(self, request_line: str, more_head: str, body: bytes, deadline: Deadline) -> Answer:
        head = f"{request_line} HTTP/1.1\r\nHost: {self._host_header}\r\n{self._head}{more_head}\r\n"
        request = head.encode("latin-1") + body
        connection = self._idle_connection() or self._new_connection(deadline)
        try:
            try:
                connection.send(request, deadline)
            except RequestNotSentError:
                if not connection.is_used:
                    raise
                connection.close()
                connection = self._new_connection(deadline)
                connection.send(request, deadline)
            answer, can_be_kept = connection.receive(deadline)
        except BaseException:
            connection.close()
            raise
        if can_be_kept:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Close the connections that no call is using."""
        while self._idle:
            self._idle.pop().close()

    def _idle_connection(self) -> "_HttpConnection | None":
        while True:
            try:
                # The one used last: the others may then grow old enough to be dropped.
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_reusable():
                return connection
            connection.close()

    def _new_connection(self, deadline: Deadline) -> "_HttpConnection":
        try:
            return _HttpConnection(connect(self._host, self._port, deadline=deadline, tls=self._tls))
        except (OSError, UnicodeError) as error:
            raise RequestNotSentError(f"no connection: {_system_reason(error)}") from error


class _HttpConnection:
    """One connection that may be kept for another call."""

    def __init__(self, connection: socket.socket) -> None:
        self.is_used = False
        self._socket = connection
        self._raw = TimedReader(connection)
        self._reader = io.BufferedReader(self._raw)
        self._used_at = time.monotonic()

    def is_reusable(self) -> bool:
        """Used a moment ago, still open, and nothing left over from the last answer."""
        return time.monotonic() - self._used_at < IDLE_SECONDS and self._raw.is_quiet(self._reader)

    def send(self, request: bytes, deadline: Deadline) -> None:
        try:
            self._socket.settimeout(deadline.remaining())
            self._socket.sendall(request)
        except OSError as error:
            raise RequestNotSentError(f"the request did not leave whole: {_system_reason(error)}") from error

    def receive(self, deadline: Deadline) -> tuple[Answer, bool]:
        """The answer, and whether the connection can stay."""
        self._raw.deadline = deadline
        try:
            answer, can_be_kept = _read_answer(self._reader)
        except OSError as error:
            raise AnswerLostError(f"no whole answer: {_system_reason(error)}") from error
        self.is_used = True
        self._used_at = time.monotonic()
        return answer, can_be_kept

    def close(self) -> None:
        self._socket.close()


def _read_answer(reader: _AnswerReader) -> tuple[Answer, bool]:
    """Read one answer by RFC 9112, strictly: what is not plainly one is no answer."""
    version, status, headers = _head(reader)
    while status < 200:  # an announcement of the answer proper
        version, status, headers = _head(reader)
    can_be_kept = version == b"1" and "close" not in headers.get("connection", "").lower()
    with _begun(Answer(status, headers, b"")):
        body, is_ended = _body(reader, status, headers)
    return Answer(status, headers, body), can_be_kept and is_ended


def _head(reader: _AnswerReader) -> tuple[bytes, int, dict[str, str]]:
    """The minor version, the status and the headers."""
    version, status = _status_line(reader)
    with _begun(Answer(status, {}, b"")):
        return version, status, _headers(reader)


@contextmanager
def _begun(answer: Answer) -> Iterator[None]:
    """Say of an answer that breaks off in this block how it began."""
    try:
        yield
    except OSError as error:
        raise AnswerLostError(f"no whole answer: {_system_reason(error)}", answer) from error
    except AnswerLostError as error:
        error.begun = answer
        raise


def _body(reader: _AnswerReader, status: int, headers: Mapping[str, str]) -> tuple[bytes, bool]:
    """The body, and whether its end was announced."""
    if "transfer-encoding" in headers:
        return _chunks(reader, headers["transfer-encoding"]), True
    if "content-length" in headers:
        return _read_exactly(reader, _length(headers["content-length"], 10)), True
    if status in (204, 304):
        return b"", True
    return reader.read(MAX_BODY), False


def _status_line(reader: _AnswerReader) -> tuple[bytes, int]:
    """The minor version and the status."""
    match = _STATUS.fullmatch(_line(reader))
    if match is None:
        raise AnswerLostError("what came back is not HTTP")
    return match[1], int(match[2])


def _headers(reader: _AnswerReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        line = _line(reader)
        if not line:
            return headers
        match = _HEADER.fullmatch(line.decode("latin-1"))
        if match is None:
            raise AnswerLostError("the answer has a broken header")
        name, value = match[1].lower(), match[2].rstrip()
        if name == "content-length" and headers.get(name, value) != value:
            raise AnswerLostError("the answer has two lengths")
        headers.setdefault(name, value)
    raise AnswerLostError("the answer has too many headers")


def _chunks(reader: _AnswerReader, coding: str) -> bytes:
    if coding.lower() != "chunked":
        raise AnswerLostError("the answer is in an unknown transfer coding")
    body = b""
    while size := _length(_line(reader).partition(b";")[0].strip().decode("latin-1"), 16):
        body += _read_exactly(reader, size)
        if _line(reader) or len(body) > MAX_BODY:
            raise AnswerLostError("the answer has a broken chunk")
    _headers(reader)  # the trailer
    return body


def _length(text: str, base: int) -> int:
    """A length in decimal or hexadecimal digits, and nothing else."""
    if not re.fullmatch("[0-9]{1,8}" if base == 10 else "[0-9a-fA-F]{1,8}", text):
        raise AnswerLostError("the answer has a broken length")
    return int(text, base)


def _read_exactly(reader: _AnswerReader, length: int) -> bytes:
    if length > MAX_BODY:
        raise AnswerLostError("the answer is too long to be one")
    body = reader.read(length)
    if len(body) < length:
        raise AnswerLostError("the answer breaks off in its body")
    return body


def _line(reader: _AnswerReader) -> bytes:
    line = reader.readline(MAX_LINE)
    if not line.endswith(b"\n"):
        raise AnswerLostError("the answer breaks off" if line else "hung up without an answer")
    return line.rstrip(b"\r\n")


def _system_reason(error: Exception) -> str:
    """A failure in a few words of the system's; an answer's own are not repeated."""
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or type(error).__name__
