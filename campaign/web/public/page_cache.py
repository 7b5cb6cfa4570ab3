"""Pages that a process has drawn: good for one state of the campaign, which one cheap read tells."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import cast

from flask import Response, request

from campaign.domain.campaign_page import CampaignHead, CampaignPage, SignatoryShown
from campaign.web.page_style import allow_styles, drawn_sources
from campaign.web.public.sources import KNOWN_SOURCES

MOST_PAGES = 64  # campaigns × languages; a page with its compressed form takes about 100 kB
# A campaign, a language, and whether the page's address names it.
PageKey = tuple[str, str, bool]
# Of 500 names each, 60 kB with the compressed form: a wall of 10,000 by page and by letter, in two languages.
MOST_WALLS = 128
# The same, and which part of the wall.
WallKey = tuple[str, str, bool, str]
# Compressed copies of one page with a source that is not ours, 15 kB each: enough for the newsletters of a
# week, and no more than a megabyte whatever strangers make up.
MOST_OTHER_SOURCES = 16
_NO_SOURCE = b'<input type="hidden" name="source" value="">'


@dataclass(frozen=True)
class CachedBody:
    """A finished page with no source in its form, and its compressed copies by source.

    `name` tells its content apart; the source is all that may differ among visitors. `styles` are the sources
    that its policy must name.
    """

    plain: bytes
    compressed: bytes
    name: str
    styles: tuple[str, ...]
    _known: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    _others: OrderedDict[str, bytes] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @classmethod
    def of(cls, plain: bytes, styles: tuple[str, ...] = ()) -> "CachedBody":
        """Compress and name a page once, for all who will ask for it."""
        return cls(plain, _compress(plain), hashlib.sha256(plain).hexdigest()[:20], styles)

    def response(self, *, source: str, vary: str) -> Response:
        """The answer to this request: compressed where accepted, 304 where the reader has it already."""
        environ = request.environ
        allow_styles(self.styles)
        compressed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        name = "-".join(part for part in (self.name, source, "gzip" if compressed else "") if part)
        response = Response(
            self.compressed_with(source) if compressed else self.plain_with(source),
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Vary", vary),
                ("Cache-Control", "public, no-cache"),
                ("ETag", f'"{name}"'),
                *([("Content-Encoding", "gzip")] if compressed else []),
            ],
        )
        if "HTTP_IF_NONE_MATCH" in environ:
            return cast(Response, response.make_conditional(request))
        return response

    def plain_with(self, source: str) -> bytes:
        """The page with a source in its form, whose characters need no escaping."""
        if not source:
            return self.plain
        return self.plain.replace(_NO_SOURCE, _NO_SOURCE.replace(b'""', b'"%b"' % source.encode()), 1)

    def compressed_with(self, source: str) -> bytes:
        """The same compressed: once for each known source, and for the newest of the others."""
        if not source:
            return self.compressed
        copies = self._known if source in KNOWN_SOURCES else self._others
        copy = copies.get(source)
        if copy is None:
            copy = _compress(self.plain_with(source))
            with self._lock:
                copies[source] = copy
                if len(self._others) > MOST_OTHER_SOURCES:
                    self._others.popitem(last=False)
        return copy


@dataclass
class CachedPage:
    """What one campaign's page shows in one language, and what was drawn of it: the page, and the frame.

    It was read on `day`: what is known of offices is told the day after, and changes no version.
    """

    page: CampaignPage
    latest: tuple[SignatoryShown, ...]
    day: date | None = None
    _bodies: dict[str, tuple[Hashable, CachedBody]] = field(default_factory=dict, init=False)

    def body(self, route: str, key: Hashable, draw: Callable[[], str]) -> CachedBody:
        """What a route shows under a key; what it showed under another (an earlier hour's token) goes."""
        drawn_under, body = self._bodies.get(route, (None, None))
        if body is None or drawn_under != key:
            plain = draw().encode()
            body = CachedBody.of(plain, drawn_sources())
            self._bodies[route] = (key, body)
        return body


class PageCache:
    """The pages shown last, at most `MOST_PAGES` of them; shared by all threads of a process."""

    def __init__(self) -> None:
        self._pages: OrderedDict[PageKey, CachedPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: PageKey, head: CampaignHead | None, *, count_matters: bool) -> CachedPage | None:
        """What is cached under a key, if it is still as `head` says; without a head, whatever is cached."""
        with self._lock:
            cached = self._pages.get(key)
            if cached is None:
                return None
            self._pages.move_to_end(key)
        if head is None or cached.page.head == head:
            return cached
        same = (cached.page.head.id, cached.page.head.version) == (head.id, head.version)
        return cached if same and not count_matters else None

    def of_campaign(self, slug: str) -> dict[tuple[str, bool], CachedPage]:
        """What is cached of one campaign, by language and whether its address has it, the last used last."""
        with self._lock:
            return {key[1:]: page for key, page in self._pages.items() if key[0] == slug}

    def put(self, key: PageKey, page: CachedPage) -> CachedPage:
        """Cache a page in place of the one used longest ago."""
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            if len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return page


class WallCache:
    """The pages of walls of names asked for last, each as its campaign was when it was drawn."""

    def __init__(self) -> None:
        self._walls: OrderedDict[WallKey, tuple[CampaignHead, CachedBody]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: WallKey, head: CampaignHead) -> CachedBody | None:
        """What is cached under a key, if the campaign is still as it was."""
        with self._lock:
            drawn_of, body = self._walls.get(key, (None, None))
            if drawn_of != head:
                return None
            self._walls.move_to_end(key)
            return body

    def put(self, key: WallKey, head: CampaignHead, body: CachedBody) -> None:
        """Cache a page drawn of a campaign that was at least as new as `head` says."""
        with self._lock:
            self._walls[key] = (head, body)
            self._walls.move_to_end(key)
            if len(self._walls) > MOST_WALLS:
                self._walls.popitem(last=False)


def _compress(plain: bytes) -> bytes:
    return gzip.compress(plain, 6, mtime=0)
