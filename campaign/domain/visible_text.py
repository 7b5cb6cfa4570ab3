"""A line as its reader sees it: without signs that show nothing, and without heaps of marks."""

import re
import unicodedata

# Signs that show nothing, whatever their width: soft hyphen, grapheme joiner, Hangul fillers, the vowels that
# Khmer leaves out, zero-width space, marks of direction, word joiner and its kin, Braille blank, byte order
# mark, annotation, shorthand and musical formatting, tags (Unicode 17, Default_Ignorable_Code_Point, less the
# variation selectors, which have a rule of their own below).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# They choose among forms of one sign: in names, of a Han character.
_SELECTOR_WITHOUT_HAN = re.compile(
    "(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
# Arabic, Syriac, Thaana, N'Ko and Mandaic; the scripts of India; Myanmar, Khmer, Mongolian; their extensions.
_JOINS = re.compile(
    "[\u0600-\u0e00\u1000-\u109f\u1780-\u18af\ua840-\ua8ff\ua9e0-\uaa7f\ufb50-\ufdff\ufe70-\ufefe]"
)
_VIRAMA = 9  # Canonical combining class: a joiner after it shapes the last letter of a word too (Malayalam).
# On one base: Vietnamese and the languages of West Africa need two of the marks that go with any script.
MOST_DIACRITICS = 3
# The highest stacks of Tibetan and Myanmar names have fewer.
MOST_MARKS = 8
_DIACRITIC = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")


def without_invisible_signs(text: str) -> str:
    """The text without signs that show nothing; ZWJ and ZWNJ stay where they join or part letters."""
    if text.isascii():
        return text
    text = _SELECTOR_WITHOUT_HAN.sub("", _INVISIBLE.sub("", text))
    if not any(joiner in text for joiner in _ZERO_WIDTH_JOINERS):
        return text
    return "".join(
        sign
        for place, sign in enumerate(text)
        if sign not in _ZERO_WIDTH_JOINERS or _shapes(text[place - 1 : place], text[place + 1 : place + 2])
    )


def with_few_marks(text: str) -> str:
    """The text with as many combining marks on one base as a script needs, and none without a base."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = diacritics = MOST_MARKS
    for sign in text:
        if unicodedata.category(sign)[0] != "M":
            marks = diacritics = MOST_MARKS if sign.isspace() else 0
            kept.append(sign)
            continue
        is_diacritic = bool(_DIACRITIC.match(sign))
        if marks < MOST_MARKS and not (is_diacritic and diacritics >= MOST_DIACRITICS):
            kept.append(sign)
            marks += 1
            diacritics += is_diacritic
    return "".join(kept)


def _shapes(before: str, after: str) -> bool:
    """Whether a joiner between these two signs can change how they look."""
    if not _JOINS.match(before) or not unicodedata.category(before).startswith(("L", "M")):
        return False
    return bool(_JOINS.match(after)) or unicodedata.combining(before) == _VIRAMA
