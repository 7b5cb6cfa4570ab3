"""A Word document as lines, numbered by paragraph."""

import io
import re
import zipfile
import zlib
from collections import Counter
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from campaign.documents.read_letter.formats.builder import Builder
from campaign.documents.read_letter.lines import Source
from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|标题|標題)\s*(\d)", re.IGNORECASE)
_BULLETS = frozenset(("bullet", "none"))
_MOST_DEPTH = 60


def lines_of_docx(data: bytes) -> Source:
    """Lines of a checked DOCX archive; numbers are those of its paragraphs and table rows.

    Tracked insertions are read, tracked deletions are not. Raises RefusedError for a damaged document.
    """
    _refuse_declarations(data)
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _DocxReader(document)
        reader.read(document.element.body)
    except (
        OpcError,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        zlib.error,
        etree.XMLSyntaxError,
    ):
        raise RefusedError("The Word document is damaged; save it again as DOCX and retry.") from None
    return Source(tuple(reader.builder.lines), tuple(reader.warnings))


def _refuse_declarations(data: bytes) -> None:
    """Raise RefusedError for a DOCTYPE: Office Open XML has none, and XML entities could hide in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            head = archive.open("word/document.xml").read(4096)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, KeyError, zlib.error):
        raise RefusedError("The Word document is damaged; save it again as DOCX and retry.") from None
    if b"<!DOCTYPE" in head:
        raise RefusedError("The document declares XML entities, which no letter needs; it was not opened.")


class _DocxReader:
    def __init__(self, document: Any) -> None:
        self.builder = Builder()
        self.warnings: list[LetterWarning] = []
        self._styles = {style.style_id: style for style in document.styles}
        self._numbering = _numbering(document)
        self._counts: Counter[tuple[str, int]] = Counter()
        self._number = 0

    def read(self, parent: Any, nesting: int = 0) -> None:
        """Write every paragraph and table below an element, in order."""
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        for child in parent:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child, nesting)
            elif child.tag in (
                qn("w:sdt"),
                qn("w:sdtContent"),
                qn("w:ins"),
                qn("w:customXml"),
                qn("w:smartTag"),
            ):
                self.read(child, nesting + 1)
        if not nesting:
            self.builder.end_block()

    def _paragraph(self, paragraph: Any) -> None:
        self._number += 1
        builder = self.builder
        builder.level = self._level(paragraph)
        marker, depth = self._list_item(paragraph)
        listed = depth > 0 and builder.depth > 0
        builder.depth = depth
        builder.marker = marker
        if not listed:
            builder.end_block()
        self._runs(paragraph, bold=False, nesting=0)
        if depth:
            builder.end_line(fixed=True)
        else:
            builder.end_block()
        builder.level, builder.marker = 0, None

    def _runs(self, parent: Any, *, bold: bool, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        for child in parent:
            tag = child.tag
            if tag == qn("w:r"):
                self._runs(child, bold=_is_bold(child), nesting=nesting + 1)
            elif tag == qn("w:t"):
                self.builder.run(child.text or "", self._number, bold=bold)
            elif tag == qn("w:tab"):
                self.builder.tab()
            elif tag == qn("w:noBreakHyphen"):
                self.builder.run("-", self._number, bold=bold)
            elif tag in (qn("w:br"), qn("w:cr")):
                self.builder.end_line(fixed=True)
            elif tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
                self.warnings.append(
                    LetterWarning(self._number, "A footnote hangs on this paragraph and was left out.")
                )
            elif tag in (qn("w:del"), qn("w:moveFrom")):
                self.warnings.append(
                    LetterWarning(self._number, "A tracked deletion in this paragraph was left out.")
                )
            elif isinstance(tag, str) and tag not in (qn("w:pPr"), qn("w:rPr")):
                self._runs(child, bold=bold, nesting=nesting + 1)

    def _level(self, paragraph: Any) -> int:
        style = self._style(paragraph)
        name = (style.name or "") if style is not None else ""
        if name.lower() in ("title", "titel", "titre", "título", "标题", "標題"):
            return 1
        found = _HEADING.match(name)
        return int(found.group(1)) if found else 0

    def _style(self, paragraph: Any) -> Any:
        named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._styles.get(named.get(qn("w:val"))) if named is not None else None

    def _list_item(self, paragraph: Any) -> tuple[str | None, int]:
        """The marker Word would print and the depth, from the paragraph's own numbering or its style's."""
        numbered = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = self._style(paragraph)
        if numbered is None and style is not None:
            numbered = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbered is None:
            return None, 0
        list_id = _value(numbered.find(qn("w:numId")), "0")
        depth = int(_value(numbered.find(qn("w:ilvl")), "0"))
        if list_id == "0" or not _has_text(paragraph):
            return None, 0
        kind, pattern = self._numbering.get((list_id, depth), ("bullet", "•"))
        if kind in _BULLETS:
            return "•", depth + 1
        self._counts[(list_id, depth)] += 1
        for deeper in range(depth + 1, 10):
            self._counts[(list_id, deeper)] = 0
        return _marker(kind, pattern, self._counts[(list_id, depth)], depth), depth + 1

    def _table(self, table: Any, nesting: int) -> None:
        self.builder.end_block()
        for row in table.iter(qn("w:tr")):
            cells = row.findall(qn("w:tc"))
            texts = [["".join(_texts(p)) for p in cell.iter(qn("w:p"))] for cell in cells]
            filled = [[text for text in cell if text.strip()] for cell in texts]
            if any(len(cell) > 1 or len("".join(cell)) > 300 for cell in filled):
                for cell in cells:
                    self.read(cell, nesting + 1)
                    self.builder.end_block()
            else:
                self._number += 1
                self.builder.row(["".join(cell) for cell in filled], self._number)
        self.builder.end_block()


def _texts(paragraph: Any) -> list[str]:
    return [node.text or "" for node in paragraph.iter(qn("w:t"))]


def _has_text(paragraph: Any) -> bool:
    return any(text.strip() for text in _texts(paragraph))


def _is_bold(run: Any) -> bool:
    bold = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
    return bold is not None and bold.get(qn("w:val"), "1") not in ("0", "false", "off")


def _value(element: Any, default: str) -> str:
    return str(element.get(qn("w:val"), default)) if element is not None else default


def _numbering(document: Any) -> dict[tuple[str, int], tuple[str, str]]:
    """The kind of number and its pattern for each list and level."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract = {
        element.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"), "0")): (
                _value(level.find(qn("w:numFmt")), "bullet"),
                _value(level.find(qn("w:lvlText")), "%1."),
            )
            for level in element.findall(qn("w:lvl"))
        }
        for element in root.findall(qn("w:abstractNum"))
    }
    formats = {}
    for numbered in root.findall(qn("w:num")):
        levels = abstract.get(_value(numbered.find(qn("w:abstractNumId")), ""), {})
        for depth, form in levels.items():
            formats[(numbered.get(qn("w:numId")), depth)] = form
    return formats


def _marker(kind: str, pattern: str, count: int, depth: int) -> str:
    shown = chr(96 + count) if kind in ("lowerLetter", "upperLetter") and count <= 26 else str(count)
    return pattern.replace(f"%{depth + 1}", shown) if f"%{depth + 1}" in pattern else f"{shown}."
