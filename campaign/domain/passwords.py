"""Passwords: which are good enough, and first ones that can be read out."""

import re
import secrets
import unicodedata

from campaign.errors import RefusedError

# NIST SP 800-63B-4, section 3.1.1.2: 15 characters where the password is the only factor, no composition
# rules, at least 64 accepted, common and context-specific ones refused.
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
# Without these, what remains of a password must still be something.
_COMMON = (
    "campaign",
    "organizer",
    "organiser",
    "password",
    "passwort",
    "passphrase",
    "motdepasse",
    "contrasena",
    "correcthorsebatterystaple",
    "welcome",
    "letmein",
    "changeme",
    "iloveyou",
    "trustno",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "administrator",
    "admin",
    "master",
    "secret",
    "login",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwerty",
    "qwertz",
    "azerty",
    "1qaz2wsx3edc",
    "1q2w3e4r5t",
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "0123456789",
    "9876543210",
    "0987654321",
    "123456789",
    "12345678",
    "123456",
    "abcdefgh",
    "abc",
)
_LEAST_OWN = 6
# Without 0 o 1 i l, which look alike: 31 signs, so 20 of them are 99 bits.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A first password of 99 random bits in five groups of four: `k7mw-…`."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(5))


def normalized(password: str) -> str:
    """The form that is hashed: NFKC, so that two keyboards agree on one password."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, email: str) -> None:
    """RefusedError when a new password is too short, too long or easy to guess for this account."""
    password = normalized(password)
    if len(password) < SHORTEST_PASSWORD:
        raise RefusedError("A password needs at least %(least)d characters.", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise RefusedError("A password can have at most %(most)d characters.", most=LONGEST_PASSWORD)
    if _is_easy(password, email):
        raise RefusedError(
            "This password is easy to guess. Take four or more words that have nothing to do with each other,"
            " or let a password manager make one."
        )


def _is_easy(password: str, email: str) -> bool:
    """Whether little is left of it without common words and the account's own."""
    left = re.sub(r"[\W_]", "", password.casefold())
    if len(set(left)) < 5 or _repeats(left):
        return True
    local = email.casefold().partition("@")[0]
    words = {*re.split(r"[\W_]+", email.casefold()), re.sub(r"[\W_]", "", local), *_COMMON}
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 2:
            left = left.replace(word, "")
    return len(left) < _LEAST_OWN


def _repeats(text: str) -> bool:
    """Whether it is one short piece over and over: `abc1abc1abc1abc1`."""
    return any(text == (text[:length] * len(text))[: len(text)] for length in range(1, 1 + len(text) // 2))
