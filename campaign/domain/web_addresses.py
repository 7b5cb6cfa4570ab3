"""What reads as a web address, so that mail programs and pages make a link of it, and what only looks so.

Refusing a person's name is worse than missing a rare ending: what has the form of an abbreviation and a
surname ("J.R.R. Tolkien", "Dr.Li", "M.Kim") is a name, though `li` and `kim` are endings of addresses.
"""

import re
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from campaign.domain.normal_form import in_normal_form

_SCHEME = re.compile(r"(?i)\w://|\b(?:https?|ftp|mailto):|\bwww\d?\.\w")
_NUMBERS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
# What browsers take for the dot between labels (UTS 46).
_DOTS = re.compile("[\u3002\uff0e\uff61\u2024\ufe52]")
# Dots at mid-height look like it between Latin letters; between two l they are Catalan ("Gal·la").
_MIDDLE_DOTS = re.compile(
    "(?<=[A-Za-z0-9])(?!(?<=[lL]).[lL])[\u00b7\u2027\u2219\u22c5\u30fb\uff65](?=[A-Za-z0-9])"
)
_BETWEEN_WORDS = re.compile(r"[\s/\\()\[\]{}<>\"“”„«»‹›*|,;:!?@#=+~&，；：！？、（）《》「」]+|\.{2,}")
# Endings that are nobody's surname, and that people write with a capital only by the phone's doing.
_NO_SURNAME = re.compile(
    "com|org|net|info|biz|edu|gov|mil|int|io|me|xyz|top|site|online|website|shop|store|club|app|dev|link|click"
    "|live|icu|vip|page|blog|news|tech|cloud|email"
)
# What stands before a surname without a space; any of three letters or fewer may, if it is not in lower case.
_LONGEST_ABBREVIATION = 3
_TITLES = frozenset({"prof", "univ", "dipl", "frau", "herr"})


def reads_as_web_address(text: str) -> bool:
    """Whether anything in a line reads as a web address or an email address."""
    if _SCHEME.search(text) or _NUMBERS.search(text):
        return True
    return any(_is_host(word) for word in _BETWEEN_WORDS.split(_with_plain_dots(text)))


def registered_domain(domain: str) -> str | None:
    """The part of a domain that somebody registered: `city.example` of `mail.city.example`; None for none."""
    return _suffixes().privatesuffix(domain.lower())


def _with_plain_dots(text: str) -> str:
    return in_normal_form("NFKC", _MIDDLE_DOTS.sub(".", _DOTS.sub(".", text)))


def _is_host(word: str) -> bool:
    labels = word.strip(".'’‘`-_").split(".")
    if len(labels) < 2 or not all(labels):
        return False
    *before, last = labels
    return not _is_abbreviated_name(before, last) and _is_public_suffix(last.lower())


def _is_abbreviated_name(before: list[str], last: str) -> bool:
    if _NO_SURNAME.fullmatch(last.lower()):
        return False
    if all(len(label) == 1 and label.isupper() for label in before):
        return True
    return not last.islower() and all(map(_is_abbreviation, before))


def _is_abbreviation(label: str) -> bool:
    is_short = len(label) <= _LONGEST_ABBREVIATION or label.lower() in _TITLES
    return is_short and not label.islower() and not any(sign.isdigit() or sign in "-_" for sign in label)


def _is_public_suffix(label: str) -> bool:
    return _suffixes().publicsuffix(f"name.{label}") is not None


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The list of publicsuffix.org that comes with the library, its part by ICANN; 60 ms, once a process."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
