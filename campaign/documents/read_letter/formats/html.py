"""HTML as lines: the letter's own text, without the page around it."""

import re

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

from campaign.documents.read_letter.formats.builder import Builder
from campaign.documents.read_letter.lines import Source
from campaign.documents.read_letter.words.patterns import words_in
from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError

_UNSEEN = words_in(
    """
    script style noscript template head svg math iframe object embed canvas video audio select
    option datalist textarea input button
    """
)
_AROUND = frozenset(["nav", "footer", "aside", "form", "dialog", "menu"])
_AROUND_ROLES = frozenset(["navigation", "banner", "contentinfo", "search", "complementary", "dialog"])
_AROUND_CLASSES = words_in(
    """
    share sharing social addtoany cookie cookies breadcrumb breadcrumbs skip sidebar related
    newsletter subscribe comments menu nav navbar navigation pagination pager footer donate donation
    consent skiplink tags
    """
)
_BLOCKS = words_in(
    """
    p div section article main header footer blockquote pre figure figcaption address table ul ol dl
    dt dd hr fieldset details summary center body html h1 h2 h3 h4 h5 h6 li tr caption
    """
)
_BOLD = frozenset(("b", "strong"))
_MOST_DEPTH = 200
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def lines_of_html(text: str) -> Source:
    """Lines of a page's main part, numbered by source line; a warning tells what was left out around it.

    Raises RefusedError for markup without any text, or nested beyond reason.
    """
    root = _parsed(_DECLARATION.sub("", text))
    walker = _Walker(_main_part(root), _words_of(root))
    walker.walk_page(root)
    return Source(tuple(walker.builder.lines), tuple(walker.warnings))


def _parsed(text: str) -> lxml.html.HtmlElement:
    # Bytes with a stated encoding: lxml refuses str that holds an encoding declaration of its own.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise RefusedError("The page holds no text.") from None
    return root


def _main_part(root: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The article or main element that holds most of the page's words, if one does."""
    candidates = [element for element in root.iter("article", "main") if isinstance(element.tag, str)]
    best = max(candidates, key=_words_of, default=None)
    if best is None or _words_of(best) < 0.4 * _words_of(root):
        return None
    return best


def _words_of(element: lxml.html.HtmlElement) -> int:
    """Characters of text a reader sees, roughly."""
    total, pending = 0, [element]
    while pending:
        node = pending.pop()
        if not isinstance(node.tag, str) or node.tag in _UNSEEN:
            continue
        total += len((node.text or "").strip())
        for child in node:
            total += len((child.tail or "").strip())
            pending.append(child)
    return total


class _Walker:
    def __init__(self, main: lxml.html.HtmlElement | None, words: int) -> None:
        self.builder = Builder()
        self.warnings: list[LetterWarning] = []
        self._main = main
        self._words = words
        self._inside = main is None
        self._bold = 0
        self._lists: list[list[int | str]] = []
        self._number = 1

    def walk_page(self, root: lxml.html.HtmlElement) -> None:
        self._walk(root, 0)
        self.builder.end_block()

    def _walk(self, element: lxml.html.HtmlElement, nesting: int) -> None:
        if nesting > _MOST_DEPTH:
            raise RefusedError("The page is nested too deeply to be a letter.")
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return
        self._number = element.sourceline or self._number
        if element is self._main:
            self.builder.end_block()
            self._inside = True
            self._children(element, nesting)
            self.builder.end_block()
            self._inside = False
        elif self._is_around(element):
            self._leave_out(element)
        else:
            self._element(element, nesting)

    def _element(self, element: lxml.html.HtmlElement, nesting: int) -> None:
        tag, builder = element.tag, self.builder
        if tag == "br":
            builder.end_line(fixed=True)
        elif tag == "tr":
            self._row(element, nesting)
        elif tag == "li":
            self._item(element, nesting)
        elif tag in ("ul", "ol"):
            self._list(element, nesting)
        elif tag in _BLOCKS:
            builder.end_block()
            builder.level = int(tag[1]) if tag[0] == "h" and tag[1:].isdigit() else builder.level
            self._children(element, nesting)
            builder.end_block()
            builder.level = 0 if tag[0] == "h" else builder.level
        else:
            self._bold += tag in _BOLD
            self._children(element, nesting)
            self._bold -= tag in _BOLD

    def _children(self, element: lxml.html.HtmlElement, nesting: int) -> None:
        self._text(element.text)
        for child in element:
            self._walk(child, nesting + 1)
            self._text(child.tail)

    def _text(self, text: str | None) -> None:
        if not text:
            return
        leading = text[: len(text) - len(text.lstrip())].count("\n")
        if self._inside:
            self.builder.run(text, self._number + leading, bold=self._bold > 0)
        elif text.strip():
            self.warnings.append(
                LetterWarning(
                    self._number + leading,
                    "Text outside the main part of the page was left out: “%(text)s”.",
                    {"text": _shortened(text)},
                )
            )
        self._number += text.count("\n")

    def _list(self, element: lxml.html.HtmlElement, nesting: int) -> None:
        if not self._lists:
            self.builder.end_block()
        else:
            self.builder.end_line(fixed=True)
        start = element.get("start", "1")
        first = int(start) if start.isdigit() and len(start) < 5 else 1
        self._lists.append([element.get("type", "1") if element.tag == "ol" else "•", first])
        self.builder.depth = len(self._lists)
        self._children(element, nesting)
        self._lists.pop()
        self.builder.depth = len(self._lists)
        if not self._lists:
            self.builder.end_block()

    def _item(self, element: lxml.html.HtmlElement, nesting: int) -> None:
        self.builder.end_line(fixed=True)
        style, ordinal = self._lists[-1] if self._lists else ("•", 1)
        if style == "•":
            self.builder.marker = "•"
        else:
            self.builder.marker = _ordinal(str(style), int(ordinal))
            self._lists[-1][1] = int(ordinal) + 1
        self._children(element, nesting)
        self.builder.end_line(fixed=True)
        self.builder.marker = None

    def _row(self, row: lxml.html.HtmlElement, nesting: int) -> None:
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [" ".join(cell.itertext()) for cell in cells]
        # A table that only lays out the page holds whole passages in its cells.
        if any(
            len(text) > 300 or cell.find(".//br") is not None or cell.find(".//p") is not None
            for cell, text in zip(cells, texts, strict=True)
        ):
            self.builder.end_block()
            for cell in cells:
                self._children(cell, nesting + 1)
                self.builder.end_block()
        elif self._inside:
            self.builder.row(texts, self._number)

    def _is_around(self, element: lxml.html.HtmlElement) -> bool:
        if element.tag in ("html", "body", "article", "main"):
            return False
        classes = f"{element.get('class', '')} {element.get('id', '')}".lower()
        marked = (
            element.tag in _AROUND
            or element.get("role", "") in _AROUND_ROLES
            or element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or bool(_AROUND_CLASSES & set(re.split(r"[^a-z]+", classes)))
            or (element.tag == "header" and element.find(".//nav") is not None)
        )
        return marked and _words_of(element) < 0.4 * self._words

    def _leave_out(self, element: lxml.html.HtmlElement) -> None:
        text = " ".join(" ".join(element.itertext()).split())
        if text:
            self.warnings.append(
                LetterWarning(
                    self._number,
                    "Text around the letter was left out: “%(text)s”.",
                    {"text": _shortened(text)},
                )
            )


def _shortened(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _ordinal(style: str, number: int) -> str:
    if style in ("a", "A") and number <= 26:
        return f"{chr(ord(style) + number - 1)}."
    return f"{number}."
