"""An email as lines: its body, decoded, with its subject and date where the body has none."""

import email
import re
from collections.abc import Iterator
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from campaign.documents.read_letter.formats.decoding import decode
from campaign.documents.read_letter.formats.html import lines_of_html
from campaign.documents.read_letter.formats.text import lines_of_text
from campaign.documents.read_letter.lines import Line, Source, clean
from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError

_FIELD = re.compile(rb"(?:From |[A-Za-z][A-Za-z0-9-]{1,60}:[ \t\r\n])")
# Fields that programs write and people do not: a letter may begin with From, To, Subject and Date.
_MACHINE = re.compile(
    rb"^(?:mime-version|content-type|content-transfer-encoding|message-id|received|return-path|delivered-to|dkim-signature"
    rb"|x-[a-z0-9-]{2,40}|references|in-reply-to|authentication-results|arc-seal):",
    re.IGNORECASE | re.MULTILINE,
)
_ENCODED = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
_ARMOUR = re.compile(r"^-----BEGIN (?:PGP MESSAGE|PKCS7|CERTIFICATE)|^begin [0-7]{3} \S", re.MULTILINE)
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|tr|rv|antw|sv|vs|回复|转发|轉寄|回覆)\s*[:：]\s*)+", re.IGNORECASE
)
_HAS_SUBJECT = re.compile(
    r"^(?:re|subject|betreff|objet|asunto|oggetto|assunto|主题|主旨)\s*[:：]", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_STUB = 0.6
_SHORT = 120
_HEAD_LINES = 15


def is_eml(data: bytes, suffix: str) -> bool:
    """Whether the bytes begin as an email does when a program saves it."""
    head = re.split(rb"\r?\n\r?\n", data[:20000].lstrip(b"\xef\xbb\xbf\r\n "), maxsplit=1)[0]
    if not _FIELD.match(head):
        return False
    return suffix in ("eml", "mht", "mhtml", "emlx") or bool(_MACHINE.search(head))


def refuse_encoded_text(text: str) -> None:
    """Raise RefusedError for what is written for programs to decode: base64, an encrypted message."""
    encoded = sum(map(len, _ENCODED.findall(text[:200_000])))
    if encoded > 0.5 * len(text[:200_000].strip()) or _ARMOUR.search(text[:2000]):
        raise RefusedError(
            "This is encoded or encrypted data; save the letter itself as text or DOCX and try again."
        )


def lines_of_eml(data: bytes) -> Source:
    """Lines of an email's body. Raises RefusedError where it has none that can be read."""
    data = data.lstrip(b"\xef\xbb\xbf\r\n ")
    data = data[data.find(b"\n") + 1 :] if data.startswith(b"From ") else data
    try:
        message = email.message_from_bytes(data)
        parts = list(_leaves(message))
        body, used = _body(parts)
        head = list(_head_lines(message, body))
    except (MessageError, LookupError, TypeError, AttributeError, RecursionError):
        raise RefusedError("The email is damaged; save the letter as text or DOCX and try again.") from None
    written = sum(len(line.text) for line in body.lines)
    names = [name for part in parts if part not in used and (name := _file_name(part))]
    if written < _SHORT and names:
        raise RefusedError(
            "The email holds no letter itself; save its attachment “%(name)s” and choose that.",
            name=names[0][:80],
        )
    if not written:
        raise RefusedError(
            "The email holds no text that can be read; save the letter as text or DOCX and try again."
        )
    left = [
        LetterWarning(1, "An attachment was not read: “%(name)s”.", {"name": name[:80]})
        for name in names[:20]
    ]
    return Source((*head, *body.lines), (*body.warnings, *left))


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order. Raises RefusedError for an encrypted email."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            raise RefusedError(
                "The email is encrypted; save the letter itself as text or DOCX and try again."
            )
        if not part.is_multipart():
            yield part


def _body(parts: list[Message]) -> tuple[Source, list[Message]]:
    """The lines of the richest form of the body, and the parts that are it in one form or another.

    A plain text of a few words, beside a page that says it all, is a stub and never wins; nor the other way
    round.
    """
    texts = [part for part in parts if part.get_content_maintype() == "text" and not _file_name(part)]
    pages = [part for part in texts if part.get_content_subtype() == "html"]
    plain = [part for part in texts if part.get_content_subtype() != "html"]
    sources = [
        _joined([lines_of_html(*_page(part)) for part in pages]),
        _joined([_plain(part) for part in plain]),
    ]
    lengths = [sum(len(line.text) for line in source.lines) for source in sources]
    return sources[0] if lengths[0] and lengths[0] > _STUB * lengths[1] else sources[1], texts


def _joined(sources: list[Source]) -> Source:
    lines: list[Line] = []
    for source in sources:
        lines += [*source.lines, Line(source.lines[-1].number if source.lines else 1, "")]
    return Source(tuple(lines), tuple(warning for source in sources for warning in source.warnings))


def _text(part: Message, *, html: bool) -> tuple[str, tuple[LetterWarning, ...]]:
    payload = part.get_payload(decode=True)
    charset = part.get_param("charset")
    label = str(charset[2] if isinstance(charset, tuple) else charset or "")
    # What says nothing about itself is ASCII by RFC 2045; what says so and is not, is anything.
    declared = None if label.lower() in ("", "us-ascii", "ascii", "unknown-8bit") else label
    text, warnings = decode(payload if isinstance(payload, bytes) else b"", html=html, charset=declared)
    return clean(text), warnings


def _page(part: Message) -> tuple[str]:
    return (_text(part, html=True)[0] or "<p></p>",)


def _plain(part: Message) -> Source:
    text, warnings = _text(part, html=False)
    source = lines_of_text(text)
    return Source(source.lines, (*warnings, *source.warnings))


def _head_lines(message: Message, body: Source) -> Iterator[Line]:
    """Subject and date as lines above a body that has none. From and To are not the letter's."""
    first = [line.text for line in body.lines if line.text][:_HEAD_LINES]
    subject = _PREFIX.sub("", _header(message, "Subject"))
    if subject and subject not in first and not any(map(_HAS_SUBJECT.match, first)):
        yield Line(1, f"Subject: {subject}", fixed=True)
    if not any(map(_YEAR.search, first)):
        try:
            day = parsedate_to_datetime(_header(message, "Date"))
            yield Line(1, f"Date: {day.day} {day:%B %Y}", fixed=True)
        except (ValueError, IndexError, OverflowError):
            pass
    yield Line(1, "")


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name) or "")
    try:
        return " ".join(clean(str(make_header(decode_header(raw)))).split())
    except (HeaderParseError, LookupError, ValueError):
        return " ".join(clean(raw).split())


def _file_name(part: Message) -> str:
    """The name of an attachment; empty for a part of the body."""
    name = part.get_filename()
    if part.get_content_disposition() == "attachment" or (name and part.get_content_maintype() != "text"):
        return " ".join(clean(str(name or part.get_content_type())).split())
    return ""
