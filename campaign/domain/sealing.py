"""What is sealed of a signer, and the age key that it is sealed to: spelled, split and told apart.

A key is an X25519 key of age (https://age-encryption.org/v1): 32 bytes, written in Bech32 (BIP 173). What
stands here is the spelling only; `services.seals` seals and opens.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from campaign.errors import RefusedError

IDENTITY_PREFIX = "age-secret-key-"
# Of a signing form. The address is not among them: it is gone once it has served.
SEALED_FIELDS = (
    "name",
    "organization",
    "role",
    "capacity",
    "country",
    "postal_code",
    "source",
    "words",
)
# Whoever has the sealed text alone learns no length: all forms without long words are as long as each other.
PAD_TO = 1_024
# The longest words, four bytes a character, and everything else; what is longer was sealed by nobody here.
LONGEST_SEALED = 64_000
# SLIP-0039 takes no more shares.
MOST_SHARES = 16
_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SHARES = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")


@dataclass(frozen=True)
class ShareCount:
    """Into how many shares a key is split, and how many of them open what it has sealed."""

    needed: int
    total: int


def read_share_count(text: str) -> ShareCount:
    """`3/5` is five shares, any three of which open; RefusedError for what is none."""
    match = _SHARES.fullmatch(text.strip())
    needed, total = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 2 <= needed <= total <= MOST_SHARES:
        raise RefusedError(
            "Say how many shares are needed and how many there are, like 3/5: at least 2 needed, and at most"
            " %(most)d in all.",
            most=MOST_SHARES,
        )
    return ShareCount(needed, total)


def identity_of(secret: bytes) -> str:
    """The age identity with these 32 bytes, as age spells it."""
    data = _regrouped(secret, 8, 5)
    check = _polymod([*_expanded(), *data, *[0] * 6]) ^ 1
    values = [*data, *((check >> 5 * (5 - place)) & 31 for place in range(6))]
    return f"{IDENTITY_PREFIX}1{''.join(_CHARACTERS[value] for value in values)}".upper()


def secret_of(identity: str) -> bytes:
    """The 32 bytes of an age identity; RefusedError when it is none."""
    text = identity.strip().lower()
    prefix, _, rest = text.rpartition("1")
    values = [_CHARACTERS.find(sign) for sign in rest]
    if prefix != IDENTITY_PREFIX or -1 in values or _polymod([*_expanded(), *values]) != 1:
        raise no_identity()
    secret = bytes(_regrouped(values[:-6], 5, 8))
    if len(secret) != 32:
        raise no_identity()
    return secret


def no_identity() -> RefusedError:
    """The sentence for what is no age identity."""
    return RefusedError("This is no age identity: one line that begins with AGE-SECRET-KEY-1.")


def read_identity(text: str) -> str:
    """The identity in a file as age-keygen writes it, comments and all; RefusedError for none."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise no_identity()
    return identity_of(secret_of(found[0]))


def fingerprint(recipient: str) -> str:
    """By what people tell recipients apart: sixteen hexadecimal digits in groups of four."""
    digits = hashlib.sha256(recipient.encode()).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def to_seal(values: Mapping[str, Any]) -> bytes:
    """What is sealed of a form: JSON, filled up with blanks so that its length tells nothing."""
    said = {name: values[name] for name in SEALED_FIELDS if values.get(name)}
    text = json.dumps(said, ensure_ascii=False).encode()
    return text + b" " * (-len(text) % PAD_TO)


def _expanded() -> list[int]:
    signs = [ord(sign) for sign in IDENTITY_PREFIX]
    return [*(sign >> 5 for sign in signs), 0, *(sign & 31 for sign in signs)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(_GENERATOR):
            check ^= part if (top >> place) & 1 else 0
    return check


def _regrouped(values: Iterable[int], bits: int, into: int) -> list[int]:
    """Numbers of so many bits as numbers of others; what is left over when they get wider is dropped."""
    held, kept, result = 0, 0, []
    for value in values:
        held, kept = held << bits | value, kept + bits
        while kept >= into:
            kept -= into
            result.append(held >> kept & (1 << into) - 1)
    if kept and into < bits:
        result.append(held << (into - kept) & (1 << into) - 1)
    return result
