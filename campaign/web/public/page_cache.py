"""Letter pages kept by each process: drawn once for a state of the campaign, checked by one cheap read."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import cast

from flask import Response, request

from campaign.domain.campaign_page import CampaignHead, CampaignPage, SignatoryShown

ROOM = 64  # campaigns × languages; a page with its compressed form takes about 100 kB
# A campaign, a language, and whether the page's address names it.
Key = tuple[str, str, bool]


@dataclass(frozen=True)
class KeptBody:
    """A finished page, the same compressed, and the tag that names its content."""

    plain: bytes
    compressed: bytes
    tag: str

    @classmethod
    def of(cls, plain: bytes) -> "KeptBody":
        """Compress and name a page once, for all who will ask for it."""
        return cls(plain, gzip.compress(plain, 6, mtime=0), hashlib.sha256(plain).hexdigest()[:20])

    def response(self, *, vary: str) -> Response:
        """The answer to this request: compressed where accepted, 304 where the reader has it already."""
        environ = request.environ
        compressed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        response = Response(
            self.compressed if compressed else self.plain,
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Vary", vary),
                ("Cache-Control", "public, no-cache"),
                ("ETag", f'"{self.tag}{"-gzip" if compressed else ""}"'),
                *([("Content-Encoding", "gzip")] if compressed else []),
            ],
        )
        if "HTTP_IF_NONE_MATCH" in environ:
            return cast(Response, response.make_conditional(request))
        return response


@dataclass
class KeptLetter:
    """What one campaign's page shows in one language, and the pages drawn of it by their own keys."""

    page: CampaignPage
    latest: tuple[SignatoryShown, ...]
    bodies: dict[str, tuple[Hashable, KeptBody]] = field(default_factory=dict)

    def body(self, key: Hashable, draw: Callable[[], str], *, of: str = "letter") -> KeptBody:
        """One of its pages under a key; an older one (another hour's form token) makes room for it."""
        found, kept = self.bodies.get(of, (None, None))
        if kept is None or found != key:
            kept = KeptBody.of(draw().encode())
            self.bodies[of] = (key, kept)
        return kept


class Shelf:
    """The letters shown last, at most `ROOM` of them; shared by all threads of a process."""

    def __init__(self) -> None:
        self._letters: OrderedDict[Key, KeptLetter] = OrderedDict()
        self._lock = Lock()

    def letter(self, key: Key, head: CampaignHead | None, *, count_matters: bool) -> KeptLetter | None:
        """What is kept under a key, if it is still as `head` says; whatever is kept when there is no head."""
        with self._lock:
            kept = self._letters.get(key)
            if kept is None:
                return None
            self._letters.move_to_end(key)
        if head is None or kept.page.head == head:
            return kept
        same = (kept.page.head.id, kept.page.head.version) == (head.id, head.version)
        return kept if same and not count_matters else None

    def of_campaign(self, slug: str) -> dict[tuple[str, bool], KeptLetter]:
        """What is kept of one campaign, by language and whether the address names it, the last used last."""
        with self._lock:
            return {key[1:]: letter for key, letter in self._letters.items() if key[0] == slug}

    def keep(self, key: Key, letter: KeptLetter) -> KeptLetter:
        """Keep a letter in place of the one used longest ago."""
        with self._lock:
            self._letters[key] = letter
            self._letters.move_to_end(key)
            if len(self._letters) > ROOM:
                self._letters.popitem(last=False)
        return letter
