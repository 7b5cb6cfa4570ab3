"""What changed between two texts of a letter: which parts, and in each the words taken out and put in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from campaign.domain.letter import Letter, LetterAsk

# A word with the space after it; in Han each character, in Tibetan each syllable, for neither has spaces.
_PIECES = re.compile(
    "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff5e\u3000-\u303f]|[\u0f00-\u0fff]*?[\u0f0b\u0f0d]+ *"
    "|[^\\s\u2e80-\u9fff\uf900-\ufaff\u0f0b\u0f0d]+\\s*|\\s+|."
)
# Beyond this a paragraph counts as replaced: matching takes time that grows with the square of its pieces.
_MOST_PIECES = 2_000

SAME, OUT, IN = "same", "out", "in"
Difference = list[list[str]]


@dataclass(frozen=True)
class PartChanged:
    """One part of the letter that reads otherwise now; `ask` is its number where it is one."""

    part: str
    ask: int | None
    difference: Difference


def changed_parts(before: Letter, after: Letter) -> tuple[PartChanged, ...]:
    """The parts in the letter's order, those that are the same left out."""
    return tuple(
        PartChanged(part, ask, difference(old, new))
        for part, ask, old, new in _parts(before, after)
        if old != new
    )


def difference(before: str, after: str) -> Difference:
    """Pieces of both texts in order, each with what became of it: the same, taken out, or put in."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) > _MOST_PIECES or len(new) > _MOST_PIECES:
        return [[kind, text] for kind, text in ((OUT, before), (IN, after)) if text]
    pieces: Difference = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append([SAME, "".join(old[i:j])])
            continue
        pieces += [[word, text] for word, text in ((OUT, "".join(old[i:j])), (IN, "".join(new[k:m]))) if text]
    return pieces


def _parts(before: Letter, after: Letter) -> Iterator[tuple[str, int | None, str, str]]:
    for part in ("title", "subject", "salutation"):
        yield part, None, getattr(before, part) or "", getattr(after, part) or ""
    yield "introduction", None, _text(before.introduction), _text(after.introduction)
    for number, (old, new) in enumerate(zip_longest(before.asks, after.asks), start=1):
        yield "ask", number, _ask(old), _ask(new)
    yield "conclusion", None, _text(before.conclusion), _text(after.conclusion)
    yield "closing", None, before.closing or "", after.closing or ""


def _text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def _ask(ask: LetterAsk | None) -> str:
    return " ".join(part for part in (ask.title, ask.text) if part) if ask else ""
