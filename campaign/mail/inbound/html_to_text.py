"""Other people's HTML as plain text: words and where links lead, nothing that could act on a reader."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

from campaign.domain.office_check import says_something

MAX_LENGTH = 2_000_000  # characters; what is longer is cut before it is read
_SKIPPED = frozenset({"head", "script", "style", "template", "title", "noscript", "svg", "object", "iframe"})
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "blockquote",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figure",
            "footer",
            "form",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section"),
        *("table", "tr", "ul"),
    )
)
# Mail programs that run no script show the first, and some the others.
_MAY_SHOW = frozenset({"noscript", "svg", "object", "iframe", "title"})
_SHOWN_ATTRIBUTES = ("alt", "value", "placeholder", "srcdoc", "label")
# Shown folded, struck out, backwards, or not at all.
_HIDDEN_TAGS = frozenset({"bdo", "datalist", "del", "s", "strike"})
_HIDDEN_UNLESS_OPEN = frozenset({"details", "dialog"})
# Of a style without its blanks, which could be many.
_IS_HIDDEN = re.compile(
    r"(?i)display:none|visibility:(hidden|collapse)"
    r"|(opacity|font-size|max-height|max-width):0[0.]*(px|pt|em|rem|%)?(!|;|$)"
    r"|line-through|bidi-override|isolate-override|text-indent:-"
    r"|(^|;)(color:transparent|clip(-path)?:|transform:|(left|top|right|bottom|margin(-[a-z]+)?):-[0-9]{3})"
)
_HIDDEN_MARK = " [hidden]"
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})


def html_to_text(html: str) -> str:
    """The words of a page in lines and paragraphs; quoted blocks are marked with `>`.

    A link that hides where it leads shows it. Whatever cannot be read as HTML has no words.
    """
    return _text(html, _TextLines())


def html_as_checked(html: str) -> str:
    """All that some program may show of a page, for comparison: nothing that is added or hidden goes unseen.

    Words that are hidden have a mark before them, so that they are not taken for those a reader sees. Links
    are what is written. A style sheet, or words in the colour of their ground, can still deceive.
    """
    return _text(html, _CheckedLines())


def _text(html: str, lines: "_TextLines") -> str:
    # As bytes of a known charset: whatever the page says of its own is about bytes that we no longer have.
    source = html[:MAX_LENGTH].replace("\x00", "").encode("utf-8", "replace")
    # Long exchanges nest their quotations deeper than the 256 levels that the parser takes otherwise.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        tree = lxml.html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError):
        return ""
    return "".join(lines.of(tree)).strip()


class _TextLines:
    """Walks a tree without recursion, so that no depth of it matters."""

    skipped_tags = _SKIPPED
    shows_links = True

    def __init__(self) -> None:
        self._quoted = 0
        self._line: list[str] = []
        self._links: list[tuple[int, str]] = []

    def of(self, tree: Any) -> Iterator[str]:
        skipped = 0
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                skipped += tag in self.skipped_tags
                if not skipped:
                    yield from self._start(tag, element)
            else:
                if not skipped:
                    yield from self._end(tag, element)
                skipped -= tag in self.skipped_tags
                if not skipped:
                    self._add_text(element.tail)
        yield from self._break()

    def _start(self, tag: str, element: Any) -> Iterator[str]:
        if tag in _BLOCKS or tag == "br":
            yield from self._break(blank=tag in _PARAGRAPHS, always=tag == "br")
        if tag == "blockquote":
            self._quoted += 1
        elif tag == "li":
            self._line.append("- ")
        elif tag in {"td", "th"} and self._line:
            self._line.append(" ")
        elif tag == "a":
            self._links.append((len(self._line), element.get("href") or ""))
        self._add_text(element.text)

    def _end(self, tag: str, _element: Any) -> Iterator[str]:
        if tag == "a" and self._links and self.shows_links:
            start, address = self._links.pop()
            shown = "".join(self._line[start:]).strip()
            target = address.strip().removeprefix("mailto:")
            if address.lower().startswith(("http://", "https://", "mailto:")) and target not in shown:
                self._line.append(f" <{target[:2000]}>")
        if tag in _BLOCKS:
            yield from self._break(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self._quoted -= 1

    def _add_text(self, text: str | None) -> None:
        if text:
            self._line.append(re.sub(r"\s+", " ", text))

    def _break(self, *, blank: bool = False, always: bool = False) -> Iterator[str]:
        line = re.sub(r" {2,}", " ", "".join(self._line)).strip()
        self._line.clear()
        self._links = [(0, address) for _, address in self._links]
        mark = "> " * min(self._quoted, 5)
        if line or always:
            yield f"{mark}{line}".rstrip() + "\n"
        if line and blank:
            yield f"{mark}".rstrip() + "\n"


class _CheckedLines(_TextLines):
    skipped_tags = _SKIPPED - _MAY_SHOW
    shows_links = False

    def __init__(self) -> None:
        super().__init__()
        self._hidden: list[Any] = []

    def _start(self, tag: str, element: Any) -> Iterator[str]:
        if self._is_hidden(tag, element):
            self._hidden.append(element)
        yield from super()._start(tag, element)
        for name in _SHOWN_ATTRIBUTES:
            if element.get(name):
                self._add_text(f" {element.get(name)} ")

    @staticmethod
    def _is_hidden(tag: str, element: Any) -> bool:
        is_folded = tag in _HIDDEN_UNLESS_OPEN and "open" not in element.attrib
        style = "".join(element.get("style", "").split())
        is_hidden = "hidden" in element.attrib or _IS_HIDDEN.search(style) is not None
        return is_hidden or is_folded or tag in _HIDDEN_TAGS

    def _end(self, tag: str, element: Any) -> Iterator[str]:
        if self._hidden and self._hidden[-1] is element:
            self._hidden.pop()
        yield from super()._end(tag, element)

    def _add_text(self, text: str | None) -> None:
        is_hidden = self._hidden and text and says_something(text)
        super()._add_text(f"{_HIDDEN_MARK} {text}" if is_hidden else text)
