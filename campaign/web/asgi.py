"""The application for an ASGI server: a request takes a thread once it is whole, and posts none of readers'.

Under WSGI a thread waits while a body comes in, and a few dozen senders that withhold theirs stop the site.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from flask import Flask

from campaign.store.connection_pool import MOST_CONNECTIONS
from campaign.store.database import Database
from campaign.store.time_limits import WRITE_SECONDS, ending_at
from campaign.web.body_limits import largest_body
from campaign.web.environ import environ_of
from campaign.web.last_answers import FinishedResponse, LastAnswers
from campaign.web.request_body import BodyError, BodyReader, Message, Receive
from campaign.web.response_cache import CacheKey, ResponseCache

Send = Callable[[Message], Awaitable[None]]
Scope = Mapping[str, Any]

# After so long a reader gets the page as it was shown last, if it is the database that has not answered.
PAGE_SECONDS = 0.6
STALLED_SECONDS = 0.25
LOOK_SECONDS = 0.05
# No page is waited for longer than this, so that its thread is free for others.
READ_SECONDS = 3.0
# A reader of a long answer who takes nothing for so long is gone.
TAKE_SECONDS = 30.0
RETRY_AFTER = 5
DESK = "/organizer"


class AsgiApp:
    """Hands whole requests to a WSGI application, in threads of four kinds that cannot take each other's.

    Pages of the public, pages of the desk (which may take long), posts, and `/healthz`, which waits for none.
    """

    def __init__(self, app: Flask, database: Database, *, threads: int) -> None:
        self._app = app.wsgi_app
        self._database = database
        self._is_sqlite = database.is_sqlite
        self._cache: ResponseCache = app.extensions["campaign_response_cache"]
        self._last = LastAnswers()
        self._bodies = BodyReader()
        self._reading = ThreadPoolExecutor(threads, "reading")
        # A page of the desk may need a second connection while it has one: as many pages as there are
        # connections could all wait for each other.
        self._desk = ThreadPoolExecutor(min(threads, MOST_CONNECTIONS - 1), "desk")
        self._writing = ThreadPoolExecutor(threads, "writing")
        self._health = ThreadPoolExecutor(1, "health")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            key, is_conditional = _key(scope)
            if self._is_sqlite and not is_conditional:
                # One read of a local file, which waits for nobody: quicker than handing it to a thread.
                cached = self._cache.answer_to(key)
                if cached is not None:
                    await send(cached.head)
                    await send(cached.rest)
                    return
            await self._answer_late(scope, send, key)
        elif scope["method"] == "HEAD":
            await self._answer_late(scope, send, None)
        else:
            await self._answer_writer(scope, receive, send)

    def close(self) -> None:
        """End the threads once they have nothing to do."""
        for threads in (self._reading, self._desk, self._writing, self._health):
            threads.shutdown()

    async def _answer_late(self, scope: Scope, send: Send, key: CacheKey | None) -> None:
        """Answer from a thread, or with what was answered last if the database keeps that thread waiting."""
        last = self._last.get(key)
        waiting = self._run(self._reader_threads(scope["path"]), scope, BytesIO(), None, send)
        patience = PAGE_SECONDS
        while last is not None and not (await asyncio.wait({waiting}, timeout=patience))[0]:
            patience = LOOK_SECONDS
            if self._database.is_stalled(STALLED_SECONDS):
                waiting.cancel()
                await _send(send, last)
                return
        answer = await waiting
        if answer is None:
            return
        if answer.status == 503 and last is not None:
            answer = last
        elif key is not None and not scope["path"].startswith("/static/"):
            self._last.keep(key, answer)
        await _send(send, answer)

    async def _answer_writer(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = _declared_length(scope)
        most = largest_body(scope["path"])
        if declared is not None and declared > most:
            # The application says so in its own words; there is no need to read it.
            answer = await self._run(self._writing, scope, BytesIO(), declared, send)
        else:
            try:
                body = await self._bodies.read(receive, most=most)
            except BodyError as error:
                await _send(send, _refusal(error.status))
                return
            try:
                body.file.seek(0)
                answer = await self._run(self._writing, scope, body.file, body.size, send)
            finally:
                body.close()
        if answer is not None:
            await _send(send, answer)

    def _reader_threads(self, path: str) -> ThreadPoolExecutor:
        if path == "/healthz":
            return self._health
        return self._desk if path.startswith((DESK, "/readyz", "/metrics")) else self._reading

    def _run(
        self, threads: ThreadPoolExecutor, scope: Scope, body: IO[bytes], length: int | None, send: Send
    ) -> "asyncio.Future[FinishedResponse | None]":
        """Run the application in a thread; its answer is None when it has been sent already, in pieces."""
        loop = asyncio.get_running_loop()
        seconds = None
        if not scope["path"].startswith(DESK):
            seconds = READ_SECONDS if threads is self._reading else WRITE_SECONDS
        ends_at = time.monotonic() + seconds if seconds else None

        def run() -> FinishedResponse | None:
            environ = environ_of(scope, body, length=length)
            started: list[tuple[str, list[tuple[str, str]]]] = []

            def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
                started[:] = [(status, headers)]

            if ends_at is None:
                pieces = self._app(environ, start_response)
            else:
                with ending_at(ends_at):
                    pieces = self._app(environ, start_response)
            status, headers = started[-1]
            return _answer(int(status[:3]), headers, pieces, send, loop)

        return loop.run_in_executor(threads, run)


def _answer(
    status: int,
    headers: list[tuple[str, str]],
    pieces: Iterable[bytes],
    send: Send,
    loop: asyncio.AbstractEventLoop,
) -> FinishedResponse | None:
    """The whole answer where its length is known; any other is sent from here, as fast as it is taken."""
    names = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    is_whole = status in {204, 304} or any(name.lower() == "content-length" for name, _ in headers)
    try:
        if is_whole:
            return FinishedResponse(status, names, b"".join(pieces))

        def take(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(_awaited(send(message)), loop).result(TAKE_SECONDS)

        take({"type": "http.response.start", "status": status, "headers": names})
        for piece in pieces:
            take({"type": "http.response.body", "body": piece, "more_body": True})
        take({"type": "http.response.body", "body": b"", "more_body": False})
        return None
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


async def _awaited(sending: Awaitable[None]) -> None:
    await sending


async def _send(send: Send, answer: FinishedResponse) -> None:
    await send(answer.head)
    await send(answer.rest)


def _refusal(status: int) -> FinishedResponse:
    """The answer to a body that did not come: nothing can be read from such a connection again."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER).encode()))
        return FinishedResponse(
            status, headers, b"Too much is being sent at once. Please try again in a moment.\n"
        )
    if status == 400:
        return FinishedResponse(status, headers, b"This did not arrive whole. Please send it again.\n")
    return FinishedResponse(status, headers, b"This took too long to arrive. Please send it again.\n")


def _key(scope: Scope) -> tuple[CacheKey, bool]:
    """All of a request that public pages depend on, and whether its sender has an answer already."""
    host = language = None
    gzip = is_conditional = False
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
        elif name == b"accept-language":
            language = value.decode("latin-1")
        elif name == b"accept-encoding":
            gzip = b"gzip" in value
        elif name == b"if-none-match":
            is_conditional = True
    query = scope["query_string"].decode("latin-1")
    return (scope["path"], query, host, language, gzip), is_conditional


def _declared_length(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None
