"""Mail that comes in, as its bytes: read by the standard library, and believed in nothing.

The library's older policy is on purpose: its newer one parses every header into parts, and raises on many
that are not well formed.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from typing import Any

from campaign.domain.names import clean_line, clean_text
from campaign.domain.replies import LONGEST_TEXT, TELLING_HEADERS, Attachment, InboundMail
from campaign.errors import RefusedError
from campaign.mail.foreign_html import text_of_html

LARGEST_MAIL = 32 * 1024 * 1024  # bytes; SendGrid takes mails of up to 30 MB
MOST_PARTS = 500
MOST_ATTACHMENTS = 50
LONGEST_HEADER = 20_000
LONGEST_SUBJECT = 500
# Where a mail may say for whom it came, the surest first: the servers' own words, then the sender's.
_FOR = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "to", "cc", "resent-to")
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,64}@[^\s<>@,;\"]{1,253}")


def read_mail(
    data: bytes, *, recipients: tuple[str, ...] = (), envelope_sender: str | None = None
) -> InboundMail:
    """One mail out of its bytes; `recipients` and `envelope_sender` are what the server was told, if it says.

    RefusedError when it is too large or no mail at all.
    """
    if len(data) > LARGEST_MAIL:
        raise RefusedError("This mail is too large: the most is %(most)d MB.", most=LARGEST_MAIL // 2**20)
    try:
        message = BytesParser(policy=compat32).parsebytes(_without_mbox_line(data))
        parts = list(_leaves(message))
    except RecursionError:
        raise RefusedError("This mail has too many parts inside each other.") from None
    if not any(
        name.lower() in {"from", "to", "subject", "date", "message-id"} for name, _ in message.raw_items()
    ):
        raise RefusedError("This is not a mail: it has none of the headers that every mail has.")
    return mail_of(
        message,
        text=_text(parts),
        attachments=tuple(_attachment(part) for part in parts if _is_attached(part))[:MOST_ATTACHMENTS],
        recipients=recipients,
        envelope_sender=envelope_sender,
    )


def mail_of(
    message: Message,
    *,
    text: str,
    attachments: tuple[Attachment, ...],
    recipients: tuple[str, ...],
    envelope_sender: str | None,
) -> InboundMail:
    """A mail out of its headers and what has been read of its body."""
    if envelope_sender is None and "Return-Path" in message:
        envelope_sender = header(message, "Return-Path").strip(" <>")
    name, address = sender_of(next(_raw(message, "From"), ""))
    subject = clean_line(header(message, "Subject"))[:LONGEST_SUBJECT]
    text = clean_text(text)[:LONGEST_TEXT]
    message_id = clean_line(header(message, "Message-ID")) or _digest(
        header(message, "Date"), address, subject, text
    )
    return InboundMail(
        message_id=message_id[:LONGEST_HEADER],
        recipients=recipients + _recipients(message),
        sender_name=name,
        sender_address=address,
        subject=subject,
        text=text,
        attachments=attachments,
        headers={name: clean_line(header(message, name)) for name in TELLING_HEADERS if name in message},
        envelope_sender=envelope_sender,
        kind=message.get_content_type(),
    )


def header(message: Message, name: str) -> str:
    """The first header of a name in letters, whatever it is encoded in; empty when it is missing."""
    return in_letters(next(_raw(message, name), ""))


def in_letters(raw: str) -> str:
    """A header's value decoded by RFC 2047, as names of attachments often are too."""
    raw = _as_letters(raw[:LONGEST_HEADER])
    try:
        return "".join(_decoded(piece, charset) for piece, charset in decode_header(raw))
    except (HeaderParseError, binascii.Error, ValueError):
        return raw


def sender_of(raw: str) -> tuple[str, str]:
    """The first name and address of a From line as it came; each is empty where there is none.

    Taken apart before it is decoded: a name may hold a comma.
    """
    line = clean_line(raw[:LONGEST_HEADER])
    for name, address in getaddresses([line])[:1]:
        found = _ADDRESS.fullmatch(address) or _ADDRESS.search(line)
        return clean_line(in_letters(name))[:200], found.group() if found else ""
    return "", ""


def decoded(data: bytes, charset: str | None) -> str:
    """Bytes in letters: by their charset, else as UTF-8; what does not fit is replaced."""
    for guess in (charset or "utf-8", "utf-8"):
        try:
            return data.decode(_WIDER.get(guess.lower(), guess), "replace")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


# Mail programs say the narrower name and mean the wider charset (WHATWG Encoding, "names and labels").
_WIDER = {
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


def _as_letters(text: str) -> str:
    """Eight-bit bytes that the parser has hidden in surrogates, read as UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _without_mbox_line(data: bytes) -> bytes:
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that have content, in order; a mail inside a mail is one part."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
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
        return in_letters(part.get_filename() or "")
    except (LookupError, ValueError):
        return ""


def _content(part: Message) -> bytes:
    payload: Any = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner: Any = part.get_payload()
    try:
        return b"".join(bytes(one) for one in inner) if isinstance(inner, list) else b""
    except (LookupError, ValueError, KeyError):
        return b""


def _text(parts: list[Message]) -> str:
    """The plain text, else the words of the HTML; long ones are cut before they are worked on."""
    plain = [_letters(part) for part in parts if _is_body(part, "text/plain")]
    if any(text.strip() for text in plain):
        return "\n\n".join(plain)
    return "\n\n".join(text_of_html(_letters(part)) for part in parts if _is_body(part, "text/html"))


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_attached(part)


def _letters(part: Message) -> str:
    charset = part.get_content_charset()
    return decoded(_content(part)[: 4 * LONGEST_TEXT], charset)


def _raw(message: Message, name: str) -> Iterator[str]:
    """The values of a header as they came; the parser's own look at one replaces what is not ASCII."""
    return (str(value) for key, value in message.raw_items() if key.lower() == name.lower())


def _recipients(message: Message) -> tuple[str, ...]:
    found: list[str] = []
    for name in _FOR:
        for value in _raw(message, name):
            found += _ADDRESS.findall(value[:LONGEST_HEADER])
    return tuple(found[:MOST_PARTS])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
