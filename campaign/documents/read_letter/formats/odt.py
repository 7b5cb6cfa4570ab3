"""An OpenDocument text as lines, numbered by paragraph."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.builder import Builder, is_passage, take_box
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.formats.numerals import numeral
from campaign.documents.read_letter.formats.package import DamagedPartError, Package
from campaign.documents.read_letter.formats.raised import raised_text
from campaign.documents.read_letter.lines import Line, Source
from campaign.documents.read_letter.words.patterns import words_in
from campaign.errors import RefusedError

MEDIA_TYPES = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template")
_MOST_DEPTH = 60
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_SHORT = {"xsl-fo-compatible": "fo"}
_HOLDERS = words_in(
    """
    text:section text:index-body text:table-of-content text:numbered-paragraph text:span text:a
    text:meta text:ruby text:ruby-base text:meta-field draw:a draw:frame draw:g text:bibliography
    table:table-header-rows table:table-rows table:table-row-group office:text
    """
)
_BLANKS = {"text:s": " ", "text:soft-page-break": ""}
_UNSEEN = frozenset(("text:hidden-text", "text:hidden-paragraph"))


@lru_cache(maxsize=4096)
def _name(tag: object) -> str:
    """An element's or attribute's name with OpenDocument's usual prefix; empty for others' names."""
    namespace, _, name = tag[1:].partition("}") if isinstance(tag, str) and tag[:1] == "{" else ("", "", "")
    if not namespace.startswith(_NAMESPACE):
        return ""
    prefix = namespace.removeprefix(_NAMESPACE).rpartition(":")[0]
    return f"{_SHORT.get(prefix, prefix)}:{name}"


def _attribute(element: Any, name: str, default: str = "") -> str:
    return next((text for key, text in element.attrib.items() if _name(key) == name), default)


@dataclass(frozen=True)
class _OdtLook:
    bold: bool = False
    hidden: bool = False
    struck: bool = False
    raised: bool = False


class _OdtStyles:
    """Styles of text and of lists, from both parts that hold some."""

    def __init__(self, *roots: Any) -> None:
        self._said: dict[str, dict[str, str]] = {}
        self._parents: dict[str, str] = {}
        self._list_styles: dict[str, str] = {}
        self.lists: dict[str, dict[int, Any]] = {}
        self._looks: dict[str, _OdtLook] = {"": _OdtLook()}
        for root in roots:
            for style in root.iter() if root is not None else ():
                name = _name(style.tag)
                if name == "style:style":
                    self._add(style)
                elif name == "text:list-style":
                    levels = {_number(_attribute(one, "text:level"), 1): one for one in style}
                    self.lists[_attribute(style, "style:name")] = levels

    def look(self, name: str) -> _OdtLook:
        """How a style sets its text."""
        if name not in self._looks:
            said = self._chain(name)
            self._looks[name] = _OdtLook(
                said.get("fo:font-weight", "") in ("bold", "600", "700", "800", "900"),
                said.get("text:display") == "none",
                said.get("style:text-line-through-style", "none") != "none",
                said.get("style:text-position", "").startswith(("super", "3", "4", "5")),
            )
        return self._looks[name]

    def list_of(self, paragraph_style: str) -> str:
        """The list style that a paragraph style brings along."""
        return self._chain(paragraph_style).get("style:list-style-name", "")

    def _add(self, style: Any) -> None:
        name = _attribute(style, "style:name")
        self._parents[name] = _attribute(style, "style:parent-style-name")
        said = {
            _name(key): text for key, text in style.attrib.items() if _name(key) == "style:list-style-name"
        }
        for one in style:
            if _name(one.tag) in ("style:text-properties", "style:section-properties"):
                said |= {_name(key): text for key, text in one.attrib.items()}
        self._said[name] = said

    def _chain(self, name: str) -> dict[str, str]:
        said: dict[str, str] = {}
        for _ in range(20):
            if name not in self._said:
                break
            said = self._said[name] | said
            name = self._parents[name]
        return said


def lines_of_odt(package: Package) -> Source:
    """Lines of an OpenDocument text; numbers are those of its paragraphs and table rows.

    Deletions, hidden text and comments stay out. Raises RefusedError for a damaged document.
    """
    try:
        content = package.xml("content.xml")
        styles = package.xml("styles.xml")
    except DamagedPartError:
        raise RefusedError("The OpenDocument file is damaged; save it again and retry.") from None
    parts = content.iter() if content is not None else ()
    body = next((one for one in parts if _name(one.tag) == "office:text"), None)
    if body is None:
        raise RefusedError("The OpenDocument file is damaged; save it again and retry.")
    reader = _OdtReader(_OdtStyles(styles, content))
    lines = reader.read_apart(body, 0)
    for part in styles.iter() if styles is not None else ():
        if _name(part.tag) in ("style:header", "style:footer", "style:header-first", "style:footer-first"):
            text = " / ".join(line.text for line in reader.read_apart(part, 0) if line.text)
            if any(map(str.isalpha, text)):
                reader.notes.add(1, notes.FURNITURE, text)
    return Source(tuple(lines), tuple(reader.notes.warnings))


class _OdtReader:
    def __init__(self, styles: _OdtStyles) -> None:
        self.notes = Notes()
        self._builder = Builder()
        self._styles = styles
        self._lists: list[tuple[str, int]] = []
        self._counts: dict[tuple[str, int], int] = {}
        self._boxes: list[Any] = []
        self._number = 0
        self._has_text = False

    def read_apart(self, parent: Any, nesting: int) -> list[Line]:
        """The lines below an element, apart from what has been written so far."""
        outer, self._builder = self._builder, Builder()
        lists, self._lists = self._lists, []
        self._blocks(parent, nesting)
        self._builder.end_block()
        lines, self._builder = self._builder.lines, outer
        self._lists = lists
        return lines

    def _blocks(self, parent: Any, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        for element in parent:
            name = _name(element.tag)
            if name in ("text:p", "text:h"):
                self._paragraph(element, name, nesting)
            elif name == "text:list":
                self._list(element, nesting)
            elif name == "table:table":
                self._table(element, nesting)
            elif name == "text:tracked-changes":
                if any(_name(one.tag) == "text:deletion" for one in element.iter()):
                    self.notes.add(self._number, notes.DELETED)
            elif name in ("draw:text-box", "draw:custom-shape"):
                self._box(element, nesting)
            elif name in _HOLDERS:
                self._holder(element, nesting)

    def _holder(self, element: Any, nesting: int) -> None:
        style = self._styles.look(_attribute(element, "text:style-name"))
        if style.hidden or _attribute(element, "text:display") == "none":
            self.notes.add(self._number, notes.HIDDEN)
        else:
            self._blocks(element, nesting + 1)

    def _paragraph(self, paragraph: Any, name: str, nesting: int) -> None:
        self._number += 1
        builder = self._builder
        listed = bool(self._lists)
        if not listed:
            builder.end_block()
        style = _attribute(paragraph, "text:style-name")
        if name == "text:h":
            builder.level = max(1, min(_number(_attribute(paragraph, "text:outline-level"), 1), 6))
        elif style == "Title":
            builder.level = 1
        self._runs(paragraph, self._styles.look(style), nesting + 1)
        if listed:
            builder.end_line(fixed=True)
        else:
            builder.end_block()
        builder.level = 0
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._box(box, nesting)

    def _runs(self, parent: Any, look: _OdtLook, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The document is nested too deeply to be a letter.")
        self._text(parent.text, look)
        for element in parent:
            name = _name(element.tag)
            if name in _BLANKS:
                self._text(_BLANKS[name], look)
            elif name == "text:tab":
                self._builder.tab()
            elif name == "text:line-break":
                self._builder.end_line(fixed=True)
            elif name == "text:note":
                self.notes.add(self._number, notes.FOOTNOTE)
            elif name == "office:annotation":
                self.notes.add(1, notes.COMMENTS)
            elif name in _UNSEEN:
                self.notes.add(self._number, notes.HIDDEN)
            elif name in ("draw:text-box", "draw:custom-shape"):
                self._boxes.append(element)
            elif name in _HOLDERS or (name.startswith("text:") and len(element) == 0):
                self._runs(element, self._look(element, look), nesting + 1)
            self._text(element.tail, look)

    def _look(self, element: Any, outer: _OdtLook) -> _OdtLook:
        own = self._styles.look(_attribute(element, "text:style-name"))
        return _OdtLook(
            own.bold or outer.bold,
            own.hidden or outer.hidden,
            own.struck or outer.struck,
            own.raised or outer.raised,
        )

    def _text(self, text: str | None, look: _OdtLook) -> None:
        if not text:
            return
        if look.hidden or look.struck:
            if text.strip():
                self.notes.add(self._number, notes.HIDDEN if look.hidden else notes.STRUCK)
            return
        shown = raised_text(self._builder.before, text) if look.raised else text
        if shown is None:
            self.notes.add(self._number, notes.FOOTNOTE)
            return
        self._has_text = self._has_text or bool(shown.strip())
        self._builder.run(shown, self._number, bold=look.bold)

    def _box(self, box: Any, nesting: int) -> None:
        has_text, number = self._has_text, self._number
        lines = self.read_apart(box, nesting + 1)
        self._has_text = take_box(self._builder, self.notes, lines, number, is_above=not has_text)

    def _list(self, element: Any, nesting: int) -> None:
        builder = self._builder
        if self._lists:
            builder.end_line(fixed=True)
        else:
            builder.end_block()
        style = _attribute(element, "text:style-name") or (self._lists[-1][0] if self._lists else "")
        depth = len(self._lists) + 1
        self._lists.append((style, depth))
        if _attribute(element, "text:continue-numbering") != "true" and not _attribute(
            element, "text:continue-list"
        ):
            self._counts.pop((style, depth), None)
        for item in element:
            if _name(item.tag) in ("text:list-item", "text:list-header"):
                builder.end_line(fixed=True)
                builder.depth = depth
                builder.marker = self._marker(item) if _name(item.tag) == "text:list-item" else None
                self._blocks(item, nesting + 1)
                builder.end_line(fixed=True)
                builder.marker = None
        self._lists.pop()
        builder.depth = depth - 1
        if not self._lists:
            builder.end_block()

    def _marker(self, item: Any) -> str | None:
        """What is printed before an item; nothing before one that only holds another list."""
        first = next((one for one in item if _name(one.tag)), None)
        if first is None or _name(first.tag) == "text:list":
            return None
        style, depth = self._lists[-1]
        style = style or self._styles.list_of(_attribute(first, "text:style-name"))
        level = self._styles.lists.get(style, {}).get(depth)
        if level is None or _name(level.tag) != "text:list-level-style-number":
            return "•"
        start = _number(_attribute(item, "text:start-value") or _attribute(level, "text:start-value"), 1)
        fresh = bool(_attribute(item, "text:start-value"))
        count = start if fresh else self._counts.get((style, depth), start - 1) + 1
        self._counts[style, depth] = count
        form = _attribute(level, "style:num-format")
        if not form:
            return None
        before, after = _attribute(level, "style:num-prefix"), _attribute(level, "style:num-suffix")
        return f"{before}{numeral(form.split(',')[0], count)}{after}".strip()

    def _table(self, table: Any, nesting: int) -> None:
        self._builder.end_block()
        for row in _rows(table, nesting):
            self._number += 1
            at = self._number
            cells = [
                self.read_apart(cell, nesting + 1) for cell in row if _name(cell.tag) == "table:table-cell"
            ]
            if any(is_passage(cell) for cell in cells):
                for cell in cells:
                    self._builder.take(cell)
            else:
                self._builder.row([" ".join(line.text for line in cell) for cell in cells], at)
        self._builder.end_block()


def _rows(table: Any, nesting: int) -> list[Any]:
    found = []
    for one in table:
        if _name(one.tag) == "table:table-row":
            found.append(one)
        elif _name(one.tag) in _HOLDERS and nesting < _MOST_DEPTH:
            found += _rows(one, nesting + 1)
    return found


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
