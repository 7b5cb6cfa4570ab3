"""Answers kept at the door: a page that nothing has changed since goes out without waking the application."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from campaign.errors import CampaignError
from campaign.web.last_answers import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Addresses × hosts × Accept-Language headers; bodies are shared with the shelf of letters.
ROOM = 512
_KEEP = "campaign.keep"


@dataclass(frozen=True)
class _Answer:
    is_still_true: Callable[[], bool]
    until: datetime
    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]

    @cached_property
    def whole(self) -> Answer:
        """The same in the form in which an ASGI server sends it."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        return Answer(int(self.status[:3]), headers, b"".join(self.body))


def keep_at_the_door(
    environ: "WSGIEnvironment", is_still_true: Callable[[], bool], *, until: datetime
) -> None:
    """Let the answer to this request serve like ones until a time, for as long as it is still true.

    What `is_still_true` raises, when nothing can be read, counts as no.
    """
    environ[_KEEP] = (is_still_true, until)


class Door:
    """The outermost layer; asks the application only where it keeps no answer that still holds.

    An answer is kept by all of the request that pages depend on: path, host, Accept-Language, and whether
    gzip is taken.
    """

    def __init__(self, app: "WSGIApplication", clock: Callable[[], datetime]) -> None:
        self._app = app
        self._clock = clock
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if (
            environ["REQUEST_METHOD"] != "GET"
            or environ.get("QUERY_STRING")
            or "HTTP_IF_NONE_MATCH" in environ
        ):
            return self._app(environ, start_response)
        key = (
            environ["PATH_INFO"],
            environ.get("HTTP_HOST"),
            environ.get("HTTP_ACCEPT_LANGUAGE"),
            "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
        )
        answer = self._answers.get(key)
        if answer and self._clock() < answer.until and _is_still_true(answer):
            start_response(answer.status, answer.headers.copy())
            return answer.body
        return self._ask(key, environ, start_response)

    def answer_to(self, path: str, host: str | None, language: str | None, gzip: bool) -> Answer | None:
        """The kept answer to a GET without a query, if it still holds."""
        answer = self._answers.get((path, host, language, gzip))
        holds = answer and self._clock() < answer.until and _is_still_true(answer)
        return answer.whole if answer and holds else None

    def _ask(
        self, key: Hashable, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            began.append((status, headers))
            return start_response(status, headers, *error)

        body = self._app(environ, start)
        if _KEEP not in environ or not began:
            return body
        is_still_true, until = environ[_KEEP]
        status, headers = began[-1]
        pieces = list(body)
        with self._lock:
            self._answers[key] = _Answer(is_still_true, until, status, headers.copy(), pieces)
            if len(self._answers) > ROOM:
                self._answers.popitem(last=False)
        return pieces


def _is_still_true(answer: _Answer) -> bool:
    try:
        return answer.is_still_true()
    except CampaignError:
        return False
