"""What changed between two texts of a letter: which parts, and in each the words taken out and put in."""

import re
from collections import Counter
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
# Beyond this a part counts as replaced. How long matching takes goes by how often each piece meets its like
# in the other text, again for each place where they differ: two thousand times one word would take minutes.
_MOST_MEETINGS = 20_000
# And in all parts of a letter together, however many asks it has.
_MOST_IN_LETTER = 60_000
# Characters of unchanged text that readers see beside a change.
_CONTEXT = 120

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
    changed, left = [], _MOST_IN_LETTER
    for part, ask, old, new in _parts(before, after):
        if old != new:
            pieces, meetings = _difference(old, new, most=min(left, _MOST_MEETINGS))
            changed.append(PartChanged(part, ask, pieces))
            left -= meetings
    return tuple(changed)


def difference(before: str, after: str) -> Difference:
    """Pieces of both texts in order, each with what became of it: the same, taken out, or put in."""
    return _difference(before, after, most=_MOST_MEETINGS)[0]


def in_context(pieces: Difference) -> Difference:
    """The same with what did not change cut down to the words around what did."""
    last = len(pieces) - 1
    return [
        [kind, _around(text, ends=at > 0, begins=at < last) if kind == SAME else text]
        for at, (kind, text) in enumerate(pieces)
    ]


def _around(text: str, *, ends: bool, begins: bool) -> str:
    """The beginning of a text, where a change ends before it, and its end, where one begins after it."""
    if len(text) <= 3 * _CONTEXT:
        return text
    head = text[:_CONTEXT].rsplit(None, 1)[0] + " " if ends else ""
    tail = " " + text[-_CONTEXT:].split(None, 1)[-1] if begins else ""
    return f"{head}…{tail}"


def _difference(before: str, after: str, *, most: int) -> tuple[Difference, int]:
    """The difference, and how many meetings of like pieces it took to find."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    first, old, new = old[:start], old[start : len(old) - end], new[start : len(new) - end]
    last = before[len("".join((*first, *old))) :]
    meetings = _meetings(old, new)
    opcodes: Sequence[tuple[str, int, int, int, int]]
    if meetings > most:
        opcodes = [("replace", 0, len(old), 0, len(new))]
        meetings = 0
    else:
        opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: Difference = [[SAME, "".join(first)]]
    for kind, i, j, k, m in opcodes:
        if kind == "equal":
            pieces.append([SAME, "".join(old[i:j])])
        else:
            pieces += [[OUT, "".join(old[i:j])], [IN, "".join(new[k:m])]]
    pieces.append([SAME, last])
    return [piece for piece in pieces if piece[1]], meetings


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _meetings(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of like pieces there are."""
    often = Counter(new)
    return sum(times * often[piece] for piece, times in Counter(old).items())


def _parts(before: Letter, after: Letter) -> Iterator[tuple[str, int | None, str, str]]:
    for part in ("title", "page_on", "dated_on", "subject", "salutation"):
        yield part, None, str(getattr(before, part) or ""), str(getattr(after, part) or "")
    yield "introduction", None, _text(before.introduction), _text(after.introduction)
    for number, (old, new) in enumerate(zip_longest(before.asks, after.asks), start=1):
        yield "ask", number, _ask(old), _ask(new)
    yield "conclusion", None, _text(before.conclusion), _text(after.conclusion)
    yield "closing", None, before.closing or "", after.closing or ""


def _text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def _ask(ask: LetterAsk | None) -> str:
    return " ".join(part for part in (ask.title, ask.text) if part) if ask else ""
