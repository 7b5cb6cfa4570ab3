"""HTML as lines: the letter's own text, without the page around it."""

import re
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.builder import Builder, is_passage
from campaign.documents.read_letter.formats.html_page import UNSEEN, PageParts
from campaign.documents.read_letter.formats.html_styles import (
    HtmlLook,
    StyleSheet,
    list_depth,
    list_type,
    look_with,
)
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.formats.numerals import numeral
from campaign.documents.read_letter.formats.raised import raised_text
from campaign.documents.read_letter.lines import Line, Source
from campaign.documents.read_letter.words.patterns import words_in
from campaign.errors import RefusedError

_BLOCKS = words_in(
    """
    p div section article main header footer blockquote pre figure figcaption address table ul ol dl
    dt dd hr fieldset details summary center body html h1 h2 h3 h4 h5 h6 li tr caption
    """
)
# How a reading of Chinese or Japanese signs stands beside them.
_READINGS = frozenset(("rt", "rp", "rtc"))
_MOST_DEPTH = 150
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOTE_REFERENCE = re.compile(r"#(?:.{0,40}(?:fn|note|ref|cite|sdfoot)|cmnt)", re.IGNORECASE)
_BACK_TO_NOTE = re.compile(r"#_?(?:ftnt_ref|ftnref|fnref|cite_ref|sdfootnote\w{1,8}anc)", re.IGNORECASE)
_SMALL = re.compile(r"[0-9]{1,6}")


def lines_of_html(text: str, *, has_marks: bool = False) -> Source:
    """Lines of a page's main part, numbered by source line; warnings tell what was left out around it.

    `has_marks` says that the page was made of Markdown here and tells lines and markers of its source. Raises
    RefusedError for markup without any text, or nested beyond reason.
    """
    root = _parsed(_DECLARATION.sub("", text))
    walker = _Walker(root, has_marks=has_marks)
    lines = walker.read_apart(root, HtmlLook(), 0)
    return Source(tuple(lines), tuple(walker.notes.warnings))


def _parsed(text: str) -> Any:
    # Bytes with a stated encoding: lxml refuses str that holds an encoding declaration of its own.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise RefusedError("The page holds no text.") from None
    return root


class _Walker:
    def __init__(self, root: Any, *, has_marks: bool) -> None:
        self.notes = Notes()
        self._styles = StyleSheet("\n".join(style.text or "" for style in root.iter("style")))
        self._parts = PageParts(root)
        self._has_marks = has_marks
        self._builder = Builder()
        self._inside = self._parts.main is None
        self._lists: list[list[int | str]] = []
        self._quotes = 0
        self._number = 1

    def read_apart(self, element: Any, look: HtmlLook, nesting: int) -> list[Line]:
        """The lines within an element, apart from what has been written so far."""
        outer, self._builder = self._builder, Builder()
        lists, self._lists = self._lists, []
        self._children(element, look, nesting)
        self._builder.end_block()
        lines, self._builder = self._builder.lines, outer
        self._lists = lists
        return lines

    def _children(self, element: Any, look: HtmlLook, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The page is nested too deeply to be a letter.")
        self._text(element.text, look)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in UNSEEN:
                self._number = (
                    child.sourceline or self._number if not self._has_marks else self._marked_line(child)
                )
                self._element(child, tag, look, nesting + 1)
            self._text(child.tail, look)

    def _element(self, element: Any, tag: str, outer: HtmlLook, nesting: int) -> None:
        if tag == "br":
            self._builder.end_line(fixed=not (self._has_marks and element.get("data-soft")))
            return
        said = self._styles.said_of(element)
        look = look_with(outer, said)
        if element is self._parts.main:
            self._main_part(element, look, nesting)
        elif self._is_left_out(element, tag, said, look):
            return
        elif look.raised and not outer.raised and len(element.xpath("string()")) < 30:
            self._raised(element, look)
        elif tag == "tr":
            self._row(element, look, nesting)
        elif tag == "li":
            self._item(element, look, nesting)
        elif tag in ("ul", "ol"):
            self._list(element, list_type(element, said) if tag == "ol" else "•", look, nesting)
        elif tag == "q":
            self._quotation(element, look, nesting)
        elif tag in _BLOCKS:
            self._block(element, tag, look, nesting)
        else:
            self._children(element, look, nesting)

    def _main_part(self, element: Any, look: HtmlLook, nesting: int) -> None:
        self._builder.end_block()
        self._inside = True
        self._children(element, look, nesting)
        self._builder.end_block()
        self._inside = False

    def _block(self, element: Any, tag: str, look: HtmlLook, nesting: int) -> None:
        builder = self._builder
        builder.end_block()
        is_heading = tag[0] == "h" and tag[1:].isdigit()
        builder.level = int(tag[1]) if is_heading else builder.level
        self._children(element, look, nesting)
        builder.end_block()
        builder.level = 0 if is_heading else builder.level

    def _is_left_out(self, element: Any, tag: str, said: Any, look: HtmlLook) -> bool:
        """Whether an element is no part of the letter; a warning says so where somebody could miss it."""
        if look.hidden or element.get("hidden") is not None:
            reason: str | None = notes.HIDDEN
        elif look.struck:
            reason = notes.STRUCK
        elif said.get("mso-element", "").startswith("comment") or "MsoComment" in element.get("class", ""):
            reason = notes.COMMENTS
        elif tag in ("p", "div", "li") and (link := _first_link(element)):
            is_comment = link.startswith("#cmnt_ref")
            reason = (
                notes.COMMENTS if is_comment else notes.FOOTNOTE_TEXT if _BACK_TO_NOTE.match(link) else None
            )
        else:
            reason = notes.AROUND if self._parts.is_around(element) else None
        if reason is None:
            return tag in _READINGS
        text = element.xpath("string()")
        if text.strip():
            self.notes.add(self._number, reason, text if "%" in reason else None)
        return True

    def _raised(self, element: Any, look: HtmlLook) -> None:
        """A footnote's mark goes, a power becomes one, and the end of a word stays."""
        links = [element, *element.iter("a")] if element.tag != "a" else list(element.iter("a"))
        addresses = [link.get("href", "") for link in links]
        if any(address.startswith("#cmnt") for address in addresses):
            self.notes.add(1, notes.COMMENTS)
            return
        shown = raised_text(
            self._builder.before,
            element.xpath("string()"),
            leads_to_note=any(map(_NOTE_REFERENCE.search, addresses)),
        )
        if shown is None:
            self.notes.add(self._number, notes.FOOTNOTE)
        else:
            self._text(shown, look)

    def _quotation(self, element: Any, look: HtmlLook, nesting: int) -> None:
        before, after = "“”" if self._quotes % 2 == 0 else "‘’"
        self._quotes += 1
        self._text(before, look)
        self._children(element, look, nesting)
        self._text(after, look)
        self._quotes -= 1

    def _text(self, text: str | None, look: HtmlLook) -> None:
        if not text:
            return
        leading = text[: len(text) - len(text.lstrip())].count("\n")
        if not self._inside:
            if text.strip():
                self.notes.add(self._number + leading, notes.OUTSIDE, text)
        elif look.keeps_lines:
            self._lines_kept(text, look)
            return
        else:
            self._builder.run(text, self._number + leading, bold=look.bold)
        self._number += 0 if self._has_marks else text.count("\n")

    def _lines_kept(self, text: str, look: HtmlLook) -> None:
        """Text whose line ends and columns are its author's, as in a plain text file."""
        for place, row in enumerate(text.replace("\r\n", "\n").split("\n")):
            if place:
                self._number += 1
                if self._builder.pending:
                    self._builder.end_line()
                else:
                    self._builder.end_block()
            for at, cell in enumerate(re.split(r"\t| {3,}", row)):
                if at and self._builder.pending:
                    self._builder.tab()
                self._builder.run(cell, self._number, bold=look.bold)

    def _list(self, element: Any, kind: str, look: HtmlLook, nesting: int) -> None:
        if not self._lists:
            self._builder.end_block()
        else:
            self._builder.end_line(fixed=True)
        start = element.get("start", "1")
        self._lists.append([kind, int(start) if _SMALL.fullmatch(start) else 1])
        depth = self._builder.depth
        self._builder.depth = max(len(self._lists), list_depth(element))
        self._children(element, look, nesting)
        self._lists.pop()
        self._builder.depth = depth
        if not self._lists:
            self._builder.end_block()

    def _item(self, element: Any, look: HtmlLook, nesting: int) -> None:
        builder = self._builder
        builder.end_line(fixed=True)
        kind, ordinal = self._lists[-1] if self._lists else ("•", 1)
        if kind != "•":
            given = element.get("value", "")
            ordinal = int(given) if _SMALL.fullmatch(given) else int(ordinal)
            self._lists[-1][1] = ordinal + 1
        marker = "•" if kind == "•" else f"{numeral(str(kind), int(ordinal))}."
        builder.marker = element.get("data-marker", marker) if self._has_marks else marker
        self._children(element, look, nesting)
        if self._has_marks and builder.marker and not builder.pending:
            # In Markdown a line of one number or dash is a list with nothing in it, and may be text.
            builder.run(builder.marker, self._number)
            builder.marker = None
        builder.end_line(fixed=True)
        builder.marker = None

    def _row(self, row: Any, look: HtmlLook, nesting: int) -> None:
        at = self._number
        cells = [self.read_apart(cell, look, nesting + 1) for cell in row if cell.tag in ("td", "th")]
        if any(map(is_passage, cells)):
            for cell in cells:
                self._builder.take(cell)
        else:
            self._builder.row([" ".join(line.text for line in cell) for cell in cells], at)

    def _marked_line(self, element: Any) -> int:
        mark = element.get("data-line", "")
        return int(mark) if _SMALL.fullmatch(mark) else self._number


def _first_link(element: Any) -> str:
    """Where the link goes that an element begins with; empty where it begins with anything else."""
    while len(element) and not (element.text or "").strip():
        element = element[0]
        if element.tag == "a":
            return str(element.get("href", ""))
    return ""
