"""Answers as they come over the wire: only a whole and plain one counts."""

import socket
import threading

import pytest

from campaign.mail.providers.http import Answer, AnswerLostError, HttpPool, RequestNotSentError


def ask(*answers: bytes) -> list[Answer | str]:
    """Posts once for each answer, which a server gives word for word before it hangs up."""
    given: list[Answer | str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, answers), daemon=True)
        thread.start()
        pool = HttpPool(f"http://127.0.0.1:{listener.getsockname()[1]}", headers={}, seconds=2.0)
        for _ in answers:
            try:
                given.append(pool.post("/", b"body"))
            except AnswerLostError as error:
                given.append(str(error))
        pool.close()
        thread.join()
    return given


def serve(listener: socket.socket, answers: tuple[bytes, ...]) -> None:
    for answer in answers:
        connection, _ = listener.accept()
        with connection:
            received = b""
            while not received.endswith(b"\r\n\r\nbody"):
                received += connection.recv(4096)
            connection.sendall(answer)


@pytest.mark.parametrize(
    ("wire", "answer"),
    [
        (b"HTTP/1.1 202 Accepted\r\nX-Id: 1\r\nContent-Length: 2\r\n\r\nok", Answer(202, {}, b"ok")),
        (b"HTTP/1.1 202\r\ncontent-length:0\r\n\r\n", Answer(202, {}, b"")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, {}, b"")),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", Answer(200, {}, b"until the end")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n", Answer(202, {}, b"")),
        (
            b"HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            Answer(400, {}, b"abc0123456789"),
        ),
    ],
)
def test_whole_answers_are_understood(wire: bytes, answer: Answer) -> None:
    (given,) = ask(wire)

    assert isinstance(given, Answer)
    assert (given.status, given.body) == (answer.status, answer.body)


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\r\n\r\n",
        b"<html>",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 202 OK\r\n\r\n",
        b"HTTP/1.1 2O2 OK\r\n\r\n",
        b"HTTP/1.1 202",
        b"HTTP/1.1 202 OK\r\n",
        b"HTTP/1.1 202 OK\r\nX-Message-Id: 1\r\n",
        b"HTTP/1.1 202 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nContent-Length: 10\r\n\r\nfive.",
        b"HTTP/1.1 202 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nContent-Length: 0x0\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 202 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 202 OK\r\nX: " + b"y" * 20000 + b"\r\n\r\n",
    ],
)
def test_anything_else_is_a_lost_answer(wire: bytes) -> None:
    (given,) = ask(wire)

    assert isinstance(given, str)


def test_headers_are_found_in_any_case() -> None:
    (given,) = ask(b"HTTP/1.1 202 OK\r\nx-MESSAGE-id:\t abc \r\nContent-Length: 0\r\n\r\n")

    assert isinstance(given, Answer)
    assert given.headers["x-message-id"] == "abc"


def test_a_connection_that_is_announced_to_close_is_not_used_again() -> None:
    closing = b"HTTP/1.1 202 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n"

    assert [type(given) for given in ask(closing, closing)] == [Answer, Answer]


def test_a_port_where_nobody_listens_takes_nothing() -> None:
    with pytest.raises(RequestNotSentError):
        HttpPool("http://127.0.0.1:1", headers={}).post("/", b"body")


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (b"HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 10\r\n\r\nslo", 429),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 99999999\r\n\r\n", 429),
        (b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 401),
        (b"HTTP/1.1 429 Slow\r\nno header\r\n\r\n", 429),
        (b"HTTP/1.1 429 Slow\r\n", 429),
        (b"HTTP/1.1 42", None),
    ],
)
def test_a_lost_answer_tells_how_it_began(wire: bytes, status: int | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, (wire,)), daemon=True)
        thread.start()
        pool = HttpPool(f"http://127.0.0.1:{listener.getsockname()[1]}", headers={}, seconds=2.0)
        with pytest.raises(AnswerLostError) as lost:
            pool.post("/", b"body")
        pool.close()
        thread.join()

    assert (lost.value.begun.status if lost.value.begun else None) == status
