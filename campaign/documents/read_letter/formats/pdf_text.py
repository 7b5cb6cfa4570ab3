"""The text of signs that stand beside each other, in the order it is read in."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from campaign.documents.read_letter.formats.raised import raised_text

_WORD_GAP = 0.17  # of a sign's size
_WIDE_GAP = 0.6
# Arabic letters in the shapes of their place in a word, and Latin letters joined to one.
_SHAPED = re.compile("[\ufb00-\ufb06\ufb1d-\ufdff\ufe70-\ufefc]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LTR_RUN = re.compile(
    "[A-Za-z0-9\u00c0-\u024f\u0660-\u0669\u06f0-\u06f9](?:[^\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff]*[A-Za-z0-9\u00c0-\u024f\u0660-\u0669\u06f0-\u06f9%])?"
)
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u0f00-\u0fff]")
_MIRRORED = str.maketrans("()[]{}«»<>", ")(][}{»«><")
_BULLETS = str.maketrans(
    {"\uf0b7": "•", "\uf0a7": "•", "\uf076": "•", "\uf0d8": "•", "\uf0fc": "•", "\u00a0": " ", "\0": ""}
)


class _Sign(Protocol):
    @property
    def x(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def text(self) -> str: ...
    @property
    def raised(self) -> bool: ...


def text_of(glyphs: Sequence[_Sign], marks: list[str]) -> str:
    """The text of one line, signs ordered from the left; marks of notes that hang on it go to `marks`."""
    pieces: list[tuple[str, bool]] = []
    end: float | None = None
    for glyph in glyphs:
        text = glyph.text.translate(_BULLETS)
        wide = bool(_WIDE.match(text))
        if end is not None and glyph.x - end > (_WIDE_GAP if wide else _WORD_GAP) * glyph.size:
            pieces.append((" ", False))
        pieces.append((text, glyph.raised))
        end = glyph.x + glyph.width
    whole = ""
    for raised, group in groupby(pieces, key=lambda piece: piece[1]):
        text = _in_order([text for text, _ in group])
        if raised:
            shown = raised_text(whole, text)
            if shown is None:
                marks.append(text.strip(" []()"))
            text = shown or ""
        whole += text
    return " ".join(_SHAPED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), whole).split())


def _in_order(pieces: list[str]) -> str:
    """Signs from the left as they are read: Arabic and Hebrew from the right, their figures from the left."""
    text = "".join(pieces)
    letters = sum(map(str.isalpha, text))
    if len(_RTL.findall(text)) * 2 <= letters or not letters:
        return text
    # A sign may stand for two letters, which are in order already: signs are turned around, not letters.
    turned = "".join(reversed(pieces)).translate(_MIRRORED)
    return _LTR_RUN.sub(lambda found: found[0][::-1].translate(_MIRRORED), turned)
