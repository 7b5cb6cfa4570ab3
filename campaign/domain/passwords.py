"""Passwords: which are good enough, and first ones that can be read out."""

import re
import secrets
from collections.abc import Collection

from campaign.domain.normal_form import in_normal_form
from campaign.errors import RefusedError

# NIST SP 800-63B-4, section 3.1.1.2: 15 characters where the password is the only factor, no composition
# rules, at least 64 accepted, common and context-specific ones refused.
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
# What a guesser tries here and no list of common passwords knows. Without these, what remains of a password
# must still be something.
_COMMON_HERE = (
    "campaign",
    "organizer",
    "organiser",
    "openletter",
    "petition",
    "signature",
    "password",
    "passphrase",
    "passwort",
    "motdepasse",
    "contrasena",
    "correcthorsebatterystaple",
)
_SHORTEST_WORD = 4
_LEAST_OWN = 6
# Without 0 o 1 i l, which look alike: 31 signs, so 20 of them are 99 bits.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A first password of 99 random bits in five groups of four: `k7mw-…`."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(5))


def normalized(password: str) -> str:
    """The form that is hashed: NFKC, so that two keyboards agree on one password."""
    return in_normal_form("NFKC", password)


def check_password(password: str, *, email: str, known: Collection[str] = frozenset()) -> None:
    """RefusedError when a new password is too short, too long, or little more than words anybody knows.

    Those are the account's own, the `known` ones, in lower case, and some of this field.
    """
    password = normalized(password)
    if len(password) < SHORTEST_PASSWORD:
        raise RefusedError("A password needs at least %(least)d characters.", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise RefusedError("A password can have at most %(most)d characters.", most=LONGEST_PASSWORD)
    if is_easy(password, {*words_of(email), *known}):
        raise easy_to_guess()


def easy_to_guess() -> RefusedError:
    """The refusal of a password that a guesser would come to."""
    return RefusedError(
        "This password is easy to guess. Use four or more unrelated words, or let a password"
        " manager create one."
    )


def words_of(text: str) -> frozenset[str]:
    """The words of a name, a title or an address, in lower case; the part before an @ also as one."""
    folded = normalized(text).casefold()
    words = {*re.split(r"[\W_]+", folded), re.sub(r"[\W_]", "", folded.partition("@")[0])}
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)


def is_easy(password: str, known: Collection[str]) -> bool:
    """Whether little is left of it without the words that anybody knows."""
    left = re.sub(r"[\W_]", "", password.casefold())
    if len(set(left)) < 5 or _repeats(left):
        return True
    for word in sorted({*known, *_COMMON_HERE}, key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) < _LEAST_OWN


def _repeats(text: str) -> bool:
    """Whether it is one short piece over and over: `abc1abc1abc1abc1`."""
    return any(text == (text[:length] * len(text))[: len(text)] for length in range(1, 1 + len(text) // 2))
