"""Which characters the bytes of a text file stand for."""

import re

from campaign.documents.read_letter.formats.charsets import codec_of, decoded
from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Characters so frequent that real text in the script cannot do without them.
_COMMON_HAN = frozenset("的是在不我人有了們这這们國国和要中大為为以到對对權权與与")
_UTF8_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CHARSETS = (
    re.compile(rb"^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([^\"'>]{1,60})", re.IGNORECASE),
    re.compile(rb"<meta\b[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*([^\s\"'>;/]{1,60})", re.IGNORECASE),
)
# In Western European languages few letters have accents; where most do, it is another alphabet misread.
_MOST_ACCENTS = 0.4


def decode(
    data: bytes, *, html: bool = False, charset: str | None = None
) -> tuple[str, tuple[LetterWarning, ...]]:
    """The text of a file, and a warning where the encoding is a guess. `charset` was declared elsewhere.

    What is declared is obeyed. Without a declaration UTF-8, UTF-16, Windows-1252, and GB18030 or Big5 where
    the result is plainly Chinese are understood. Raises RefusedError for bytes that are none of these.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return decoded(data[len(bom) :], encoding), ()
    wide = _utf16_without_bom(data) if charset is None else None
    if wide:
        return decoded(data, wide), (
            LetterWarning(1, "The text has no byte order mark; it was read as UTF-16."),
        )
    declared = charset or (_declared(data) if html else None)
    if declared is not None and not (codec_of(declared) is None and _try(data, "utf-8") is not None):
        return _as_declared(data, declared)
    if b"\x00" in data:
        raise RefusedError("This is a binary file, not a letter; export the letter as text, HTML or DOCX.")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _legacy(data, error.start)


def _as_declared(data: bytes, label: str) -> tuple[str, tuple[LetterWarning, ...]]:
    codec = codec_of(label)
    if codec == "utf-8" and _try(data, "utf-8") is None:
        raise RefusedError(
            "The file is UTF-8 with damaged bytes in line %(line)d; save it again and retry.",
            line=_bad_line(data),
        )
    text = decoded(data, label)
    if codec != "utf-8" and not data.isascii() and _try(data, "utf-8") is not None:
        return text, (
            LetterWarning(
                1,
                "The file says that it is %(encoding)s, but could be UTF-8: check its accents.",
                {"encoding": label[:40].upper()},
            ),
        )
    return text, ()


def _bad_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


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
    """The charset that a page names in its first 4 kB; UTF-16 cannot be meant where bytes are signs."""
    head = _COMMENT.sub(b"", data[:4096])
    for pattern in _CHARSETS:
        found = pattern.search(head)
        if found:
            label = found.group(1).decode("latin-1").strip().lower()
            return "utf-8" if (codec_of(label) or "").startswith(("utf-16", "utf-32")) else label
    return None


def _legacy(data: bytes, at: int) -> tuple[str, tuple[LetterWarning, ...]]:
    line = data.count(b"\n", 0, at) + 1
    best, text = 0.0, ""
    name = ""
    for encoding in ("gb18030", "big5"):
        candidate = _try(data, encoding)
        share = _chineseness(candidate)
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
    if latin is None or _share_of_accents(latin) > _MOST_ACCENTS:
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


def _share_of_accents(text: str) -> float:
    letters = [character for character in text[:20000] if character.isalpha()]
    return sum(character > "\x7f" for character in letters) / max(1, len(letters))


def _stray_bytes(data: bytes) -> int:
    rest = _UTF8_SEQUENCE.sub(b"", data)
    return sum(byte > 0x7F for byte in rest)
