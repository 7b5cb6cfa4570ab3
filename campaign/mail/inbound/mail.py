"""Mail that comes in, as its bytes: read by the standard library. Nothing in it is trusted.

The library's older policy is on purpose: its newer one parses every header into parts, and raises on many
that are not well formed.
"""

import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses
from itertools import islice
from typing import Any

from campaign.domain.names import clean_line, clean_text
from campaign.domain.replies import LONGEST_TEXT, TELLING_HEADERS, Attachment, InboundMail
from campaign.errors import RefusedError
from campaign.mail.inbound.html_to_text import html_to_text

MAX_MAIL = 32 * 1024 * 1024  # bytes; SendGrid takes mails of up to 30 MB
MAX_PARTS = 500
MAX_DIVIDERS = 10_000  # lines that may part one part from the next
MAX_LINES = 1_000_000  # attachments of 30 MB have 400,000
MAX_ATTACHMENTS = 50
MAX_RECIPIENTS = 500
MAX_HEADERS = 1_000_000  # bytes of all of them; a mail that went through many servers has some 50,000
MAX_HEADER = 20_000
MAX_SUBJECT = 500
# Where a mail may say for whom it came, the surest first: the servers' own words, then the sender's.
_RECIPIENT_HEADERS = (
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-envelope-to",
    "to",
    "cc",
    "resent-to",
)
_COMMON_HEADERS = frozenset({"from", "to", "subject", "date", "message-id"})
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,64}@[^\s<>@,;\"]{1,253}")


def read_mail(
    data: bytes,
    *,
    recipients: tuple[str, ...] = (),
    envelope_sender: str | None = None,
    is_ours: Callable[[str], object] = bool,
) -> InboundMail:
    """One mail out of its bytes; `recipients` and `envelope_sender` are what the server was told, if it says.

    Of a mail to no address that `is_ours` only the headers are read: strangers get no more work out of us.
    RefusedError when it is too large or no mail at all.
    """
    if len(data) > MAX_MAIL:
        raise RefusedError("This mail is too large: the most is %(most)d MB.", most=MAX_MAIL // 2**20)
    data = _without_mbox_line(data)
    envelope = Envelope(recipients, envelope_sender, is_ours)
    return inbound_mail(read_headers(data), envelope, lambda: _body(data))


def read_headers(data: bytes) -> Message:
    """The headers of a mail; RefusedError where there are none, or more than any mail has."""
    end = _END_OF_HEADERS.search(data, 0, MAX_HEADERS)
    if end is None and len(data) >= MAX_HEADERS:
        raise RefusedError("The headers of this mail do not end.")
    headers = BytesHeaderParser(policy=compat32).parsebytes(data[: end.end()] if end else data)
    if not any(name.lower() in _COMMON_HEADERS for name, _ in headers.raw_items()):
        raise RefusedError("This is not a mail: it has none of the headers that every mail has.")
    return headers


@dataclass(frozen=True)
class Envelope:
    """What the server was told: for whom, and from whom if it says; and which addresses are ours."""

    recipients: tuple[str, ...]
    sender: str | None
    is_ours: Callable[[str], object]


def inbound_mail(
    headers: Message, envelope: Envelope, body: Callable[[], tuple[str, tuple[Attachment, ...]]]
) -> InboundMail:
    """A mail out of its headers and its text and attachments, which `body` reads when the mail is for us."""
    recipients = (*envelope.recipients[:MAX_RECIPIENTS], *_recipients(headers))
    text, attachments = body() if any(map(envelope.is_ours, recipients)) else ("", ())
    sender = envelope.sender
    if sender is None and "Return-Path" in headers:
        sender = header(headers, "Return-Path").strip(" <>")
    name, address = sender_of(next(_raw_headers(headers, "From"), ""))
    subject = clean_line(header(headers, "Subject"))[:MAX_SUBJECT]
    text = clean_text(text[: 2 * LONGEST_TEXT])[:LONGEST_TEXT]
    message_id = clean_line(header(headers, "Message-ID")) or _digest(
        header(headers, "Date"), address, subject, text
    )
    return InboundMail(
        message_id=message_id,
        recipients=recipients,
        sender_name=name,
        sender_address=address,
        subject=subject,
        text=text,
        attachments=attachments,
        headers={name: clean_line(header(headers, name)) for name in TELLING_HEADERS if name in headers},
        envelope_sender=sender,
        kind=headers.get_content_type(),
    )


def header(message: Message, name: str) -> str:
    """The first header of a name decoded from whatever it is encoded in; empty when it is missing."""
    return decoded_header(next(_raw_headers(message, name), ""))


def decoded_header(raw: str) -> str:
    """A header's value decoded by RFC 2047, as names of attachments often are too."""
    raw = _as_text(raw[:MAX_HEADER])
    try:
        return "".join(_decoded(piece, charset) for piece, charset in decode_header(raw))
    except (HeaderParseError, binascii.Error, ValueError):
        return raw


def sender_of(raw: str) -> tuple[str, str]:
    """The first name and address of a From line as it came; each is empty where there is none.

    Taken apart before it is decoded: a name may hold a comma.
    """
    line = clean_line(raw[:MAX_HEADER])
    try:
        pairs = getaddresses([line])
    except RecursionError:  # comments inside comments, which nobody writes
        pairs = [("", line)]
    for name, address in pairs[:1]:
        match = _ADDRESS.fullmatch(address) or _ADDRESS.search(line)
        return clean_line(decoded_header(name))[:200], match.group() if match else ""
    return "", ""


def decoded(data: bytes, charset: str | None) -> str:
    """Bytes as text: by their charset, else as UTF-8; what does not fit is replaced."""
    for guess in (charset or "utf-8", "utf-8"):
        try:
            return data.decode(_WIDER_CHARSETS.get(guess.lower(), guess), "replace")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


# Mail programs say the narrower name and mean the wider charset (WHATWG Encoding, "names and labels").
_WIDER_CHARSETS = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "unknown-8bit": "utf-8",
}


def _decoded(piece: bytes | str, charset: str | None) -> str:
    return decoded(piece, charset) if isinstance(piece, bytes) else piece


def _as_text(text: str) -> str:
    """Eight-bit bytes that the parser has hidden in surrogates, read as UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _body(data: bytes) -> tuple[str, tuple[Attachment, ...]]:
    # Before anything is built of it: a line a header and a part a few bytes would fill the memory.
    if data.count(b"\n") > MAX_LINES or data.count(b"\n--") > MAX_DIVIDERS:
        raise RefusedError("This mail has too many parts or lines.")
    try:
        parts = list(_leaves(BytesParser(policy=compat32).parsebytes(data)))
        attached = (_attachment(part) for part in parts if _is_attached(part))
        return _text(parts), tuple(islice(attached, MAX_ATTACHMENTS))
    except RecursionError:
        raise RefusedError("This mail has too many parts inside each other.") from None


def _without_mbox_line(data: bytes) -> bytes:
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that have content, in order; a mail inside a mail is one part."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        payload: Any = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += reversed(payload)
        else:
            yield part


def _is_attached(part: Message) -> bool:
    return (
        part.get_content_type() not in {"text/plain", "text/html"}
        or str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
        or bool(_name(part))
    )


def _attachment(part: Message) -> Attachment:
    return Attachment(
        clean_line(_name(part))[:200], clean_line(part.get_content_type())[:100], len(_content(part))
    )


def _name(part: Message) -> str:
    try:
        return decoded_header(part.get_filename() or "")
    except (LookupError, ValueError):
        return ""


def _content(part: Message) -> bytes:
    payload: Any = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner: Any = part.get_payload()
    try:
        return b"".join(bytes(part) for part in inner) if isinstance(inner, list) else b""
    except (LookupError, ValueError, KeyError):
        return b""


def _text(parts: list[Message]) -> str:
    """The plain text, else the words of the HTML; long ones are cut before they are worked on."""
    plain = [_part_text(part) for part in parts if _is_body(part, "text/plain")]
    if any(text.strip() for text in plain):
        return "\n\n".join(plain)
    return "\n\n".join(html_to_text(_part_text(part)) for part in parts if _is_body(part, "text/html"))


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_attached(part)


def _part_text(part: Message) -> str:
    charset = part.get_content_charset()
    return decoded(_content(part)[: 4 * LONGEST_TEXT], charset)


def _raw_headers(message: Message, name: str) -> Iterator[str]:
    """The values of a header as they came; the parser's own look at one replaces what is not ASCII."""
    return (str(value) for key, value in message.raw_items() if key.lower() == name.lower())


def _recipients(message: Message) -> tuple[str, ...]:
    addresses: list[str] = []
    for name in _RECIPIENT_HEADERS:
        for value in _raw_headers(message, name):
            addresses += _ADDRESS.findall(value[:MAX_HEADER])
    return tuple(addresses[:MAX_RECIPIENTS])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
