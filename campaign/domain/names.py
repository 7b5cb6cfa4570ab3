"""Names and other short lines as people write them, in any script."""

import re
import unicodedata

from campaign.errors import RefusedError

LONGEST_NAME = 200
# Controls, and the marks that can turn text around (Unicode TR 9: embeddings, overrides, isolates). ZWJ and
# ZWNJ stay: Persian, Uyghur and Indic names need them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_URL = re.compile(r"(?i)(https?:|www\.|[a-z0-9-]+\.(com|org|net|info|ru|cn|io)\b/?)|://")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def clean_line(text: str) -> str:
    """One line in NFC with single spaces and without control or direction-override characters."""
    return " ".join(unicodedata.normalize("NFC", _UNSAFE.sub(" ", text)).split())


def clean_text(text: str) -> str:
    """Several lines in NFC, line ends as LF, no control characters, at most two line ends in a row."""
    lines = _UNSAFE_IN_TEXT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = re.sub(r"[\u2028\u2029]", "\n", lines)
    return re.sub(r"\n{3,}", "\n\n", unicodedata.normalize("NFC", lines)).strip()


def clean_name(text: str) -> str:
    """A person's name as shown and sent; one word is a name. Raises RefusedError naming the broken rule."""
    name = clean_line(text)
    if not name:
        raise RefusedError("Enter your name.")
    if len(name) > LONGEST_NAME:
        raise RefusedError("Your name must have %(most)d characters or fewer.", most=LONGEST_NAME)
    if not any(unicodedata.category(sign)[0] == "L" for sign in name):
        raise RefusedError("Enter your name in letters.")
    if _URL.search(name):
        raise RefusedError("Your name cannot hold a web address.")
    if name.startswith(_FORMULA_STARTS):
        raise RefusedError("Your name cannot start with = + - or @.")
    return name


def initials(name: str) -> str:
    """The first letter of each word with a full stop: “Rebiya Kadeer” becomes “R. K.”."""
    return " ".join(f"{_first_cluster(word)}." for word in re.split(r"[\s\-·]+", name) if word)


def split_name(name: str) -> tuple[str, str]:
    """First and last name as a guess for programs that insist on two: the last word is the last name.

    A single word, in any script, stays whole as the first name: a greeting then still reads right, and nobody
    is cut at a guessed place. Lists keep the full name beside the guess.
    """
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def _first_cluster(word: str) -> str:
    """The first letter with the marks that belong to it."""
    end = 1
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end += 1
    return word[:end].upper() if word[:end].upper().isalpha() else word[:end]
