"""A PDF with a text layer as lines: signs are found where they were set, and put into reading order."""

import io
import logging
import struct
import zlib
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect, PDFTextExtractionNotAllowed
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from campaign.documents.read_letter.formats.kinds import MOST_CHARACTERS, refuse_by_length
from campaign.documents.read_letter.formats.pdf_layout import Glyph, lines_of_pages
from campaign.documents.read_letter.lines import Source
from campaign.errors import RefusedError

_MOST_PAGES = 300
_MOST_UNREADABLE = 0.1
_FEWEST_SIGNS = 20
_HEAD = 1024
# The library checks little of what it reads; these are what comes of a file that is not as it says.
_BROKEN = (
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
_BROKEN_FILES = (*_BROKEN, EOFError, OSError, struct.error, zlib.error)


def is_pdf(data: bytes) -> bool:
    """Whether the bytes are a PDF; some have a few bytes before their head (ISO 32000, annex H)."""
    return b"%PDF-" in data[:_HEAD] and not data[:20].lstrip().lower().startswith((b"<", b"mime-", b"from "))


def lines_of_pdf(data: bytes) -> Source:
    """Lines of all pages in reading order. Raises RefusedError for damage, a password, pages without text."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    device = _GlyphDevice()
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        interpreter = PDFPageInterpreter(device.rsrcmgr, device)
        for page in PDFPage.create_pages(document):
            interpreter.process_page(page)
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed):
        raise RefusedError(
            "The document is locked with a password; save it without one and try again."
        ) from None
    except _BROKEN_FILES:
        raise RefusedError("The PDF is damaged; save it again, or save the letter as DOCX or text.") from None
    signs = sum(map(len, device.pages))
    if signs + device.unreadable < _FEWEST_SIGNS:
        raise RefusedError(
            "The pages of this PDF are pictures without text. Have a program recognize the text (OCR),"
            " or choose the file the PDF was made from."
        )
    if device.unreadable > _MOST_UNREADABLE * (signs + device.unreadable):
        raise RefusedError(
            "The fonts of this PDF do not say which letters they show; choose the file the PDF was made from."
        )
    return lines_of_pages(device.pages)


class _GlyphDevice(PDFTextDevice):
    """Takes down every sign with its place, and nothing else of a page."""

    def __init__(self) -> None:
        super().__init__(PDFResourceManager())
        self.pages: list[list[Glyph]] = []
        self.unreadable = 0
        self._count = 0
        self._bold: dict[str, bool] = {}

    def begin_page(self, page: Any, ctm: Any) -> None:  # noqa: ARG002
        """Start a page."""
        self.pages.append([])
        refuse_by_length(self._count + MOST_CHARACTERS * (len(self.pages) > _MOST_PAGES), 0)

    def render_char(
        self,
        matrix: tuple[float, float, float, float, float, float],
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,  # noqa: ARG002
        graphicstate: Any,  # noqa: ARG002
    ) -> float:
        """Take one sign down; the advance to the next, as the interpreter wants it."""
        advance = float(font.char_width(cid)) * fontsize * scaling
        across, slant, _, up, x, y = matrix
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            self.unreadable += 1
            return advance
        # Signs set at an angle are marks across a page or along its edge.
        if abs(slant) > abs(across) * 0.1:
            return advance
        self._count += 1
        if self._count > MOST_CHARACTERS:
            refuse_by_length(self._count, 0)
        name = font.fontname
        if name not in self._bold:
            self._bold[name] = any(word in str(name).lower() for word in ("bold", "black", "heavy", "demi"))
        size = abs(up * fontsize)
        self.pages[-1].append(Glyph(x, y + rise * up, advance * across, size, text, self._bold[name]))
        return advance
