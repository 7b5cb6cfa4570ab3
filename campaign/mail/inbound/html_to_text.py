"""Other people's HTML as plain text: words and where links lead, nothing that could act on a reader."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

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
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})


def html_to_text(html: str, *, links: bool = True) -> str:
    """The words of a page in lines and paragraphs; quoted blocks are marked with `>`.

    A link that hides where it leads shows it, unless only what is written is wanted. Whatever cannot be read
    as HTML has no words.
    """
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
    return "".join(_TextLines(links=links).of(tree)).strip()


class _TextLines:
    """Walks a tree without recursion, so that no depth of it matters."""

    def __init__(self, *, links: bool) -> None:
        self._shows_links = links
        self._quoted = 0
        self._line: list[str] = []
        self._links: list[tuple[int, str]] = []

    def of(self, tree: Any) -> Iterator[str]:
        skipped = 0
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                skipped += tag in _SKIPPED
                if not skipped:
                    yield from self._start(tag, element)
            else:
                if not skipped:
                    yield from self._end(tag)
                skipped -= tag in _SKIPPED
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

    def _end(self, tag: str) -> Iterator[str]:
        if tag == "a" and self._links and self._shows_links:
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
