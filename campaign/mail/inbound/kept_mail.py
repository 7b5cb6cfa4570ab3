"""An email of ours as somebody kept it: what it says, and the small files that came with it, unread."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from campaign.domain.charsets import text_of
from campaign.domain.office_check import shown_codes_in
from campaign.errors import RefusedError
from campaign.mail.inbound.body import MAX_PARTS
from campaign.mail.inbound.header_lines import decoded_header
from campaign.mail.inbound.html_to_text import html_to_text
from campaign.mail.inbound.mail import read_headers
from campaign.mail.inbound.mime_parts import MimePart, parts_of

# Passed on as a file, it may be inside another mail.
_MOST_DEPTH = 3
_LONGEST_FILE = 4_000_000
_HEADER = re.compile(rb"\A(?:From [^\n]*\n)?[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")


@dataclass(frozen=True)
class KeptMail:
    """The forms in which a mail says what it says, plain text before HTML, and its files by their names.

    Which of them its reader has seen nobody knows: what is said of the mail has to hold of each.
    """

    texts: tuple[str, ...]
    files: Mapping[str, str]


def is_mail(data: bytes) -> bool:
    """Whether bytes look like a saved mail: they begin with headers, as every mail has them."""
    if not _HEADER.match(data):
        return False
    try:
        read_headers(data)
    except RefusedError:
        return False
    return True


def read_kept_mail(data: bytes, *, wanted: frozenset[str]) -> KeptMail:
    """A mail with those of its files that are `wanted`; of one passed on inside another, that.

    RefusedError when it has too many parts.
    """
    outermost = found = _MailReader(wanted).read(data)
    while not found.has_code and found.inside and found.depth < _MOST_DEPTH:
        found = _MailReader(wanted, depth=found.depth + 1).read(found.inside[0])
    return (found if found.has_code else outermost).kept


class _MailReader:
    """Takes from one mail what it says, and the mails inside it as they are."""

    def __init__(self, wanted: frozenset[str], *, depth: int = 1) -> None:
        self._wanted = wanted
        self._plain: list[str] = []
        self._html: list[str] = []
        self._files: dict[str, str] = {}
        self.inside: list[bytes] = []
        self.depth = depth

    def read(self, data: bytes) -> "_MailReader":
        waiting, seen = [parts_of(data)], 0
        while waiting and seen < MAX_PARTS:
            part = waiting.pop()
            seen += 1
            if part.parts is None:
                self._take(part)
            else:
                waiting += reversed(part.parts)
        return self

    @cached_property
    def kept(self) -> KeptMail:
        # As one page, which is read in linear time up to a length, however many parts it came in.
        forms = ("\n\n".join(self._plain), html_to_text("\n".join(self._html), links=False))
        return KeptMail(tuple(text for text in forms if text.strip()), self._files)

    @property
    def has_code(self) -> bool:
        return any(shown_codes_in(text) for text in self.kept.texts)

    def _take(self, part: MimePart) -> None:
        if part.kind.startswith("message/"):
            self.inside.append(part.content)
        elif (name := decoded_header(part.filename)) in self._wanted:
            self._files.setdefault(name, text_of(part.content[:_LONGEST_FILE], "utf-8"))
        elif part.kind == "text/plain":
            self._plain.append(text_of(part.content, part.charset))
        elif part.kind in ("text/html", "application/xhtml+xml"):
            self._html.append(text_of(part.content, part.charset))
