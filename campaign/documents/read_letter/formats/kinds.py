"""What kind of file the bytes are, and which of them can be no letter."""

import re
from enum import StrEnum
from typing import NoReturn

from campaign.documents.read_letter.formats.package import Package
from campaign.errors import RefusedError
from campaign.i18n import to_translate

MOST_BYTES = 5 * 1024 * 1024
MOST_CHARACTERS = 1_000_000
MOST_LINES = 30_000
# A Markdown parser looks for the end of every open bracket: many thousands of them take minutes.
_MOST_BRACKETS = 3000

_PICTURE = to_translate(
    "This is a picture, and words in pictures are not read. Choose the file the letter was written in,"
    " or have a program recognize the text (OCR) and save it as text or DOCX."
)
_MEDIA = to_translate("This is a media file, not a letter; export the letter as text, HTML or DOCX.")
_ARCHIVE = to_translate("This is an archive, not a letter; unpack it and choose the letter inside.")
_DATABASE = to_translate("This is a database, not a letter; export the letter as text, HTML or DOCX.")
_PROGRAM = to_translate("This is a program, not a letter; export the letter as text, HTML or DOCX.")
_PRINT = to_translate("This is a file for a printer; save the letter as DOCX, PDF or text and try again.")
_WORDPERFECT = to_translate("This is a WordPerfect file; save the letter as DOCX or text and try again.")
_RTF = to_translate("This is an RTF file; save the letter as DOCX or text and try again.")
_PAGES = to_translate("This is a Pages file; in Pages, export the letter as Word (DOCX) and try again.")
_WEB_ARCHIVE = to_translate("This is a web archive of Safari; save the page as HTML or text and try again.")

_MAGIC = (
    (b"{\\rtf", _RTF),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"\x00\x00\x00\x0cjP  ", _PICTURE),
    (b"\xff\x0a", _PICTURE),
    (b"AT&TFORM", _PICTURE),
    (b"8BPS", _PICTURE),
    (b"bplist00", _WEB_ARCHIVE),
    (b"RIFF", _MEDIA),
    (b"OggS", _MEDIA),
    (b"ID3", _MEDIA),
    (b"%!PS", _PRINT),
    (b"\x1b%-12345X", _PRINT),
    (b"\xffWPC", _WORDPERFECT),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x7fELF", _PROGRAM),
    (b"MZ", _PROGRAM),
    (b"SQLite format 3\x00", _DATABASE),
)
# What RIFF and ISO media files say they are where they are pictures.
_PICTURE_BRANDS = frozenset((b"WEBP", b"heic", b"heix", b"mif1", b"msf1", b"avif", b"heim"))
# These are also how a text may begin.
_SHORT_MAGIC = frozenset((b"BM", b"MZ", b"ID3", b"BZh", b"RIFF"))
_OLE = b"\xd0\xcf\x11\xe0"
# What an old Office file ("compound file") is, by the names of its streams, which are in UTF-16.
_STREAMS = (
    (
        "EncryptedPackage",
        to_translate("The document is locked with a password; save it without one and try again."),
    ),
    (
        "__substg1.0_",
        to_translate("This is an email saved by Outlook (.msg); save it as .eml or text and try again."),
    ),
    (
        "WordDocument",
        to_translate("This is a Word file of the old kind (.doc); save it as DOCX and try again."),
    ),
    (
        "HwpSummaryInformation",
        to_translate("This is a Hangul file (.hwp); save the letter as DOCX and try again."),
    ),
    ("Workbook", to_translate("This is a spreadsheet, not a letter.")),
    ("PowerPoint Document", to_translate("This is a slide deck, not a letter.")),
)
_ODF_KINDS = {
    "application/vnd.oasis.opendocument.spreadsheet": to_translate("This is a spreadsheet, not a letter."),
    "application/vnd.oasis.opendocument.presentation": to_translate("This is a slide deck, not a letter."),
    "application/epub+zip": to_translate(
        "This is an electronic book; save the letter as DOCX or text and try again."
    ),
    "application/hwp+zip": to_translate(
        "This is a Hangul file (.hwpx); save the letter as DOCX and try again."
    ),
}
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*){0,20}"
    r"<(?:!doctype\s+html|html|head|body|main|article|section|div|p|h[1-6]|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = (
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"\*\*[^*\n]{2,200}\*\*"),
    re.compile(r"(?<!\w)__[^_\n]{2,200}__(?!\w)"),
    re.compile(r"^_[^_\n][^\n]*_$", re.MULTILINE),
    re.compile(r"(?<![\w*])\*[^\s*][^*\n]{0,200}[^\s*]\*(?![\w*])"),
    re.compile(r"(?<!\w)_[^\s_][^_\n]{0,200}[^\s_]_(?!\w)"),
    re.compile(r"\[[^\]\n]{1,200}\]\([^)\s]{1,400}\)"),
    re.compile(r"<(?:a\s+href|br\s*/?|em|strong|b|i|u)\b[^>\n]{0,300}>", re.IGNORECASE),
)


class Kind(StrEnum):
    """The kinds of file a text may be."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


def refuse_by_size(data: bytes) -> None:
    """Raise RefusedError for nothing at all and for more than five megabytes."""
    if not data.strip():
        raise RefusedError("The file is empty.")
    if len(data) > MOST_BYTES:
        raise RefusedError("The file is larger than 5 MB; no letter is.")


def refuse_by_length(characters: int, lines: int) -> None:
    """Raise RefusedError for a text many times longer than a letter with thousands of signatories."""
    if characters > MOST_CHARACTERS or lines > MOST_LINES:
        raise RefusedError(
            "The text is longer than any letter: more than a million characters or 30,000 lines."
        )


def refuse_other_binaries(data: bytes) -> None:
    """Raise RefusedError, saying what they are and what to do, for bytes that are known to be no letter."""
    is_picture = data[8:12] in _PICTURE_BRANDS
    for magic, sentence in _MAGIC:
        if data.startswith(magic) and (magic not in _SHORT_MAGIC or b"\x00" in data[:64]):
            raise RefusedError(_PICTURE if is_picture else sentence)
    if data[4:8] == b"ftyp":
        raise RefusedError(_PICTURE if is_picture else _MEDIA)
    if data.startswith(_OLE):
        found = [sentence for stream, sentence in _STREAMS if stream.encode("utf-16-le") in data]
        raise RefusedError(
            found[0]
            if found
            else to_translate("This is an old Office file; save the letter as DOCX and try again.")
        )


def refuse_other_archive(package: Package) -> NoReturn:
    """Raise RefusedError, saying what it is, for an archive that holds no document with text."""
    if package.is_locked:
        raise RefusedError("The document is locked with a password; save it without one and try again.")
    kind = package.text("mimetype").removesuffix("-template")
    if kind in _ODF_KINDS:
        raise RefusedError(_ODF_KINDS[kind])
    if any(name.startswith("xl/") for name in package.names):
        raise RefusedError("This is a spreadsheet, not a letter.")
    if any(name.startswith("ppt/") for name in package.names):
        raise RefusedError("This is a slide deck, not a letter.")
    if (
        any(name.endswith(("document.iwa", "index.zip")) for name in package.names)
        or "index.xml" in package.names
    ):
        raise RefusedError(_PAGES)
    raise RefusedError(
        "This is an archive that holds no Word document;"
        " unpack it, or export the letter as text, HTML or DOCX."
    )


def kind_of_text(text: str, name: str | None) -> Kind:
    """The kind of a decoded text: what it holds, then what its file is called."""
    if _HTML.match(text):
        return Kind.HTML
    suffix = suffix_of(name)
    if suffix in ("html", "htm", "xhtml") and "<" in text:
        return Kind.HTML
    if text.count("[") > _MOST_BRACKETS:
        return Kind.TEXT
    if suffix in ("md", "markdown", "mdown", "mkd") or any(form.search(text) for form in _MARKDOWN):
        return Kind.MARKDOWN
    return Kind.TEXT


def suffix_of(name: str | None) -> str:
    """The ending of a file's name in small letters; empty where it has none."""
    return name.lower().rsplit(".", 1)[-1] if name and "." in name else ""
