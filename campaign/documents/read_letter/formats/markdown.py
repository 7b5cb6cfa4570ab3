"""Markdown as lines: emphasis and links leave their text, headings and lists become hints."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaign.documents.read_letter.formats.builder import Builder
from campaign.documents.read_letter.formats.html import lines_of_html
from campaign.documents.read_letter.lines import Line, Source
from campaign.domain.letter import LetterWarning

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?:\w[\w-]*:.*|[ \t-].*|)\n){1,40}?---[ \t]*(?:\n|\Z)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"<(/?)(?:b|strong)\b", re.IGNORECASE)


def lines_of_markdown(text: str) -> Source:
    """Lines of a Markdown text; a soft line break stays a line, since lists of names are often typed so.

    HTML inside is reduced to its text. Indented text is text here, never code.
    """
    before, warnings, text = _front_matter(text)
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough").disable("code")
    writer = _Writer()
    writer.write(parser.parse(text))
    return Source((*before, *writer.builder.lines), warnings)


def _front_matter(text: str) -> tuple[list[Line], tuple[LetterWarning, ...], str]:
    """The page's title and date from a block of keys above the text; blank lines take the block's place."""
    block = _FRONT_MATTER.match(text)
    if block is None:
        return [], (), text
    lines: list[Line] = []
    rest = []
    for number, row in enumerate(block[0].splitlines(), start=1):
        key, _, value = row.partition(":")
        value = value.strip().strip("\"'")
        if key == "title" and value:
            lines += [Line(number, value, level=1, fixed=True), Line(number, "")]
        elif key in ("date", "published") and value:
            lines += [Line(number, f"Published {value}", fixed=True), Line(number, "")]
        elif row.strip(" -"):
            rest.append(row.strip())
    warnings = (
        (
            LetterWarning(
                1, "Keys above the text were left out: “%(text)s”.", {"text": " / ".join(rest)[:200]}
            ),
        )
        if rest
        else ()
    )
    return lines, warnings, "\n" * block[0].count("\n") + text[block.end() :]


class _Writer:
    def __init__(self) -> None:
        self.builder = Builder()
        self._lists = 0
        self._cells: list[str] | None = None
        self._number = 1

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.map:
                self._number = token.map[0] + 1
            self._block(token)
        self.builder.end_block()

    def _block(self, token: Token) -> None:
        builder = self.builder
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._end_item_text()
                self._lists += 1
                builder.depth = self._lists
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
                builder.depth = self._lists
                if not self._lists:
                    builder.end_block()
            case "list_item_open":
                builder.marker = f"{token.info}{token.markup}" if token.info else token.markup
            case "list_item_close":
                if builder.marker and not builder.pending:
                    builder.run(builder.marker, self._number)
                    builder.marker = None
                self._end_item_text()
            case "heading_open":
                builder.level = int(token.tag[1])
            case "heading_close":
                builder.level = 0
            case "inline":
                self._inline(token)
            case "paragraph_close" | "blockquote_close":
                if not token.hidden:
                    builder.end_block()
            case "fence" | "code_block":
                self._code(token)
            case "html_block":
                self._html(token)
            case "tr_open":
                self._cells = []
            case "tr_close":
                builder.row(self._cells or [], self._number)
                self._cells = None
            case "table_close":
                builder.end_block()

    def _code(self, token: Token) -> None:
        for offset, row in enumerate(token.content.split("\n")):
            self.builder.run(row, self._number + 1 + offset)
            self.builder.end_line(fixed=True)
        self.builder.end_block()

    def _end_item_text(self) -> None:
        self.builder.end_line(fixed=True)

    def _inline(self, token: Token) -> None:
        if self._cells is not None:
            self._cells.append("".join(_plain(child) for child in token.children or ()))
            return
        builder, number = self.builder, self._number
        several = builder.level and "\n" in token.content
        if several:
            builder.level = 0
        bold = 0
        for child in token.children or ():
            if child.type == "softbreak":
                builder.end_line()
                number += 1
            elif child.type == "hardbreak" or (child.type == "html_inline" and _BREAK.match(child.content)):
                builder.end_line(fixed=True)
                number += child.type == "hardbreak"
            elif child.type in ("strong_open", "strong_close"):
                bold += 1 if child.type == "strong_open" else -1
            elif child.type == "html_inline" and (tag := _BOLD.match(child.content)):
                bold += -1 if tag.group(1) else 1
            else:
                builder.run(_plain(child), number, bold=bold > 0)
        if builder.level or several:
            builder.end_block()

    def _html(self, token: Token) -> None:
        self.builder.end_block()
        source = lines_of_html(token.content)
        for line in source.lines:
            shifted = line.number + self._number - 1
            self.builder.lines.append(
                Line(
                    shifted,
                    line.text,
                    0,
                    line.level,
                    line.marker,
                    line.depth,
                    line.strong,
                    line.fixed,
                    line.cells,
                )
            )


def _plain(token: Token) -> str:
    if token.type in ("text", "code_inline", "image"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""
