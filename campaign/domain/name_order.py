"""In which order names stand on a wall, and how one is found there: by script and letter, without accents.

A key is bytes, so that both databases compare it alike. Its first byte is the script, the rest the name as
people would look it up: without accents, case or punctuation, in the order of the script's own alphabet.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.names import initials
from campaign.domain.normal_form import in_normal_form
from campaign.domain.signature import Visibility

# More of a name orders nothing; a key of it in UTF-8 stays far below what an index takes.
LONGEST_KEY = 80
# No sign of Unicode takes more than three.
_MOST_FOLDS = 5


class NameScript(StrEnum):
    """The parts of a wall, in their order; `INITIALS` is for those who show no more than these."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    ARABIC = "arabic"
    TIBETAN = "tibetan"
    HAN = "han"
    OTHER = "other"
    INITIALS = "initials"


_SCRIPTS = tuple(NameScript)
# How Unicode names the letters of a script; Kana stands with Han, since one name often has both.
_BY_NAME = {
    "LATIN": NameScript.LATIN,
    "CYRILLIC": NameScript.CYRILLIC,
    "ARABIC": NameScript.ARABIC,
    "TIBETAN": NameScript.TIBETAN,
    "CJK": NameScript.HAN,
    "IDEOGRAPHIC": NameScript.HAN,
    "HIRAGANA": NameScript.HAN,
    "KATAKANA": NameScript.HAN,
}
# The alphabet of Uyghur with the letters that only Arabic, Persian or Urdu have between them.
_ARABIC_ORDER = "اەبپتثجچحخدذرزژسشصضطظعغفقكگڭلمنھوۇۆۈۋېىي"
_ARABIC = str.maketrans(
    {letter: chr(0xE000 + place) for place, letter in enumerate(_ARABIC_ORDER)}
    # The seat of a vowel at a word's beginning, and what keyboards type for the same letters.
    | {"ئ": "", "ء": "", "ـ": "", "أ": "\ue000", "إ": "\ue000", "آ": "\ue000", "ٱ": "\ue000"}
    | {
        other: chr(0xE000 + _ARABIC_ORDER.index(letter))
        for other, letter in zip("کهیہؤة", "كھيھوە", strict=True)
    }
)
# Letters that Unicode does not take apart.
_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_TIBETAN_PREFIXES, _TIBETAN_HEADS = "གདབམའ", "རལསཪ"
_TIBETAN_FEET = "\u0fb1\u0fb2\u0fb3\u0fad\u0fb7"


@dataclass(frozen=True)
class WallHeading:
    """A letter of a script; a script without letters, and the part of initials, have one heading in all."""

    script: NameScript
    letter: str


@dataclass(frozen=True)
class NameKeys:
    """By what a name is ordered, and by what else it is found; None where it may not be found at all."""

    wall: bytes | None
    last: bytes | None


def name_keys(name: str, visibility: Visibility) -> NameKeys:
    """The keys of a signer's name: of one who shows initials those alone, of one who is hidden none."""
    if visibility is Visibility.PUBLIC and name:
        folded = fold_name(name)
        turned = _last_first(folded)
        return NameKeys(_key(folded), None if turned == folded else _key(turned))
    if visibility is Visibility.INITIALS and name:
        last = _SCRIPTS.index(NameScript.INITIALS)
        return NameKeys(bytes([last]) + fold_name(initials(name)).encode(), None)
    return NameKeys(None, None)


def search_key(text: str) -> bytes | None:
    """What the keys of every name begin with that begins so; None without a letter to look for."""
    folded = fold_name(text)
    return _key(folded) if folded else None


def place_of(script: NameScript, letter: str = "") -> bytes:
    """What the keys of a script's names begin with, or of those under one of its letters."""
    start = bytes([_SCRIPTS.index(script)])
    return start + fold_name(letter).encode() if letter else start


def heading_of(key: bytes) -> tuple[NameScript, str]:
    """Under which script and letter a key stands; Han and initials have no letters."""
    script = _SCRIPTS[key[0]]
    if script in {NameScript.HAN, NameScript.INITIALS}:
        return script, ""
    letter = key[1:5].decode(errors="ignore")[:1]
    if 0xE000 <= ord(letter or " ") < 0xE000 + len(_ARABIC_ORDER):
        letter = _ARABIC_ORDER[ord(letter) - 0xE000]
    return script, letter.upper()


def after_all(start: bytes) -> bytes:
    """The first bytes after all keys that begin so; no UTF-8 has the byte 0xFF."""
    return start + b"\xff"


def _key(folded: str) -> bytes:
    script = _script_of(folded)
    if script is NameScript.TIBETAN:
        folded = f"{_tibetan_root(folded.split(' ', 1)[0])}{folded}"
    return (bytes([_SCRIPTS.index(script)]) + folded[:LONGEST_KEY].encode()).rstrip()


def fold_name(text: str) -> str:
    """A name as it is looked up.

    Folded again it stays as it is: signs that fold in two steps (a mathematical capital, an accented æ) would
    else stand under a heading that leads elsewhere, and take the headings between off the wall.
    """
    for _ in range(_MOST_FOLDS):
        before, text = text, _folded_once(text)
        if text == before:
            break
    return text


def _folded_once(text: str) -> str:
    marked = in_normal_form("NFC", text.casefold()).translate(_LATIN).translate(_ARABIC)
    kept = []
    for sign in in_normal_form("NFKD", marked):
        kind = unicodedata.category(sign)
        if kind[0] in "LN" or kind == "Co" or (kind[0] == "M" and not _is_accent(sign)):
            kept.append(sign)
        elif kind[0] != "M":
            kept.append(" " if sign != "’" and sign != "'" else "")
    return " ".join("".join(kept).split())


def _is_accent(sign: str) -> bool:
    """Whether a mark is put on a letter that is the same without it: of Latin and Arabic, not of Tibetan."""
    return "\u0300" <= sign <= "\u036f" or "\u064b" <= sign <= "\u065f" or sign == "\u0670"


def _script_of(folded: str) -> NameScript:
    for sign in folded:
        if 0xE000 <= ord(sign) < 0xE000 + len(_ARABIC_ORDER):
            return NameScript.ARABIC
        if unicodedata.category(sign)[0] == "L":
            name = unicodedata.name(sign, "")
            return _BY_NAME.get(name.split(" ", 1)[0].split("-", 1)[0], NameScript.OTHER)
    return NameScript.OTHER


def _last_first(folded: str) -> str:
    """The name begun with its last part: the last word, in Han all but the family's sign, in Tibetan the
    syllables after the second."""
    words = folded.split(" ")
    if _script_of(folded) is NameScript.HAN and len(words) == 1:
        return folded[1:] + " " + folded[0] if len(folded) > 1 else folded
    if _script_of(folded) is NameScript.TIBETAN:
        return " ".join((*words[2:], *words[:2])) if len(words) > 2 else folded
    return " ".join((words[-1], *words[:-1]))


def _tibetan_root(syllable: str) -> str:
    """The letter under which dictionaries have a syllable: not what is written before, above or below it."""
    stacks: list[str] = []
    for sign in syllable:
        if "\u0f40" <= sign <= "\u0f6c" or not stacks:
            stacks.append(sign)
        else:
            stacks[-1] += sign
    with_more = [place for place, stack in enumerate(stacks) if len(stack) > 1]
    if with_more and all(stack in _TIBETAN_PREFIXES for stack in stacks[: with_more[0]]):
        place = with_more[0]
    elif with_more:
        place = 0
    else:
        place = 1 if len(stacks) > 2 and stacks[0] in _TIBETAN_PREFIXES else 0
    stack = stacks[place]
    below = stack[1:2]
    if stack[0] in _TIBETAN_HEADS and "\u0f90" <= below <= "\u0fbc" and below not in _TIBETAN_FEET:
        return chr(ord(below) - 0x50)
    return stack[0]
