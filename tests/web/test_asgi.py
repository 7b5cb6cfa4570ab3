"""The application as the server runs it: whole requests, in threads that cannot take each other's."""

import asyncio
import errno
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from flask import Flask, Response, request

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web import create_app, request_body
from campaign.web.asgi import AsgiApp
from tests.waiting import PATIENCE_SECONDS

Message = dict[str, Any]


class Visitor:
    """Sends one request in pieces, and keeps what comes back."""

    def __init__(self, *pieces: bytes, is_silent: bool = False) -> None:
        self._pieces = list(pieces)
        self._is_silent = is_silent
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.parts = 0

    async def receive(self) -> Message:
        if self._pieces:
            body = self._pieces.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(self._pieces) or self._is_silent}
        if self._is_silent:
            await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]
            self.parts += 1


def scope(method: str, path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000"), *headers],
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }


FORM = (b"content-type", b"application/x-www-form-urlencoded")


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def ask(app: Flask, runtime: Runtime) -> Iterator[Callable[..., Visitor]]:
    """Sends requests to one application, all at once, each by its visitor."""
    asgi = AsgiApp(app, runtime.database, threads=2)

    def ask(visitor: Visitor, asked: dict[str, Any], *beside: tuple[Visitor, dict[str, Any]]) -> Visitor:
        async def all_at_once() -> None:
            calls: list[Awaitable[None]] = [
                asgi(each_scope, each.receive, each.send) for each, each_scope in [(visitor, asked), *beside]
            ]
            await asyncio.gather(*calls)

        # In a thread of its own: where the browser's tests run too, this one has an event loop already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(all_at_once())).result()
        return visitor

    yield ask
    asgi.close()


def test_the_page_is_the_same_from_a_thread_and_from_the_cache(
    ask: Callable[..., Visitor], page: CampaignPage
) -> None:
    answers = [ask(Visitor(), scope("GET", f"/c/{page.head.slug}")) for _ in range(3)]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert "frame-ancestors 'none'" in answers[0].headers["content-security-policy"]
    head = ask(Visitor(), scope("HEAD", f"/c/{page.head.slug}"))
    assert (head.status, head.body) == (200, b"")


def test_a_form_may_come_in_pieces(ask: Callable[..., Visitor], page: CampaignPage) -> None:
    path = f"/c/{page.head.slug}/preview"
    sent = ask(Visitor(b"name=Ra", b"na&email=", b"rana"), scope("POST", path, FORM))
    assert sent.status == 403
    assert b'value="Rana"' in sent.body


def test_who_says_nothing_more_is_let_go_while_others_are_answered(
    ask: Callable[..., Visitor], page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "SILENT_SECONDS", 0.3)
    path = f"/c/{page.head.slug}/preview"
    silent = [(Visitor(b"name=R", is_silent=True), scope("POST", path, FORM)) for _ in range(20)]
    other = ask(Visitor(b"name=Rana"), scope("POST", path, FORM), *silent)
    assert other.status == 403
    assert {visitor.status for visitor, _ in silent} == {408}
    assert {visitor.headers["connection"] for visitor, _ in silent} == {"close"}


def test_a_body_that_breaks_off_is_the_senders_fault(ask: Callable[..., Visitor], page: CampaignPage) -> None:
    class BreakingOff(Visitor):
        async def receive(self) -> Message:
            message = await super().receive()
            return {**message, "more_body": True}

    sent = ask(BreakingOff(b"name=Ra"), scope("POST", f"/c/{page.head.slug}/preview", FORM))
    assert (sent.status, sent.headers["connection"]) == (400, "close")


@pytest.mark.slow
def test_a_body_that_drips_is_let_go_and_a_steady_one_is_not(
    ask: Callable[..., Visitor], page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long beside the pauses below: on a busy machine each of those takes longer.
    monkeypatch.setattr(request_body, "SILENT_SECONDS", 1.0)

    class Dripping(Visitor):
        async def receive(self) -> Message:
            await asyncio.sleep(0.15)
            return await super().receive()

    path = f"/c/{page.head.slug}/preview"
    drop = Dripping(*[b"a"] * 20)
    steady = Dripping(b"name=Rana&message=", *[b"a" * 500] * 6)
    ask(drop, scope("POST", path, FORM), (steady, scope("POST", path, FORM)))
    assert (drop.status, steady.status) == (408, 403)


@pytest.mark.slow
def test_a_body_that_comes_steadily_and_never_ends_is_let_go(
    ask: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "LONGEST_SECONDS", 0.5)

    class Steady(Visitor):
        async def receive(self) -> Message:
            await asyncio.sleep(0.05)
            return await super().receive()

    assert ask(Steady(*[b"a" * 5_000] * 1_000), scope("POST", "/webhooks/sendgrid")).status == 408


@pytest.mark.slow
def test_large_bodies_that_never_end_keep_no_form_out(
    ask: Callable[..., Visitor], page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "MOST_AT_ONCE", 4_000_000)
    monkeypatch.setattr(request_body, "SILENT_SECONDS", 1.0)
    large = [
        (Visitor(b"a" * 800_000, is_silent=True), scope("POST", "/webhooks/sendgrid/inbound"))
        for _ in range(9)
    ]

    class Later(Visitor):
        async def receive(self) -> Message:
            await asyncio.sleep(0.2)
            return await super().receive()

    path = f"/c/{page.head.slug}/preview"
    assert ask(Later(b"name=Rana&message=", b"a" * 50_000), scope("POST", path, FORM), *large).status == 403
    assert sorted(visitor.status for visitor, _ in large) == [408] * 3 + [503] * 6


def test_a_body_for_which_the_disk_has_no_room_is_given_back_and_counted_no_more(
    ask: Callable[..., Visitor], page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: SpooledTemporaryFile[bytes], data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(request_body, "MOST_AT_ONCE", 5_000_000)
    path = "/webhooks/sendgrid/inbound"
    with monkeypatch.context() as patched:
        patched.setattr(SpooledTemporaryFile, "write", full)
        for _ in range(3):
            answer = ask(Visitor(b"a" * 2_000_000), scope("POST", path))
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert ask(Visitor(b"a" * 2_000_000), scope("POST", path)).status != 503


def test_too_long_a_body_is_refused_whether_its_length_is_said_or_not(
    ask: Callable[..., Visitor], page: CampaignPage
) -> None:
    path = f"/c/{page.head.slug}/preview"
    said = ask(Visitor(), scope("POST", path, FORM, (b"content-length", b"300000")))
    unsaid = ask(Visitor(*[b"a" * 50_000] * 6), scope("POST", path, FORM, (b"transfer-encoding", b"chunked")))
    assert (said.status, unsaid.status) == (413, 413)


def test_posts_that_wait_take_no_readers_thread_and_nothing_takes_the_one_for_health(
    app: Flask, ask: Callable[..., Visitor], page: CampaignPage
) -> None:
    release = threading.Event()

    @app.route("/slow", methods=["GET", "POST"])
    def slow() -> str:
        return "released" if release.wait(PATIENCE_SECONDS) else "never released"

    class Releasing(Visitor):
        async def send(self, message: Message) -> None:
            await super().send(message)
            answered.append(self)
            if len(answered) == 2:
                release.set()

    answered: list[Visitor] = []
    letter, health = Releasing(), Releasing()
    posts = [(Visitor(b""), scope("POST", "/slow")) for _ in range(10)]
    ask(letter, scope("GET", f"/c/{page.head.slug}"), (health, scope("GET", "/healthz")), *posts)
    assert (letter.status, health.status) == (200, 200)
    assert {(visitor.status, visitor.body) for visitor, _ in posts} == {(200, b"released")}


def test_an_answer_of_unknown_length_goes_out_in_pieces(app: Flask, ask: Callable[..., Visitor]) -> None:
    @app.get("/stream")
    def stream() -> Response:
        return Response(str(number) for number in range(5))

    streamed = ask(Visitor(), scope("GET", "/stream"))
    assert (streamed.status, streamed.body) == (200, b"01234")
    assert streamed.parts == 6


def test_what_the_application_sees_of_a_request_is_what_was_sent(
    app: Flask, ask: Callable[..., Visitor]
) -> None:
    @app.post("/echo/<word>")
    def echo(word: str) -> list[Any]:
        headers = request.headers
        return [
            word,
            request.args["q"],
            request.remote_addr,
            request.cookies,
            headers.get("X-Several"),
            headers.get("X-Forwarded-For"),
            request.get_data(as_text=True),
            request.content_length,
        ]

    sent = ask(
        Visitor(b"bo", b"dy"),
        scope(
            "POST",
            "/echo/中文?q=a%20b",
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x-several", b"1"),
            (b"x-several", b"2"),
            (b"x_forwarded_for", b"192.0.2.1"),
        ),
    )
    seen = json.loads(sent.body)
    assert seen == ["中文", "a b", "127.0.0.1", {"a": "1", "b": "2"}, "1,2", None, "body", 4]
