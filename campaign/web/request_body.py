"""Reading the body of a request before a thread is taken for it, from senders that may be slow or silent."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# A sender that is silent for so long is gone.
SILENT_SECONDS = 15.0
# After the first seconds a body has to come faster than this, as Apache's mod_reqtimeout asks of it.
LEAST_BYTES_A_SECOND = 500
# A larger body is kept in a temporary file.
MOST_IN_MEMORY = 256 * 1024
# All bodies of one process that are on their way or at work, in bytes.
MOST_AT_ONCE = 512 * 1024 * 1024


class BodyError(Exception):
    """A body that did not come; `status` is what the sender is told, None where nobody listens any more."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class BodyReader:
    """Reads bodies for one process, and keeps count of how much it holds."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, receive: Receive, *, most: int) -> "RequestBody":
        """The whole body; one that is longer than `most` bytes is cut off one byte after.

        Raises BodyError with 408 when the sender is too slow, 503 when too much is on its way already.
        """
        body = RequestBody(self._release)
        clock = asyncio.get_running_loop().time
        latest = clock() + SILENT_SECONDS
        try:
            while True:
                deadline = min(clock() + SILENT_SECONDS, latest + body.size / LEAST_BYTES_A_SECOND)
                async with asyncio.timeout_at(deadline):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise BodyError(None)
                self._take(body, message.get("body", b""))
                if not message.get("more_body") or body.size > most:
                    return body
        except TimeoutError:
            body.close()
            raise BodyError(408) from None
        except BaseException:
            body.close()
            raise

    def _take(self, body: "RequestBody", chunk: bytes) -> None:
        if self._held + len(chunk) > MOST_AT_ONCE:
            raise BodyError(503)
        self._held += len(chunk)
        body.write(chunk)

    def _release(self, size: int) -> None:
        self._held -= size


class RequestBody:
    """What has come of one body: `file` to read it from, and its `size` in bytes."""

    def __init__(self, release: Callable[[int], None]) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.size = 0
        self._release = release

    def write(self, chunk: bytes) -> None:
        """Add what came next."""
        self.file.write(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        """Let go of it."""
        self.file.close()
        self._release(self.size)
