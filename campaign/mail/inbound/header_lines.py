"""Header lines as they came: decoded from whatever they are encoded in, and trusted in nothing."""

import binascii
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from campaign.domain.charsets import text_of

MAX_HEADER = 20_000


def header(message: Message, name: str) -> str:
    """The first header of a name decoded from whatever it is encoded in; empty when it is missing."""
    return decoded_header(next(raw_headers(message, name), ""))


def decoded_header(raw: str) -> str:
    """A header's value decoded by RFC 2047, as names of attachments often are too."""
    raw = as_text(raw[:MAX_HEADER])
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        return raw
    return "".join(
        text_of(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces
    )


def raw_headers(message: Message, name: str) -> Iterator[str]:
    """The values of a header as they came; the parser's own look at one replaces what is not ASCII."""
    return (str(value) for key, value in message.raw_items() if key.lower() == name.lower())


def as_text(text: str) -> str:
    """Eight-bit bytes that the parser has hidden in surrogates, read as what they are."""
    return text if text.isascii() else text_of(text.encode("utf-8", "surrogateescape"), None)
