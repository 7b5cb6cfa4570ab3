"""Signed mail whose content is inside the signature (S/MIME, RFC 8551): taken out of it, nothing verified.

Only what leads to the content is read of the encoding (BER, X.690): the library that could read more of it
gives certificates and no content.
"""

from dataclasses import dataclass

_SEQUENCE, _OID, _CONTEXT_0, _OCTETS, _PIECES = 0x30, 0x06, 0xA0, 0x04, 0x24
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_MOST_ELEMENTS = 1_000_000


class _NotReadableError(Exception):
    """The bytes are no such message."""


@dataclass(frozen=True)
class _Element:
    """A tag and where its content is; without an `end` that is told by a mark after it."""

    tag: int
    start: int
    end: int | None


def signed_content(data: bytes) -> bytes | None:
    """The mail inside a signed message; None for what is encrypted, or no such message."""
    try:
        message = _expect(data, 0, _SEQUENCE)
        kind = _expect(data, message.start, _OID)
        if data[kind.start : kind.end] != _SIGNED_DATA:
            return None
        signed = _expect(data, _expect(data, _end(kind), _CONTEXT_0).start, _SEQUENCE)
        version = _element(data, signed.start)
        digests = _element(data, _end(version))
        content = _expect(data, _after(data, digests), _SEQUENCE)
        inner = _expect(data, _end(_expect(data, content.start, _OID)), _CONTEXT_0)
        return _octets(data, _element(data, inner.start))
    except (_NotReadableError, IndexError):
        return None


def _element(data: bytes, at: int) -> _Element:
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        return _Element(tag, start, None)
    if length > 0x80:
        digits = length & 0x7F
        if digits > 4:
            raise _NotReadableError
        length = int.from_bytes(data[start : start + digits], "big")
        start += digits
    if start + length > len(data):
        raise _NotReadableError
    return _Element(tag, start, start + length)


def _expect(data: bytes, at: int, tag: int) -> _Element:
    element = _element(data, at)
    if element.tag != tag:
        raise _NotReadableError
    return element


def _end(element: _Element) -> int:
    if element.end is None:
        raise _NotReadableError
    return element.end


def _after(data: bytes, element: _Element) -> int:
    """Where the next one begins."""
    if element.end is not None:
        return element.end
    at, open_marks = element.start, 1
    for _ in range(_MOST_ELEMENTS):
        inner = _element(data, at)
        if inner.tag == 0:
            open_marks -= 1
        elif inner.end is None:
            open_marks += 1
        at = inner.start if inner.end is None else inner.end
        if not open_marks:
            return at
    raise _NotReadableError


def _octets(data: bytes, element: _Element) -> bytes:
    """A string of bytes, whole or in pieces."""
    if element.tag == _OCTETS:
        return data[element.start : _end(element)]
    if element.tag != _PIECES:
        raise _NotReadableError
    pieces, at, end = [], element.start, _after(data, element)
    while at < end:
        piece = _element(data, at)
        if piece.tag == _OCTETS:
            pieces.append(data[piece.start : _end(piece)])
            at = _end(piece)
        elif piece.tag in (_PIECES, 0):
            at = piece.start
        else:
            raise _NotReadableError
    return b"".join(pieces)
