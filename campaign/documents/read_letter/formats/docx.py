"""A Word document as lines, numbered by paragraph."""

import re
from typing import Any

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.builder import Builder, is_passage, take_box
from campaign.documents.read_letter.formats.docx_styles import (
    Numbering,
    RunLook,
    Styles,
    child,
    look_of,
    name_of,
    number,
    value,
)
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.formats.package import DamagedPartError, Package
from campaign.documents.read_letter.formats.raised import raised_text
from campaign.documents.read_letter.lines import Line, Source
from campaign.documents.read_letter.words.patterns import words_in
from campaign.errors import RefusedError

_MOST_DEPTH = 60
# What holds paragraphs, rows, cells or runs and is nothing by itself; names of others' namespaces are empty.
_HOLDERS = words_in(
    """
    sdt sdtContent ins moveTo customXml smartTag hyperlink fldSimple dir bdo drawing pict object
    ruby rubyBase mc:Choice mc:Fallback m:oMath m:oMathPara
    """
) | {""}
_SIGNS = {"noBreakHyphen": "-", "softHyphen": ""}
_LEFT_OUT = {
    "del": notes.DELETED,
    "moveFrom": notes.MOVED,
    "altChunk": notes.ELSEWHERE,
    "subDoc": notes.ELSEWHERE,
}


def main_part(package: Package) -> str | None:
    """The name of the part that holds a Word document's text, wherever its relationships put it."""
    named = [target for kind, target in package.related() if kind == "officeDocument"]
    for name in (*named, "word/document.xml"):
        if name in package.names and (name.startswith("word/") or _is_word(package, name)):
            return name
    return None


def lines_of_docx(package: Package, part: str) -> Source:
    """Lines of a Word document; numbers are those of its paragraphs and table rows.

    Tracked insertions are read; deletions, hidden text and comments are not. Raises RefusedError for a
    damaged document.
    """
    try:
        body = child(package.xml(part), "body")
    except DamagedPartError:
        body = None
    if body is None:
        raise RefusedError("The Word document is damaged; save it again as DOCX and retry.")
    related = package.related(part)

    def first(kind: str) -> Any:
        for found, name in related:
            if found == kind:
                try:
                    return package.xml(name)
                except DamagedPartError:
                    return None
        return None

    styles = Styles(first("styles"))
    reader = _DocxReader(styles, Numbering(first("numbering"), styles))
    lines = reader.read_apart(body, 0)
    if any(kind == "comments" for kind, _ in related):
        reader.notes.add(1, notes.COMMENTS)
    for kind, name in related:
        if kind in ("header", "footer"):
            _note_furniture(reader, package, name)
    return Source(tuple(lines), tuple(reader.notes.warnings))


def _is_word(package: Package, name: str) -> bool:
    try:
        return name_of(package.xml(name).tag) == "document"
    except DamagedPartError:
        return False


def _note_furniture(reader: "_DocxReader", package: Package, name: str) -> None:
    try:
        root = package.xml(name)
    except DamagedPartError:
        return
    text = " / ".join(line.text for line in reader.read_apart(root, 0) if line.text)
    if any(map(str.isalpha, text)):
        reader.notes.add(1, notes.FURNITURE, text)


class _DocxReader:
    """Reads body, cells, boxes and headers alike."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.notes = Notes()
        self._builder = Builder()
        self._styles = styles
        self._numbering = numbering
        self._boxes: list[Any] = []
        self._number = 0
        self._has_text = False

    def read_apart(self, parent: Any, nesting: int) -> list[Line]:
        """The lines below an element, apart from what has been written so far."""
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        outer, self._builder = self._builder, Builder()
        self._blocks(parent, nesting)
        self._builder.end_block()
        lines, self._builder = self._builder.lines, outer
        return lines

    def _blocks(self, parent: Any, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        for element in parent:
            name = name_of(element.tag)
            if name == "p":
                self._paragraph(element, nesting)
            elif name == "tbl":
                self._table(element, nesting)
            elif name == "mc:AlternateContent":
                self._blocks(_alternative(element), nesting + 1)
            elif name in _LEFT_OUT:
                self.notes.add(self._number, _LEFT_OUT[name])
            elif name in _HOLDERS and not _is_placeholder(element):
                self._blocks(element, nesting + 1)

    def _paragraph(self, paragraph: Any, nesting: int) -> None:
        self._number += 1
        builder = self._builder
        properties = child(paragraph, "pPr")
        style = value(child(properties, "pStyle")) or self._styles.default
        outline = number(value(child(properties, "outlineLvl")), -1) or 0
        builder.level = outline + 1 if 0 <= outline < 9 else self._styles.level(style)
        numbered = self._list_item(properties, style)
        listed = numbered is not None and builder.depth > 0
        if not listed:
            builder.end_block()
        builder.depth = numbered[1] + 1 if numbered else 0
        written = len(builder.lines)
        self._runs(paragraph, self._styles.look(style), nesting + 1)
        # Word prints no number before an empty paragraph, and counts on without it.
        if numbered and (builder.pending or len(builder.lines) > written):
            self._mark(written, self._numbering.marker(*numbered))
        if numbered:
            builder.end_line(fixed=True)
        else:
            builder.end_block()
        builder.level, builder.marker = 0, None
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._box(box, nesting)

    def _mark(self, written: int, marker: str) -> None:
        """Put a marker before a paragraph whose first lines may have been written."""
        builder = self._builder
        if len(builder.lines) > written:
            first = builder.lines[written]
            builder.lines[written] = Line(
                first.number,
                first.text,
                0,
                first.level,
                marker,
                first.depth,
                first.strong,
                first.fixed,
                first.cells,
            )
        else:
            builder.marker = marker

    def _list_item(self, properties: Any, style: str | None) -> tuple[str, int] | None:
        """The list and the level in it, each from the paragraph or else the nearest of its styles."""
        numbered = child(properties, "numPr")
        from_style = self._styles.list_of(style)
        list_id = value(child(numbered, "numId")) or from_style[0]
        if list_id is None or list_id == "0":
            return None
        level = number(value(child(numbered, "ilvl")), from_style[1])
        if level is None:
            level = self._numbering.level_of_style(list_id, style)
        return list_id, max(0, min(level, 8))

    def _runs(self, parent: Any, look: RunLook, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        for element in parent:
            name = name_of(element.tag)
            if name == "r":
                properties = child(element, "rPr")
                style = self._styles.look(value(child(properties, "rStyle")))
                self._runs(element, look_of(properties).over(style).over(look), nesting + 1)
            elif name in ("t", "m:t", "sym") or name in _SIGNS:
                self._text(_text_of(name, element), look)
            elif name in ("tab", "ptab"):
                self._builder.tab()
            elif name in ("br", "cr"):
                self._builder.end_line(fixed=True)
            elif name == "txbxContent":
                self._boxes.append(element)
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.add(self._number, notes.FOOTNOTE)
            elif name in _LEFT_OUT:
                self.notes.add(self._number, _LEFT_OUT[name])
            elif name == "mc:AlternateContent":
                self._runs(_alternative(element), look, nesting + 1)
            elif (name in _HOLDERS or name.startswith("m:")) and not _is_placeholder(element):
                self._runs(element, look, nesting + 1)

    def _text(self, text: str, look: RunLook) -> None:
        if look.hidden or look.struck:
            if text.strip():
                self.notes.add(self._number, notes.HIDDEN if look.hidden else notes.STRUCK)
            return
        if look.raised:
            shown = raised_text(self._builder.before, text)
            if shown is None:
                self.notes.add(self._number, notes.FOOTNOTE)
            text = shown or ""
        self._has_text = self._has_text or bool(text.strip())
        self._builder.run(text, self._number, bold=bool(look.bold))

    def _box(self, box: Any, nesting: int) -> None:
        has_text, number = self._has_text, self._number
        lines = self.read_apart(box, nesting + 1)
        self._has_text = take_box(self._builder, self.notes, lines, number, is_above=not has_text)

    def _table(self, table: Any, nesting: int) -> None:
        self._builder.end_block()
        for row in _parts(table, "tr", nesting):
            is_deleted = child(row, "trPr", "del") is not None
            if is_deleted or child(row, "trPr", "hidden") is not None:
                self.notes.add(self._number, notes.DELETED if is_deleted else notes.HIDDEN)
                continue
            self._number += 1
            at = self._number
            cells = [self.read_apart(cell, nesting + 1) for cell in _parts(row, "tc", nesting)]
            if any(map(is_passage, cells)):
                for cell in cells:
                    self._builder.take(cell)
            else:
                self._builder.row([" ".join(line.text for line in cell) for cell in cells], at)
        self._builder.end_block()


def _parts(parent: Any, wanted: str, nesting: int) -> list[Any]:
    """Rows of a table or cells of a row, also those within a content control."""
    if nesting > _MOST_DEPTH:
        raise RefusedError("The document is nested too deeply to be a letter.")
    found = []
    for element in parent:
        name = name_of(element.tag)
        if name == wanted:
            found.append(element)
        elif name in _HOLDERS:
            found += _parts(element, wanted, nesting + 1)
    return found


def _alternative(element: Any) -> Any:
    """The one of several forms of the same content that has text: the newest that has."""
    forms = [one for one in element if name_of(one.tag) in ("mc:Choice", "mc:Fallback")]
    return next((form for form in forms if any(name_of(one.tag) == "t" for one in form.iter())), ())


def _is_placeholder(element: Any) -> bool:
    """Whether a content control waits for its text and shows only where to click."""
    return name_of(element.tag) == "sdt" and child(element, "sdtPr", "showingPlcHdr") is not None


def _text_of(name: str, element: Any) -> str:
    if name in _SIGNS:
        return _SIGNS[name]
    if name != "sym":
        return element.text or ""
    sign = value(element, "char") or ""
    code = int(sign, 16) if re.fullmatch("[0-9A-Fa-f]{2,5}", sign) else 0
    # Symbol fonts live in the private use area: what they show there is a bullet or a box.
    return "•" if 0xE000 <= code < 0xF900 else chr(code) if code >= 0x20 else ""
