"""The one form every kind of file is turned into before its structure is read."""

import re
from dataclasses import dataclass

from campaign.domain.letter import LetterWarning

# C0 and C1 controls without tab, newline and form feed; bidirectional overrides, embeddings and isolates; the
# byte order mark; lone surrogates; noncharacters. ZWJ, ZWNJ, LRM and RLM stay: scripts need them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")


@dataclass(frozen=True)
class Line:
    """One line of the source without its surrounding space, with what the kind of file says about it.

    `number` counts from 1 in the source. `level` is a heading's level, 0 for none. `marker` and `depth` are
    those of a list item that the format itself marks; depth 1 is the outermost list, and what goes on
    inside an item has a depth and no marker. `strong` counts the leading characters set in bold. A `fixed`
    line never goes on from the line before it. `cells` holds a table row's cells.
    """

    number: int
    text: str
    indent: int = 0
    level: int = 0
    marker: str | None = None
    depth: int = 0
    strong: int = 0
    fixed: bool = False
    cells: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        return not self.text


@dataclass(frozen=True)
class Source:
    """All lines of a file, and the warnings from before its structure is looked at."""

    lines: tuple[Line, ...]
    warnings: tuple[LetterWarning, ...] = ()


def clean(text: str) -> str:
    """The text with one kind of line end and without controls that no reader can see."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text))


def display_width(text: str) -> int:
    """Columns that the text takes: East Asian wide characters count two."""
    return len(text) + len(_WIDE.findall(text))


def excerpt(text: str, limit: int = 80) -> str:
    """The beginning of a text for a warning, whole if it is short."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
