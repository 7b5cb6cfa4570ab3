"""Whether answers tell who has signed: addresses ranked by the time that answers about them take."""

import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from tests import make
from tests.bench.serving import campaign_server
from tests.bench.stocked import Stocked, stock
from tests.drills.locked import visit

ADDRESSES = 48
REQUESTS = 100


def figures() -> Iterator[tuple[str, float, str]]:
    """How well the time of an answer ranks known addresses above others, by 100 requests for each.

    Forms for those who have signed, and wrong codes for those who have a form that waits for its button.
    """
    with TemporaryDirectory() as folder:
        site = stock(Path(folder), signatures=1_000, now=datetime.now(UTC))
        addresses = [f"person{number}@mail.example" for number in range(2 * ADDRESSES)]
        # In no order that the server could have brought about.
        random.Random(10).shuffle(addresses)
        quarter = ADDRESSES // 2
        signers, senders = addresses[:quarter], addresses[quarter : 2 * quarter]
        _sign(site, signers, senders)
        with campaign_server(site.environment, workers=1) as port:
            token = visit(port, (site.path,))
            forms = _Target(port, f"{site.path}/sign", lambda email: _form(token, email))
            yield from _ranked("timing.form", forms, signers, addresses[2 * quarter : 3 * quarter])
            codes = _Target(
                port, f"{site.path}/confirm-code", lambda email: {"email": email, "code": "000000"}
            )
            yield from _ranked("timing.code", codes, senders, addresses[3 * quarter :])


@dataclass(frozen=True)
class _Target:
    port: int
    path: str
    fields: Callable[[str], dict[str, str]]

    def request(self, address: str) -> bytes:
        body = urlencode(self.fields(address))
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Origin: http://127.0.0.1:{self.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def _wrong_code(address: str) -> dict[str, str]:
    return {"email": address, "code": "000000"}


def _form(token: str, address: str) -> dict[str, str]:
    return {"csrf_token": token, "name": "Rana Idris", "email": address}


def _ranked(
    name: str, target: _Target, known: Sequence[str], others: Sequence[str]
) -> Iterator[tuple[str, float, str]]:
    times, answers = _measure(target, [*known, *others])
    for summary in (mean, median, min):
        known_times, other_times = ([summary(times[address]) for address in of] for of in (known, others))
        yield f"{name}_auc_by_{summary.__name__}", auc(known_times, other_times), "of 1"
    yield f"{name}_different_answers", len(answers), "answers"


def auc(known: Sequence[float], others: Sequence[float]) -> float:
    """How often a known address takes longer than another, of all pairs; 0.3 to 0.7 tells nothing.

    With 24 on either side chance alone stays within these, but for once in fifty times.
    """
    pairs = [(one > other) + (one == other) / 2 for one in known for other in others]
    return sum(pairs) / len(pairs)


def _sign(site: Stocked, signers: Sequence[str], senders: Sequence[str]) -> None:
    """Let some sign the letter, as people do, by form, email and button; and others send in the form."""
    runtime: Runtime = build_runtime(load_settings(site.environment))
    now = datetime.now(UTC)
    page = make.page(runtime)
    for address in signers:
        make.sign_and_confirm(runtime, page, now=now, email=address)
    for address in senders:
        make.sign(runtime, page, now=now, email=address)
    runtime.close()


def _measure(target: _Target, addresses: Sequence[str]) -> tuple[dict[str, list[float]], set[bytes]]:
    times: dict[str, list[float]] = {address: [] for address in addresses}
    answers: set[bytes] = set()
    chance = random.Random(48)
    with socket.create_connection(("127.0.0.1", target.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(REQUESTS):
            # Each round has every address once, so that a slow moment is nobody's.
            for address in chance.sample(addresses, len(addresses)):
                request = target.request(address)
                started = time.perf_counter()
                connection.sendall(request)
                answer = _whole_answer(connection)
                times[address].append(time.perf_counter() - started)
                answers.add(_without_what_was_sent(answer, address))
    return times, answers


def _whole_answer(connection: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + body


def _without_what_was_sent(answer: bytes, address: str) -> bytes:
    """The answer but for its date, the address that was typed, and the length that follows from it."""
    lines = answer.replace(address.encode(), b"").split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith((b"date:", b"content-length:")))
