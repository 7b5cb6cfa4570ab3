"""Unicode's normal forms in a time that grows with the text, whatever a stranger has put together."""

import unicodedata
from typing import Literal

# More marks on one sign than any language writes; Unicode's own limit (UAX 15, Stream-Safe Text Format).
MOST_MARKS_IN_A_ROW = 30
# Signs of no combining class that are taken apart into marks (Tibetan vowels).
_MARKS_IN_DISGUISE = "\u0f73\u0f75\u0f81"
_JOINER = "\u034f"  # Combining Grapheme Joiner: shows nothing, and ends a row of marks.
# What so short a text can cost is no more than a millisecond.
_SHORT = 1_000


def in_normal_form(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form.

    Marks in a row are sorted by comparing each with all before it: of some ten thousand that takes minutes,
    so longer rows are broken up first.
    """
    if len(text) > _SHORT and not text.isascii():
        text = _with_short_rows(text)
    return unicodedata.normalize(form, text)


def _with_short_rows(text: str) -> str:
    kept: list[str] = []
    row = 0
    for sign in text:
        if unicodedata.combining(sign) or sign in _MARKS_IN_DISGUISE:
            row += 1
            if row > MOST_MARKS_IN_A_ROW:
                kept.append(_JOINER)
                row = 1
        else:
            row = 0
        kept.append(sign)
    return "".join(kept)
