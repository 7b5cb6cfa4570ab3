"""Markdown that an organizer wrote, as HTML that can do nothing: text, lists, links and emphasis."""

from functools import lru_cache

from markdown_it import MarkdownIt

# A page has a heading of its own above the text.
_LOWER = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}


def markdown_to_html(text: str) -> str:
    """The HTML; tags in the text stay text, and links lead to web and mail addresses only."""
    reader = _reader()
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _LOWER[token.tag]
        for inline in token.children or ():
            if inline.type == "link_open":
                inline.attrSet("rel", "noopener noreferrer nofollow")
    return str(reader.renderer.render(tokens, reader.options, {}))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    allowed = ("https://", "http://", "mailto:")
    reader.validateLink = lambda url: url.strip().lower().startswith(allowed)  # type: ignore[method-assign]
    return reader
