"""Reading the body of a request before a thread is taken for it, from senders that may be slow or silent."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# A sender that is silent for so long is gone.
SILENT_SECONDS = 15.0
# After the first seconds a body has to come faster than this, as Apache's mod_reqtimeout asks of it.
LEAST_BYTES_A_SECOND = 500
# However large it is and however steadily it comes: else a few that never end would take all the room below.
LONGEST_SECONDS = 300.0
# A larger body is kept in a temporary file; a form of the public never is larger.
MOST_IN_MEMORY = 256 * 1024
# All bodies of one process that are on their way or at work, in bytes, and the share large ones may have.
MOST_AT_ONCE = 512 * 1024 * 1024
SHARE_OF_LARGE = 0.75


class BodyError(Exception):
    """A body that did not come; `status` is what the sender is told."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class BodyReader:
    """Reads bodies for one process, and keeps count of how much it holds."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, receive: Receive, *, most: int) -> "RequestBody":
        """The whole body; one that is longer than `most` bytes is cut off one byte after.

        Raises BodyError with 408 when the sender is too slow, 400 when it breaks off, 503 when there is no
        room for it now.
        """
        body = RequestBody(self._release)
        clock = asyncio.get_running_loop().time
        latest = clock() + SILENT_SECONDS
        end = clock() + LONGEST_SECONDS
        try:
            while True:
                deadline = min(end, clock() + SILENT_SECONDS, latest + body.size / LEAST_BYTES_A_SECOND)
                async with asyncio.timeout_at(deadline):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise BodyError(400)
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
        is_large = body.size + len(chunk) > MOST_IN_MEMORY
        if self._held + len(chunk) > MOST_AT_ONCE * (SHARE_OF_LARGE if is_large else 1):
            raise BodyError(503)
        self._held += len(chunk)
        try:
            body.write(chunk)
        except OSError as error:
            raise BodyError(503) from error

    def _release(self, size: int) -> None:
        self._held -= size


class RequestBody:
    """What has come of one body: `file` to read it from, and its `size` in bytes."""

    def __init__(self, release: Callable[[int], None]) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.size = 0
        self._release = release

    def write(self, chunk: bytes) -> None:
        """Add what came next; OSError when the disk has no room for it."""
        self.size += len(chunk)
        self.file.write(chunk)

    def close(self) -> None:
        """Let go of it."""
        # What is still to be written when the disk has no room is thrown away with it.
        with suppress(OSError):
            self.file.close()
        self._release(self.size)
