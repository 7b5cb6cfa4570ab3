"""Markdown that an organizer wrote for an email: as HTML that loads nothing, and as plain text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaign.domain.names import clean_text
from campaign.domain.updates import NAME_PLACE
from campaign.errors import RefusedError

_MAY_LEAD_TO = ("https://", "http://")
# The mail has its own heading above, and mail readers drop style sheets.
_LOWER = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_STYLES = {
    "h2": "margin:28px 0 10px;font-size:22px;line-height:1.35;font-weight:normal;",
    "h3": "margin:24px 0 8px;font-size:18px;line-height:1.4;font-weight:bold;",
    "blockquote": "margin:0 0 18px;padding:0 16px;border:0 solid #8a8f91;border-inline-start-width:2px;",
    "hr": "border:0;border-top:1px solid #8a8f91;margin:24px 0;",
    "pre": "white-space:pre-wrap;",
    "a": "color:inherit;",
}
_LINE = 48


@dataclass(frozen=True)
class WrittenBody:
    """The same words twice."""

    html: str
    text: str


def mail_body(markdown: str) -> WrittenBody:
    """Both forms of a text that `read_body` has let through; tags in it are text."""
    reader = _reader()
    tokens = reader.parse(markdown)
    for token in _with_children(tokens):
        token.tag = _LOWER.get(token.tag, token.tag)
        if token.nesting >= 0 and token.tag in _STYLES:
            token.attrSet("style", _STYLES[token.tag])
        if token.type == "link_open":
            token.attrSet("rel", "noopener noreferrer")
    html = str(reader.renderer.render(tokens, reader.options, {}))
    return WrittenBody(html.strip(), _PlainText().write(tokens))


def read_body(typed: str, *, longest: int) -> str:
    """A text in Markdown for an email; it may be empty.

    RefusedError for one too long, for a picture, a link to anything but a web page, or a place that is not
    filled in.
    """
    text = clean_text(typed)
    if len(text) > longest:
        raise RefusedError("The text can have at most %(most)d characters.", most=longest)
    left = text.replace(NAME_PLACE, "")
    if "{{" in left or "}}" in left:
        raise RefusedError("Only {{name}} is filled in. Write it exactly like that, or leave it out.")
    for token in _with_children(_reader(finds_pictures=True).parse(text)):
        if token.type == "image":
            raise RefusedError(
                "An email can’t hold a picture: it would tell who has read it. Link to a page with it."
            )
        if token.type == "link_open":
            _check_link(str(token.attrGet("href") or ""))
    return text


def _check_link(address: str) -> None:
    if not address.lower().startswith(_MAY_LEAD_TO):
        raise RefusedError(
            "A link must begin with https:// or http://. This one does not: %(address)s", address=address[:80]
        )
    if "name" in address and ("{{" in address or "%7B%7B" in address.upper()):
        raise RefusedError("A link is the same for everyone: it can’t hold {{name}}.")


def _with_children(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _with_children(token.children or ())


@lru_cache(maxsize=2)
def _reader(*, finds_pictures: bool = False) -> MarkdownIt:
    """One that takes each link for one: those that may not be are refused where the text is read."""
    off = ["html_block", "html_inline", *([] if finds_pictures else ["image"])]
    reader = MarkdownIt("commonmark", {"html": False}).disable(off)
    reader.validateLink = lambda url: bool(url)  # type: ignore[method-assign]
    return reader


class _PlainText:
    """Writes Markdown as one would type it: lists with dashes, a link's address behind its words."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._marker = ""
        self._quotes = 0

    def write(self, tokens: Sequence[Token]) -> str:
        """The text, its paragraphs apart by an empty line."""
        for token in tokens:
            self._take(token)
        return "\n\n".join(self._parts).strip() + "\n" if self._parts else ""

    def _take(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._marker = self._next_marker()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "hr":
                self._parts.append("-" * _LINE)
            case "fence" | "code_block":
                self._add(token.content.rstrip("\n"), is_item=False)
            case "inline":
                self._add(_words(token.children or ()), is_item=bool(self._marker))

    def _next_marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _add(self, words: str, *, is_item: bool) -> None:
        deep = "  " * len(self._lists)
        first = f"{deep}{self._marker}"
        rest = deep + " " * len(self._marker)
        quoted = "> " * self._quotes
        lines = words.split("\n")
        text = "\n".join(f"{quoted}{first if place == 0 else rest}{line}" for place, line in enumerate(lines))
        is_next_item = is_item and self._parts and _is_item(self._parts[-1].rpartition("\n")[2])
        if is_next_item:
            self._parts[-1] += f"\n{text}"
        else:
            self._parts.append(text)
        self._marker = ""


def _is_item(line: str) -> bool:
    return line.startswith("  ") or line.startswith("> ")


def _words(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                words.append(token.content)
            case "softbreak":
                words.append(" ")
            case "hardbreak":
                words.append("\n")
            case "link_open":
                links.append((str(token.attrGet("href") or ""), len(words)))
            case "link_close":
                address, start = links.pop()
                if "".join(words[start:]) != address:
                    words.append(f" ({address})")
    return "".join(words)
