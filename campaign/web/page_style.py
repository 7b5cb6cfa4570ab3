"""A page's style inside the page itself, so that its first screen waits for no second answer.

The policy allows each by its hash (CSP 3, `hash-source`), which is no `unsafe-inline`: a style that anybody
else gets into a page stays without effect.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, Response, g
from markupsafe import Markup

from campaign.domain.colour import DEFAULT_ACCENT, style_of
from campaign.web import static
from campaign.web.security import CONTENT_SECURITY_POLICY

_POLICY = "Content-Security-Policy"
_STYLE_SOURCE = "style-src 'self'"
# Texts of every language and campaign on one installation; each takes about 15 kB.
MOST_STYLES = 128
# A string or an address stays as it is; a comment goes; room around a sign that ends something does too.
_TO_SHORTEN = re.compile(
    r"""(?P<kept>"[^"]*"|'[^']*'|url\([^)]*\))|/\*.*?\*/|\s*(?P<sign>[{};,])\s*|(?P<room>\s+)""", re.DOTALL
)


@dataclass(frozen=True)
class InlineStyle:
    """A style element's text, and what a policy must name to allow it."""

    text: str
    source: str


def set_up(app: Flask) -> None:
    """Allow, in each answer's policy, the styles that were drawn into it."""

    @app.after_request
    def allow_drawn_styles(response: Response) -> Response:
        sources = drawn_sources()
        if sources:
            policy = response.headers.get(_POLICY, CONTENT_SECURITY_POLICY)
            allowed = " ".join((_STYLE_SOURCE, *sources))
            response.headers[_POLICY] = policy.replace(_STYLE_SOURCE, allowed, 1)
        return response


def style_element(accent: str | None, styles: Sequence[str]) -> Markup:
    """The style of a page in a campaign's colour: the common one, and `styles` after it."""
    colour = None if accent in {None, DEFAULT_ACCENT} else accent
    style = _inline_style(static.assets(), colour, tuple(styles))
    allow_styles((style.source,))
    return Markup("<style>{}</style>").format(Markup(style.text))  # noqa: S704 (our own files)


def allow_styles(sources: Iterable[str]) -> None:
    """Let the answer to this request name these sources: those of a page drawn earlier, or just now."""
    g.style_sources = tuple(dict.fromkeys((*drawn_sources(), *sources)))


def drawn_sources() -> tuple[str, ...]:
    """What the policy of this request's answer must name."""
    return tuple(g.get("style_sources", ()))


@lru_cache(maxsize=MOST_STYLES)
def _inline_style(assets: static.Assets, colour: str | None, styles: tuple[str, ...]) -> InlineStyle:
    texts = [assets.files[path].body.decode() for path in (static.STYLE, *styles)]
    texts.insert(1, style_of(colour) if colour else "")
    text = shortened("\n".join(texts)).replace("url(../", f"url(/static/{assets.version}/")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return InlineStyle(text, f"'sha256-{digest}'")


def shortened(style: str) -> str:
    """The same style without comments and needless room."""

    def short(found: re.Match[str]) -> str:
        if found["kept"]:
            is_address = found[0].startswith("url(")
            return found[0].replace('"', "") if is_address else found[0]
        return found["sign"] or (" " if found["room"] else "")

    return _TO_SHORTEN.sub(short, style).replace(";}", "}").strip()
