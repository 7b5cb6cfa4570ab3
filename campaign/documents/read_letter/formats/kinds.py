"""What kind of file the bytes are, and which of them can be no letter."""

import io
import re
import zipfile
from enum import StrEnum

from campaign.errors import RefusedError
from campaign.i18n import to_translate

MOST_BYTES = 5 * 1024 * 1024
MOST_CHARACTERS = 1_000_000
MOST_LINES = 30_000
# A Markdown parser looks for the end of every open bracket: many thousands of them take minutes.
_MOST_BRACKETS = 3000
_MOST_UNPACKED = 60 * 1024 * 1024
_MOST_PARTS = 2000

_MAGIC = (
    (
        b"%PDF",
        to_translate("A PDF cannot be read reliably; export the letter as text, HTML or DOCX and try again."),
    ),
    (b"{\\rtf", to_translate("This is an RTF file; save the letter as DOCX or text and try again.")),
    (b"\xd0\xcf\x11\xe0", to_translate("This is an old Office file; save the letter as DOCX and try again.")),
    (b"\x89PNG", to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX.")),
    (
        b"\xff\xd8\xff",
        to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX."),
    ),
    (b"GIF8", to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX.")),
    (b"RIFF", to_translate("This is a media file, not a letter; export the letter as text, HTML or DOCX.")),
    (b"BM", to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX.")),
    (b"II*\x00", to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX.")),
    (b"MM\x00*", to_translate("This is an image, not a letter; export the letter as text, HTML or DOCX.")),
    (b"\x1f\x8b", to_translate("This is an archive, not a letter; export the letter as text, HTML or DOCX.")),
    (
        b"7z\xbc\xaf",
        to_translate("This is an archive, not a letter; export the letter as text, HTML or DOCX."),
    ),
    (b"Rar!", to_translate("This is an archive, not a letter; export the letter as text, HTML or DOCX.")),
    (b"\x7fELF", to_translate("This is a program, not a letter; export the letter as text, HTML or DOCX.")),
    (
        b"SQLite format 3\x00",
        to_translate("This is a database, not a letter; export the letter as text, HTML or DOCX."),
    ),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
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
    """The kinds of file a letter may come in."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"


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


def is_docx(data: bytes) -> bool:
    """Whether the bytes are a Word document; raises RefusedError for every other archive or binary kind."""
    if data.startswith(b"PK"):
        _check_archive(data)
        return True
    for magic, sentence in _MAGIC:
        if data.startswith(magic) and (magic != b"BM" or b"\x00" in data[:64]):
            raise RefusedError(sentence)
    if data[4:8] == b"ftyp":
        raise RefusedError("This is a media file, not a letter; export the letter as text, HTML or DOCX.")
    return False


def kind_of_text(text: str, name: str | None) -> Kind:
    """The kind of a decoded text: what it holds, then what its file is called."""
    if _HTML.match(text):
        return Kind.HTML
    suffix = name.lower().rsplit(".", 1)[-1] if name and "." in name else ""
    if suffix in ("html", "htm", "xhtml") and "<" in text:
        return Kind.HTML
    if text.count("[") > _MOST_BRACKETS:
        return Kind.TEXT
    if suffix in ("md", "markdown", "mdown", "mkd") or any(form.search(text) for form in _MARKDOWN):
        return Kind.MARKDOWN
    return Kind.TEXT


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedError(
            "The file is a damaged archive; export the letter as text, HTML or DOCX again."
        ) from None
    names = {part.filename for part in parts}
    if "word/document.xml" not in names:
        raise RefusedError(_archive_sentence(names))
    # zipfile never unpacks more of a part than its directory declares: the declared sizes are a true limit.
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise RefusedError("The document unpacks to more than any letter holds; it was not opened.")
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedError("The document is locked with a password; save it without one and try again.")


def _archive_sentence(names: set[str]) -> str:
    if any(name.startswith("xl/") for name in names):
        return to_translate("This is a spreadsheet, not a letter.")
    if any(name.startswith("ppt/") for name in names):
        return to_translate("This is a slide deck, not a letter.")
    if "content.xml" in names:
        return to_translate("This is an OpenDocument file; save the letter as DOCX and try again.")
    return to_translate(
        "This is an archive that holds no Word document; export the letter as text, HTML or DOCX."
    )
