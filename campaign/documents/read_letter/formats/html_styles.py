"""How a page sets its text: what tags, classes and `style` say, as far as words depend on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST_CSS = 300_000
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}@;]{1,400})\{([^{}]{0,2000})\}")
# Rules that hang on one class or one tag; what hangs on more is about places, not words.
_SELECTOR = re.compile(r"(?:[a-z0-9]{0,10}\.([A-Za-z0-9_-]{1,80})|([a-z][a-z0-9]{0,9}))")
_DEPTH = re.compile(r"\blst-\S{1,60}-([0-8])(?!\S)")
_LIST_TYPES = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
    "decimal": "1",
    "decimal-leading-zero": "1",
}
_BY_TAG: dict[str, dict[str, str]] = {
    "b": {"font-weight": "bold"},
    "strong": {"font-weight": "bold"},
    "sup": {"vertical-align": "super"},
    "del": {"text-decoration": "line-through"},
    "s": {"text-decoration": "line-through"},
    "strike": {"text-decoration": "line-through"},
    "pre": {"white-space": "pre"},
}
_BOLD = frozenset(("bold", "bolder", "600", "700", "800", "900"))
_KEEPS_LINES = frozenset(("pre", "pre-wrap", "pre-line", "break-spaces"))


@dataclass(frozen=True)
class HtmlLook:
    """How the text at a place is set."""

    bold: bool = False
    hidden: bool = False
    struck: bool = False
    raised: bool = False
    keeps_lines: bool = False


class StyleSheet:
    """What the page's own `style` elements say of classes and tags."""

    def __init__(self, css: str = "") -> None:
        self._classes: dict[str, dict[str, str]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        for selectors, body in _RULE.findall(_COMMENT.sub("", css[:_MOST_CSS])):
            said = declarations(body)
            for selector in selectors.split(",") if said else ():
                found = _SELECTOR.fullmatch(selector.strip())
                if found and found[1]:
                    self._classes[found[1]] = self._classes.get(found[1], {}) | said
                elif found:
                    self._tags[found[2]] = self._tags.get(found[2], {}) | said

    def said_of(self, element: Any) -> Mapping[str, str]:
        """The declarations that hold for an element, the nearest last."""
        tag, classes, style = element.tag, element.get("class"), element.get("style")
        if not classes and not style and tag not in self._tags:
            return _BY_TAG.get(tag, {})
        said = _BY_TAG.get(tag, {}) | self._tags.get(tag, {})
        for name in (classes or "").split()[:20]:
            said |= self._classes.get(name, {})
        return said | declarations(style or "")


def declarations(text: str) -> dict[str, str]:
    """Properties and their values, both in small letters."""
    said = {}
    for one in text[:2000].lower().split(";"):
        name, colon, value = one.partition(":")
        if colon:
            said[name.strip()] = value.replace("!important", "").strip()
    return said


def look_with(outer: HtmlLook, said: Mapping[str, str]) -> HtmlLook:
    """The look inside an element, given the look around it and what is said of it."""
    if not said:
        return outer
    weight = said.get("font-weight", "")
    space = said.get("white-space", "")
    return HtmlLook(
        bold=weight in _BOLD if weight and weight not in ("inherit", "unset") else outer.bold,
        hidden=outer.hidden or is_hidden(said),
        struck=outer.struck
        or "line-through" in said.get("text-decoration", "") + said.get("text-decoration-line", ""),
        raised=outer.raised or said.get("vertical-align") == "super",
        keeps_lines=space in _KEEPS_LINES if space else outer.keeps_lines,
    )


def is_hidden(said: Mapping[str, str]) -> bool:
    """Whether nobody sees an element that this is said of; Word's pages have a word of their own for it."""
    return (
        said.get("display") == "none"
        or said.get("visibility") in ("hidden", "collapse")
        or (said.get("mso-hide") == "all")
    )


def list_type(element: Any, said: Mapping[str, str]) -> str:
    """How an `ol` numbers its items, as its `type` says it."""
    style = next((word for word in said.get("list-style", "").split() if word in _LIST_TYPES), "")
    kind = said.get("list-style-type", style)
    return _LIST_TYPES.get(kind) or ("一" if "cjk" in kind or "chinese" in kind else element.get("type", "1"))


def list_depth(element: Any) -> int:
    """The depth that Google Docs gives a list in its class, for it nests none; 0 where none is given."""
    found = _DEPTH.search(element.get("class", ""))
    return int(found[1]) + 1 if found else 0
