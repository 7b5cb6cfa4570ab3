"""Names and other short lines as people write them, in any script."""

import re
import unicodedata

from campaign.domain.normal_form import in_normal_form
from campaign.domain.visible_text import with_few_marks, without_invisible_signs
from campaign.domain.web_addresses import reads_as_web_address
from campaign.errors import RefusedError

LONGEST_NAME = 200
# Controls, and the marks that can turn text around (Unicode TR 9: embeddings, overrides, isolates). ZWJ and
# ZWNJ stay: Persian, Uyghur and Indic names need them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# How Unicode names the signs of scripts that write a syllable or a word with one of them.
_SYLLABLES = (
    "CJK ",
    "IDEOGRAPHIC ",
    "HIRAGANA ",
    "KATAKANA",
    "HALFWIDTH KATAKANA ",
    "HANGUL ",
    "HALFWIDTH HANGUL ",
    "BOPOMOFO ",
    "YI ",
    "HENTAIGANA ",
)
_BRACKETED = re.compile(r"[(\[{<（［｛〈《「『【][^)\]}>）］｝〉》」』】]*[)\]}>）］｝〉》」』】]?")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def clean_line(text: str) -> str:
    """One line in NFC with single spaces and without control or direction-override characters."""
    return " ".join(in_normal_form("NFC", _UNSAFE.sub(" ", text)).split())


def clean_text(text: str) -> str:
    """Several lines in NFC, line ends as LF, no control characters, at most two line ends in a row."""
    lines = _UNSAFE_IN_TEXT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = re.sub(r"[\u2028\u2029]", "\n", lines)
    return re.sub(r"\n{3,}", "\n\n", in_normal_form("NFC", lines)).strip()


def clean_name(text: str) -> str:
    """A person's name as shown and sent; one word is a name. Raises RefusedError naming the broken rule."""
    name = clean_label(text)
    if not name:
        raise RefusedError("Enter your name.")
    if len(name) > LONGEST_NAME:
        raise RefusedError("Your name must have %(most)d characters or fewer.", most=LONGEST_NAME)
    if not any(map(_is_letter, name)):
        raise RefusedError("Enter your name in letters.")
    return name


def clean_label(text: str) -> str:
    """What is shown beside others' names: a name, an organization, a role; empty where nothing is left.

    It looks like what it is: no sign in it is invisible, and no mark reaches into the lines around it.
    Raises RefusedError for what a mail program would make a link of, or a spreadsheet a formula.
    """
    label = clean_line(with_few_marks(clean_line(without_invisible_signs(text))))
    if reads_as_web_address(label):
        raise RefusedError("This reads like a web address. If it is a name, put a space after the full stop.")
    if label.startswith(_FORMULA_STARTS):
        raise RefusedError("This cannot start with = + - or @.")
    return label


def initials(name: str) -> str:
    """The first letter of each word with a full stop: “Rebiya Kadeer” becomes “R. K.”.

    A word without letters has none, and what stands in brackets is no part of the name.

    A name with a Han, Kana or Hangul sign in it gives its first letter alone: “王 伟” becomes “王”. There a
    sign is a syllable or a word, and two of them would be the name.
    """
    if any(map(_is_syllable, name)):
        return next((sign for sign in name if _is_letter(sign)), "")
    words = re.split(r"[\s\-·]+", _BRACKETED.sub(" ", name))
    firsts = filter(None, map(_first_cluster, words)) if any(map(_is_letter, "".join(words))) else ()
    return " ".join(f"{first}." for first in firsts) or f"{_first_cluster(name)}."


def split_name(name: str) -> tuple[str, str]:
    """First and last name as a guess for programs that insist on two: the last word is the last name.

    A single word, in any script, stays whole as the first name: a greeting then still reads right, and nobody
    is cut at a guessed place. Lists keep the full name beside the guess.
    """
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "L"


def _is_syllable(sign: str) -> bool:
    return _is_letter(sign) and unicodedata.name(sign, "").startswith(_SYLLABLES)


def _first_cluster(word: str) -> str:
    """The first letter with the marks that belong to it; empty for a word of other signs.

    A sign that only tells how a letter is spoken (the half ring of “ʻAlī”) is not the first where one
    follows.
    """
    letters = [at for at, sign in enumerate(word) if _is_letter(sign)]
    start = next(
        (at for at in letters if unicodedata.category(word[at]) != "Lm"), letters[0] if letters else None
    )
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end += 1
    first = word[start:end]
    return first.upper() if first.upper().isalpha() else first
