"""Codes by which an office checks a message: how one is made and typed, and the text it vouches for."""

import hmac
import re
import secrets

from campaign.domain.normal_form import in_normal_form

# Crockford's base 32: no I, L, O or U, so that a code survives being read out and typed.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0"})
# 60 bits: of a million codes, a guess meets one in 10^12 times.
_LENGTH = 12
_GROUP = 4
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_SHOWN = re.compile(r"(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}(?![\w-])")
_STROKE = "\u0338"
_QUOTED = re.compile(r"^[>\s]+", re.MULTILINE)
# What says something: letters and digits; signs that are read as such or as words (money, sums, circled and
# Braille letters, flags, pictures); and what turns the words that follow around. Not so bullets and rules.
_SAYS = re.compile(
    r"[^\W_]|[$\u00a2-\u00a5\u00ac\u00b0\u00b1\u00d7\u00f7\u0363-\u036f\u2de0-\u2dff\u202a-\u202e"
    r"\u2066-\u2069\u20a0-\u20cf\u2100-\u2211\u2213-\u2216\u221a-\u22c4\u22c6-\u24ff\u2600-\u2bff"
    r"\u3200-\u33ff\ufe69\uff04\uffe0\uffe1\uffe5\uffe6\U0001f000-\U0001faff]"
)


def check_code(key: bytes, form_id: int, official_id: int) -> str:
    """The code of what a kept form writes to one official: the same each time the message is shown."""
    digest = hmac.digest(key, f"office-check|{form_id}|{official_id}".encode(), "sha256")
    return _in_letters(int.from_bytes(digest[:8]))


def new_code() -> str:
    """A code for an email that is shown to nobody before it is sent."""
    return _in_letters(secrets.randbits(5 * _LENGTH))


def shown_code(code: str) -> str:
    """A code as it is printed, in groups."""
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def read_code(typed: str) -> str | None:
    """The code somebody typed or pasted, None for what can be none."""
    code = _BETWEEN.sub("", typed).upper().translate(_MEANT)
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None


def text_hash(key: bytes, text: str) -> bytes:
    """What is kept of a text to know it again: its words in their order, however its lines are broken.

    Bullets and rules between the words do not count either: mail programs draw them each in their own way.
    """
    words = " ".join(words_of(text))
    return hmac.digest(key, f"office-text|{words}".encode(errors="replace"), "sha256")


def says_something(text: str) -> bool:
    """Whether there is a word in it, or a sign that is read as one."""
    return _SAYS.search(text) is not None


def words_of(text: str) -> list[str]:
    """The words of a text in their order, without what mail programs put around them."""
    if _STROKE in text:
        # With it a mark of quotation becomes another sign.
        text = in_normal_form("NFC", text)
    words = _QUOTED.sub("", text).split()
    # Of a long text each word is looked at once, however often it comes.
    counted = {word: in_normal_form("NFC", word) for word in set(words) if says_something(word)}
    return [counted[word] for word in words if word in counted]


def shown_codes_in(text: str) -> list[str]:
    """What looks like a code as it is printed, in the order of a text."""
    return _SHOWN.findall(text)


def through_code(text: str, code: str) -> str:
    """A pasted text as far as its code, which is the last of a message: a mail system may add lines below."""
    before, printed, _ = text.partition(shown_code(code))
    return before + printed


def _in_letters(number: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))
