"""Which characters the bytes of a text file stand for."""

import re

from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Characters so frequent that real text in the script cannot do without them.
_COMMON_HAN = frozenset("的是在不我人有了们這这們国國和要中大为為以到对對权權与與")
_UTF8_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)


def decode(data: bytes, *, html: bool = False) -> tuple[str, tuple[LetterWarning, ...]]:
    """The text of a file, and a warning where the encoding is a guess.

    Understands UTF-8, UTF-16, Windows-1252, and GB18030 or Big5 where the result is plainly Chinese.
    Raises RefusedError for bytes that are none of these.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding), ()
    wide = _utf16_without_bom(data)
    if wide:
        return _strictly(data, wide), (
            LetterWarning(1, "The text has no byte order mark; it was read as UTF-16."),
        )
    if b"\x00" in data:
        raise RefusedError("This is a binary file, not a letter; export the letter as text, HTML or DOCX.")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _legacy(data, error.start, declared=_declared(data) if html else None)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise RefusedError(
            "The file says that it is %(encoding)s, but its bytes are damaged.", encoding=encoding.upper()
        ) from None


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 of mostly Latin text shows as a zero in every other byte."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else None


def _declared(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4096])
    return found.group(1).decode("ascii").lower() if found else None


def _legacy(data: bytes, at: int, *, declared: str | None) -> tuple[str, tuple[LetterWarning, ...]]:
    line = data.count(b"\n", 0, at) + 1
    best, text = 0.0, ""
    name = ""
    for encoding in ("gb18030", "big5"):
        candidate = _try(data, encoding)
        share = _chineseness(candidate) + (1.0 if declared and declared.startswith(encoding[:2]) else 0.0)
        if candidate and share > best:
            best, text, name = share, candidate, encoding
    if best >= 0.12:
        return text, (
            LetterWarning(
                line, "The text is not UTF-8; it was read as Chinese %(name)s.", {"name": name.upper()}
            ),
        )
    if len(_UTF8_SEQUENCE.findall(data)) > 3 * _stray_bytes(data):
        raise RefusedError(
            "The file is UTF-8 with damaged bytes in line %(line)d; save it again and retry.", line=line
        )
    latin = _try(data, "cp1252")
    if latin is None:
        raise RefusedError("The encoding of this text is unknown; save it as UTF-8 and try again.")
    return latin, (
        LetterWarning(line, "The text is not UTF-8; it was read as Windows-1252: check its accents."),
    )


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _chineseness(text: str | None) -> float:
    """The share of the most common characters among all Han characters; 0 where others prevail."""
    beyond = [character for character in (text or "")[:20000] if character > "\x7f"]
    han = sum("\u4e00" <= character <= "\u9fff" for character in beyond)
    if han < 8 or han < 0.7 * len(beyond):
        return 0.0
    return sum(character in _COMMON_HAN for character in beyond) / han


def _stray_bytes(data: bytes) -> int:
    rest = _UTF8_SEQUENCE.sub(b"", data)
    return sum(byte > 0x7F for byte in rest)
