"""Finished answers: a page that nothing has changed since goes out without asking the application."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from campaign.errors import CampaignError
from campaign.web.last_answers import FinishedResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Addresses × hosts × Accept-Language headers; bodies are shared with the cache of pages.
MOST_RESPONSES = 512
MOST_ARBITRARY = 64
_CACHING = "campaign.caching"
# Path, query, host, Accept-Language, and whether gzip is taken.
CacheKey = tuple[str, str, str | None, str | None, bool]


@dataclass(frozen=True)
class _Caching:
    """What a view allows for its answer."""

    is_still_true: Callable[[], bool]
    until: datetime
    is_arbitrary: bool


@dataclass(frozen=True)
class _CachedResponse:
    is_still_true: Callable[[], bool]
    since: datetime
    until: datetime
    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]

    @cached_property
    def whole(self) -> FinishedResponse:
        """The same in the form in which an ASGI server sends it."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        return FinishedResponse(int(self.status[:3]), headers, b"".join(self.body))


def cache_response(
    environ: "WSGIEnvironment",
    is_still_true: Callable[[], bool],
    *,
    until: datetime,
    query: str = "",
    is_arbitrary: bool = False,
) -> None:
    """Let the answer to this request serve like ones until a time, for as long as it is still true.

    What `is_still_true` raises, when nothing can be read, counts as no. `query` is the query string that the
    answer depends on; a request with any other is not cached. An answer `is_arbitrary` when anybody can make
    up such an address: these have a room of their own, so that no stranger crowds out the others.
    """
    if environ.get("QUERY_STRING", "") == query:
        environ[_CACHING] = _Caching(is_still_true, until, is_arbitrary)


class ResponseCache:
    """The outermost layer; asks the application only where no cached answer still holds.

    An answer is cached by all of the request that pages depend on: path, query, host, Accept-Language, and
    whether gzip is taken.
    """

    def __init__(self, app: "WSGIApplication", clock: Callable[[], datetime]) -> None:
        self._app = app
        self._clock = clock
        self._responses: OrderedDict[Hashable, _CachedResponse] = OrderedDict()
        self._arbitrary: OrderedDict[Hashable, _CachedResponse] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_IF_NONE_MATCH" in environ:
            return self._app(environ, start_response)
        key: CacheKey = (
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_HOST"),
            environ.get("HTTP_ACCEPT_LANGUAGE"),
            "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
        )
        cached = self._holding(key)
        if cached:
            start_response(cached.status, cached.headers.copy())
            return cached.body
        return self._ask(key, environ, start_response)

    def answer_to(self, key: CacheKey) -> FinishedResponse | None:
        """The cached answer to a GET, if it still holds."""
        cached = self._holding(key)
        return cached.whole if cached else None

    def _holding(self, key: Hashable) -> _CachedResponse | None:
        cached = self._responses.get(key) or self._arbitrary.get(key)
        # A clock that was ahead may have kept an answer for tomorrow.
        if cached and cached.since <= self._clock() < cached.until and _is_still_true(cached):
            return cached
        return None

    def _ask(
        self, key: Hashable, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            began.append((status, headers))
            return start_response(status, headers, *error)

        since = self._clock()
        body = self._app(environ, start)
        caching: _Caching | None = environ.get(_CACHING)
        if caching is None or not began:
            return body
        status, headers = began[-1]
        pieces = list(body)
        response = _CachedResponse(
            caching.is_still_true, since, caching.until, status, headers.copy(), pieces
        )
        responses, most = (
            (self._arbitrary, MOST_ARBITRARY) if caching.is_arbitrary else (self._responses, MOST_RESPONSES)
        )
        with self._lock:
            responses[key] = response
            if len(responses) > most:
                responses.popitem(last=False)
        return pieces


def _is_still_true(cached: _CachedResponse) -> bool:
    try:
        return cached.is_still_true()
    except CampaignError:
        return False
