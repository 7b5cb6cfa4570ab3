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
from campaign.mail.inbound.html_to_text import MAX_LENGTH, html_as_checked
from campaign.mail.inbound.mail import read_headers
from campaign.mail.inbound.mime_parts import MimePart, parts_of

# Passed on as a file, it may be inside another mail.
_MOST_DEPTH = 3
_LONGEST_FILE = 4_000_000
_MOST_PARTS_DEPTH = 20
# Ours have two, plain text and HTML. What stands below all of them is read with each.
_MOST_FORMS = 4
_LONGEST_FORMS = 8_000_000
# Of these a program shows one part, which one it chooses; of all others each, from top to bottom.
_ONE_IS_SHOWN = frozenset({"multipart/alternative", "multipart/related"})
# What a mail is signed with shows nothing.
_SHOWS_NOTHING = frozenset(
    f"application/{kind}" for kind in ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
)
# Stands for what may be shown in place of a text and cannot be compared with one, like a picture.
_NOT_READ = "[not read]"
_HEADER = re.compile(rb"\A(?:From [^\n]*\n)?[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")


@dataclass(frozen=True)
class KeptMail:
    """The forms in which a mail says what it says, in their order, and its files by their names.

    Which of them its reader has seen nobody knows: what is said of the mail has to hold of each. One that
    `was_inside` came in another mail, of which nothing is here. With `has_unread`, there are files or
    pictures beside its texts, which a program may show below them.
    """

    texts: tuple[str, ...]
    files: Mapping[str, str]
    was_inside: bool = False
    has_unread: bool = False


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
        self._files: dict[str, str] = {}
        self._forms: list[str] = []
        self._parts_left = MAX_PARTS
        self._html_left = MAX_LENGTH
        self._has_unread = False
        self.inside: list[bytes] = []
        self.depth = depth

    def read(self, data: bytes) -> "_MailReader":
        self._forms = self._forms_of(parts_of(data), depth=1)
        return self

    @cached_property
    def kept(self) -> KeptMail:
        texts = tuple(text for text in self._forms if text.strip())
        return KeptMail(texts, self._files, was_inside=self.depth > 1, has_unread=self._has_unread)

    @property
    def has_code(self) -> bool:
        return any(shown_codes_in(text) for text in self.kept.texts)

    def _forms_of(self, part: MimePart, *, depth: int) -> list[str]:
        """What a part says, once for each form of which a program shows one."""
        self._parts_left -= 1
        if self._parts_left < 0 or depth > _MOST_PARTS_DEPTH:
            raise _too_many()
        if part.parts is None:
            return self._form_of(part)
        of_parts = [(one, self._forms_of(one, depth=depth + 1)) for one in part.parts]
        if part.kind in _ONE_IS_SHOWN:
            is_unread = part.kind == "multipart/alternative" and not all(forms for _, forms in of_parts)
            forms = [form for _, forms in of_parts for form in forms] + [_NOT_READ] * is_unread
        else:
            forms = _in_a_row([forms for one, forms in of_parts if not one.is_attachment])
            self._has_unread |= any(forms and one.is_attachment for one, forms in of_parts)
        if len(forms) > _MOST_FORMS or sum(map(len, forms)) > _LONGEST_FORMS:
            raise _too_many()
        return forms

    def _form_of(self, part: MimePart) -> list[str]:
        if part.kind.startswith("message/"):
            self.inside.append(part.content)
        elif self._is_wanted(part):
            self._files[decoded_header(part.filename)] = text_of(part.content[:_LONGEST_FILE], "utf-8")
            return []
        elif part.kind in ("text/html", "application/xhtml+xml"):
            html = text_of(part.content, part.charset)
            self._html_left -= len(html)
            if self._html_left < 0:
                raise _too_many()
            return [html_as_checked(html)]
        elif part.kind.startswith("text/"):
            return [text_of(part.content, part.charset)]
        self._has_unread |= part.kind not in _SHOWS_NOTHING
        return []

    def _is_wanted(self, part: MimePart) -> bool:
        """Whether it is one of the files, the first of its name: what is shown as a text is none."""
        name = decoded_header(part.filename)
        is_text = part.kind.startswith("text/") or part.kind == "application/xhtml+xml"
        is_apart = part.is_attachment or not is_text
        return is_apart and name in self._wanted and name not in self._files


def _in_a_row(of_parts: list[list[str]]) -> list[str]:
    """The forms of what stands one below the other: where a part has fewer, its last serves again."""
    of_parts = [forms for forms in of_parts if forms]
    most = max(map(len, of_parts), default=0)
    return ["\n\n".join(forms[min(place, len(forms) - 1)] for forms in of_parts) for place in range(most)]


def _too_many() -> RefusedError:
    return RefusedError("This mail has too many parts or lines.")
