"""Sockets with one deadline for a whole conversation: time-outs of single reads do not end a slow one."""

import io
import socket
import ssl
import time
from typing import Any


class Deadline:
    """A moment after which nothing more is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """The seconds that are left; TimeoutError when none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        return left


def connect(host: str, port: int, *, deadline: Deadline, tls: ssl.SSLContext | None) -> socket.socket:
    """A connected socket, over TLS when there is a context; OSError when no address answers in time.

    Only the system's resolver cannot be interrupted; when it took too long, no connection is tried.
    """
    error: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.remaining())
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(deadline.remaining())
            return tls.wrap_socket(connection, server_hostname=host) if tls else connection
        except OSError as failure:
            connection.close()
            error = failure
        except BaseException:
            connection.close()
            raise
    raise error or OSError("the host has no address")


class TimedReader(io.RawIOBase):
    """Reads from a socket until a deadline, which each conversation sets anew."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._has_ended = False
        self._is_looking = False
        self.deadline: Deadline | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._is_looking:
            return self._look(buffer)
        if self.deadline is not None:
            self._connection.settimeout(self.deadline.remaining())
        return self._connection.recv_into(buffer)

    def is_quiet(self, reader: "io.BufferedReader[Any]") -> bool:
        """Whether the other side has neither said anything unasked nor hung up; `reader` reads from here."""
        self._is_looking = True
        self._has_ended = False
        try:
            return not reader.peek(1) and not self._has_ended
        except OSError:
            return False
        finally:
            self._is_looking = False

    def _look(self, buffer: Any) -> int | None:
        self._connection.settimeout(0)
        try:
            number = self._connection.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self._has_ended = number == 0
        return number
