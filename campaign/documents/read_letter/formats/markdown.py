"""Markdown as lines: emphasis and links leave their text, headings and lists become hints."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaign.documents.read_letter.formats.html import lines_of_html
from campaign.documents.read_letter.lines import Line, Source
from campaign.domain.letter import LetterWarning

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?:\w[\w-]*:.*|[ \t-].*|)\n){1,40}?---[ \t]*(?:\n|\Z)")


def lines_of_markdown(text: str) -> Source:
    """Lines of a Markdown text; a soft line break stays a line, since lists of names are often typed so.

    It becomes HTML that tells the source line of everything, and is read as HTML is: the two may be mixed.
    Indented text is text here, never code.
    """
    before, warnings, text = _front_matter(text)
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough").disable("code")
    for kind in ("softbreak", "hardbreak", "html_block"):
        parser.add_render_rule(kind, _MARKED[kind])
    # A comment without an end would take the rest of the letter with it.
    tokens = parser.parse(_without_open_comment(text))
    _mark(tokens)
    source = lines_of_html(parser.renderer.render(tokens, parser.options, {}), has_marks=True)
    return Source((*before, *source.lines), (*warnings, *source.warnings))


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


def _without_open_comment(text: str) -> str:
    at = text.rfind("<!--")
    return f"{text[:at]}&lt;!--{text[at + 4 :]}" if at >= 0 and "-->" not in text[at:] else text


def _mark(tokens: Sequence[Token]) -> None:
    """Note at each block, item and line break which source line it is from, and at each item its marker."""
    for place, token in enumerate(tokens):
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrSet("data-line", str(token.map[0] + 1))
        if token.type == "list_item_open":
            token.attrSet("data-marker", f"{token.info}{token.markup}" if token.info else token.markup)
        elif token.type == "heading_open" and "\n" in tokens[place + 1].content:
            # Lines over a rule of dashes: names above a signature's line, say.
            token.tag = tokens[place + 2].tag = "p"
        elif token.type == "inline":
            number = (token.map or [0])[0] + 1
            for child in token.children or ():
                number += child.type in ("softbreak", "hardbreak")
                child.meta["line"] = number


def _softbreak(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return f'<br data-soft="1" data-line="{tokens[at].meta["line"]}">'


def _hardbreak(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return f'<br data-line="{tokens[at].meta["line"]}">'


def _html_block(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return f'<wbr data-line="{tokens[at].attrs.get("data-line", 1)}">{tokens[at].content}'


_MARKED = {"softbreak": _softbreak, "hardbreak": _hardbreak, "html_block": _html_block}
