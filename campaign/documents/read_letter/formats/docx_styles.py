"""What a Word document says of its text away from it: styles, and the numbers of lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from campaign.documents.read_letter.formats.numerals import numeral

# Transitional and Strict Office Open XML (ECMA-376 parts 4 and 1) differ in their namespaces alone.
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_PREFIXES = {
    **dict.fromkeys(_WORD, ""),
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
}
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|标题|標題)\s*(\d)", re.IGNORECASE)
_TITLES = frozenset(("title", "titel", "titre", "título", "标题", "標題"))
_OFF = frozenset(("0", "false", "off", "none"))
_BULLETS = frozenset(("bullet", "none"))
_PLACE = re.compile(r"%(\d)")


@lru_cache(maxsize=4096)
def name_of(tag: object) -> str:
    """An element's name without Word's namespace; `mc:` and `m:` before those of two others, else empty."""
    namespace, _, name = tag[1:].partition("}") if isinstance(tag, str) else ("", "", "")
    return _PREFIXES[namespace] + name if namespace in _PREFIXES else ""


def value(element: Any, name: str = "val") -> str | None:
    """An attribute in either of Word's namespaces."""
    if element is None:
        return None
    for namespace in _WORD:
        found: str | None = element.get(f"{{{namespace}}}{name}")
        if found is not None:
            return found
    return None


def child(element: Any, *path: str) -> Any:
    """The first element under a path of Word's names."""
    for name in path:
        element = (
            next((one for one in element if name_of(one.tag) == name), None) if element is not None else None
        )
    return element


def number(text: str | None, default: int | None = None) -> int | None:
    """A small number; the default for anything else."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


@dataclass(frozen=True)
class RunLook:
    """How a run is set; None where its style decides."""

    bold: bool | None = None
    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None

    def over(self, other: "RunLook") -> "RunLook":
        """This look, and the other's where this one says nothing."""
        return RunLook(
            other.bold if self.bold is None else self.bold,
            other.hidden if self.hidden is None else self.hidden,
            other.struck if self.struck is None else self.struck,
            other.raised if self.raised is None else self.raised,
        )


def look_of(properties: Any) -> RunLook:
    """What run properties say for themselves."""
    if properties is None:
        return RunLook()
    said: dict[str, Any] = {name_of(one.tag): one for one in properties}

    def switch(*names: str) -> bool | None:
        switches = [(value(said[name]) or "on") not in _OFF for name in names if name in said]
        return any(switches) if switches else None

    raised = value(said["vertAlign"]) == "superscript" if "vertAlign" in said else None
    return RunLook(switch("b"), switch("vanish", "specVanish"), switch("strike", "dstrike"), raised)


@dataclass
class _WordStyle:
    name: str
    based_on: str | None
    look: RunLook
    list_id: str | None
    list_level: int | None
    outline: int | None


class Styles:
    """The styles of a document, each with what it is based on."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, _WordStyle] = {}
        self.default: str | None = None
        for style in root if root is not None else ():
            if name_of(style.tag) == "style" and (style_id := value(style, "styleId")):
                numbered = child(style, "pPr", "numPr")
                self._styles[style_id] = _WordStyle(
                    value(child(style, "name")) or "",
                    value(child(style, "basedOn")),
                    look_of(child(style, "rPr")),
                    value(child(numbered, "numId")),
                    number(value(child(numbered, "ilvl"))),
                    number(value(child(style, "pPr", "outlineLvl"))),
                )
                if value(style, "default") in ("1", "true", "on") and value(style, "type") == "paragraph":
                    self.default = style_id
        self._looks: dict[str | None, RunLook] = {None: RunLook()}
        self._levels: dict[str | None, int] = {None: 0}

    def look(self, style_id: str | None) -> RunLook:
        """How a style sets its text."""
        if style_id not in self._looks:
            look = RunLook()
            for style in self._chain(style_id):
                look = look.over(style.look)
            self._looks[style_id] = look
        return self._looks[style_id]

    def level(self, style_id: str | None) -> int:
        """The level of the heading that a style stands for, 0 for none."""
        if style_id not in self._levels:
            self._levels[style_id] = next(filter(None, map(_heading, self._chain(style_id))), 0)
        return self._levels[style_id]

    def list_of(self, style_id: str | None) -> tuple[str | None, int | None]:
        """The list a style belongs to and its level there, each from the nearest style that says so."""
        chain = list(self._chain(style_id))
        return (
            next((style.list_id for style in chain if style.list_id is not None), None),
            next((style.list_level for style in chain if style.list_level is not None), None),
        )

    def _chain(self, style_id: str | None) -> Iterator[_WordStyle]:
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen and len(seen) < 20:
            seen.add(style_id)
            yield self._styles[style_id]
            style_id = self._styles[style_id].based_on


def _heading(style: _WordStyle) -> int:
    if style.name.lower() in _TITLES:
        return 1
    found = _HEADING.match(style.name)
    if found:
        return int(found.group(1))
    return style.outline + 1 if style.outline is not None and 0 <= style.outline < 9 else 0


@dataclass
class _ListLevel:
    form: str = "decimal"
    pattern: str = "%1."
    start: int = 1
    style: str | None = None


@dataclass
class _WordList:
    abstract: str
    levels: dict[int, _ListLevel]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document, counting as Word does."""

    def __init__(self, root: Any, styles: Styles) -> None:
        abstract: dict[str, dict[int, _ListLevel]] = {}
        links: dict[str, str] = {}
        for one in root if root is not None else ():
            if name_of(one.tag) == "abstractNum":
                own = value(one, "abstractNumId") or ""
                abstract[own] = _levels_of(one)
                if link := value(child(one, "numStyleLink")):
                    links[own] = link
        self._lists: dict[str, _WordList] = {}
        for one in root if root is not None else ():
            if name_of(one.tag) == "num":
                self._lists[value(one, "numId") or ""] = _list_of(one, abstract)
        for one in self._lists.values():
            # A list that only names a style has its levels where that style's list has them.
            linked = self._lists.get(styles.list_of(links.get(one.abstract))[0] or "")
            if not one.levels and linked is not None:
                one.abstract, one.levels = linked.abstract, linked.levels
        self._counts: dict[tuple[str, int], int] = {}
        self._begun: set[str] = set()

    def level_of_style(self, list_id: str, style_id: str | None) -> int:
        """The level of a list that is tied to a style; the first where none is."""
        levels = self._lists[list_id].levels if list_id in self._lists else {}
        return next((depth for depth, level in levels.items() if style_id and level.style == style_id), 0)

    def marker(self, list_id: str, depth: int) -> str:
        """What Word prints before the next item."""
        if list_id not in self._lists:
            return "•"
        one = self._lists[list_id]
        level = one.levels.get(depth, _ListLevel())
        if level.form in _BULLETS:
            return "•"
        self._count(list_id, one, depth)

        def shown(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            form = one.levels.get(at, _ListLevel())
            return numeral(form.form, self._counts.get((one.abstract, at), form.start))

        return _PLACE.sub(shown, level.pattern).strip() or numeral(
            level.form, self._counts[one.abstract, depth]
        )

    def _count(self, list_id: str, one: _WordList, depth: int) -> None:
        if list_id not in self._begun:
            self._begun.add(list_id)
            for at in one.starts:
                self._counts.pop((one.abstract, at), None)
        level = one.levels.get(depth, _ListLevel())
        start = one.starts.get(depth, level.start)
        self._counts[one.abstract, depth] = self._counts.get((one.abstract, depth), start - 1) + 1
        for deeper in range(depth + 1, 10):
            self._counts.pop((one.abstract, deeper), None)


def _levels_of(parent: Any) -> dict[int, _ListLevel]:
    levels = {}
    for one in parent:
        if name_of(one.tag) == "lvl":
            form = next((value(part) for part in one.iter() if name_of(part.tag) == "numFmt"), None)
            levels[number(value(one, "ilvl"), 0) or 0] = _ListLevel(
                form or "decimal",
                value(child(one, "lvlText")) or "",
                number(value(child(one, "start")), 1) or 0,
                value(child(one, "pStyle")),
            )
    return levels


def _list_of(element: Any, abstract: dict[str, dict[int, _ListLevel]]) -> _WordList:
    own = value(child(element, "abstractNumId")) or ""
    one = _WordList(own, dict(abstract.get(own, {})))
    for override in element:
        if name_of(override.tag) == "lvlOverride":
            depth = number(value(override, "ilvl"), 0) or 0
            one.levels.update(_levels_of(override))
            start = number(value(child(override, "startOverride")))
            if start is not None:
                one.starts[depth] = start
    return one
