"""Where the lines of a title may end.

Han has no spaces, so a browser breaks a title between any two characters, inside a name too. Two characters
that stand side by side elsewhere in the letter are taken for parts of one word: no dictionary is needed, and
none knows the names in a letter as well. A pair taken together by chance only makes a part longer.
"""

import re
from collections.abc import Container
from itertools import pairwise

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[^{_HAN}]+")
_PAIR = re.compile(rf"(?=([{_HAN}]{{2}}))")
# They belong to the word before them.
_TRAILING = frozenset("的地得了們们")
LONGEST_ENDING = 16


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
