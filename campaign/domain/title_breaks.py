"""Where the lines of a title may end.

Han has no spaces, so a browser breaks a title between any two characters, inside a name too. Two characters
that stand side by side elsewhere in the letter are taken for parts of one word: no dictionary is needed, and
none knows the names in a letter as well. A pair taken together by chance only makes a part longer.
"""

import math
import re
import unicodedata
from collections.abc import Container, Sequence
from itertools import accumulate, pairwise

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[^{_HAN}]+")
_ONE_HAN = re.compile(rf"[{_HAN}\u3000-\u303f\uff00-\uffef]")
_PAIR = re.compile(rf"(?=([{_HAN}]{{2}}))")
# They belong to the word before them.
_TRAILING = frozenset("的地得了們们")
LONGEST_ENDING = 16
# A line may end at spaces, after Tibetan's dot and stroke, and after the marks that close in Han.
_WORDS = re.compile(
    "[\u0f00-\u0fff]*?[\u0f0b\u0f0d]+ *"
    "|[^\\s\u0f0b\u0f0d，。、；：？！》」』）”…—]+[，。、；：？！》」』）”…—]*\\s*|\\s+|."
)
# How wide a sign of a text face is on the whole, in em; Han fills its square.
_NARROW = 0.5
# A line may well end after a sign, and not after a short word, which belongs to what follows.
_SIGN = re.compile(r"[,.:;!?،؛؟།，。、；：？！—–]$")
_SHORT_WORD = re.compile(r"\w{1,3}$")
# How much worse a line is for it, as a share of its room.
_AFTER_SHORT_WORD, _AFTER_SIGN, _ALONE = 0.22, -0.15, 0.4


def title_parts(title: str, elsewhere: str) -> tuple[str, ...]:
    """The title in parts that lines may break between; `elsewhere` is the rest of the letter."""
    if not _PAIR.search(title):
        return (title,)
    together = frozenset(_PAIR.findall(elsewhere))
    parts = [""]
    for run in _RUN.findall(title):
        # Around signs and other scripts a browser knows where to break.
        first, *others = _words(run, together)
        parts[-1] += first
        parts += others
    return tuple(parts)


def title_words(parts: Sequence[str]) -> list[str]:
    """What no line's end parts, of a title in parts: words, each with the space after it."""
    spaced = (" ".join(part.split()) + " " * part.endswith(" ") for part in parts)
    return [word for part in spaced for word in _WORDS.findall(part)]


def lines_on_paper(parts: Sequence[str], *, room: float) -> tuple[str, ...]:
    """A title in lines for a writer that cannot balance them; the room is in em.

    By rough widths: each line is to be set as a block that may still wrap.
    """
    words = title_words(parts)
    widths = [sum(map(_rough_width, word)) for word in words]
    spaces = [_NARROW * word.endswith(" ") for word in words]
    fewest = max(1, math.ceil(sum(widths) / room))
    for lines in range(fewest, min(fewest + 2, len(words)) + 1):
        cut = balanced(words, widths, spaces, lines=lines, room=room)
        if len(cut) == lines:
            return cut
    return ("".join(words),)


def _rough_width(sign: str) -> float:
    """In em; what stands above or below another sign takes none."""
    if unicodedata.category(sign) == "Mn":
        return 0
    return 1 if _ONE_HAN.match(sign) else _NARROW


def balanced(
    pieces: Sequence[str],
    widths: Sequence[float],
    spaces: Sequence[float],
    *,
    lines: int,
    room: float,
) -> tuple[str, ...]:
    """The pieces of a title in so many lines, none wider than the room: as even as can be, each end where one
    would pause, and no piece alone on the last. As one line where they do not fit.

    Each piece has the space after it, and its width too; `spaces` are the widths of these alone.
    """
    reached = (0.0, *accumulate(widths))
    even = reached[-1] / lines
    # The best way to each piece's end in a number of lines: what it costs, and where the last line begins.
    best: dict[tuple[int, int], tuple[float, int]] = {(0, 0): (0.0, 0)}
    for line in range(1, lines + 1):
        for end in range(line, len(pieces) + 1):
            ways = [
                (
                    best[line - 1, begin][0] + _cost(pieces[begin:end], width - even, room, line == lines),
                    begin,
                )
                for begin in range(line - 1, end)
                if (line - 1, begin) in best
                and (width := reached[end] - spaces[end - 1] - reached[begin]) <= room
            ]
            if ways:
                best[line, end] = min(ways)
    cut: list[str] = []
    end = len(pieces)
    for line in range(lines, 0, -1):
        if (line, end) not in best:
            return ("".join(pieces).strip(),)
        begin = best[line, end][1]
        cut.append("".join(pieces[begin:end]).strip())
        end = begin
    return tuple(reversed(cut))


def _cost(pieces: Sequence[str], off: float, room: float, is_last: bool) -> float:
    ending = pieces[-1].rstrip()
    worse = 0.0
    if is_last:
        worse = _ALONE if len(pieces) == 1 and not _PAIR.search(ending) else 0
    elif _SIGN.search(ending):
        worse = _AFTER_SIGN
    elif _SHORT_WORD.fullmatch(ending):
        worse = _AFTER_SHORT_WORD
    return (off / room) ** 2 + worse * abs(worse)


def ending_together(title: str) -> str:
    """The title with no word alone on its last line, where two fit there as well as one."""
    before, _, last = title.rpartition(" ")
    last_two = before.rpartition(" ")[2] + last
    is_long = before.count(" ") >= 3
    return f"{before}\u00a0{last}" if is_long and len(last_two) <= LONGEST_ENDING else title


def _words(run: str, together: Container[str]) -> list[str]:
    if not _PAIR.match(run):
        return [run]
    words = [run[0]]
    for before, after in pairwise(run):
        # What is one character long so far, as a preposition is, goes with the word that follows.
        if before + after in together or after in _TRAILING or len(words[-1]) == 1:
            words[-1] += after
        else:
            words.append(after)
    if len(words) > 1 and len(words[-1]) == 1:
        words[-2:] = [words[-2] + words[-1]]
    return words
