"""The log behind a count: an entry for each signature that counts, and one for each that counts no more.

Anybody can read all entries, and nobody learns from one whose it is: it holds a hash over an address and 32
random bytes that only the signer is shown.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LogEntryKind(StrEnum):
    """What an entry says."""

    SIGNED = "signed"
    LEFT = "left"  # withdrawn, erased or removed; which one, no entry says


@dataclass(frozen=True)
class LogHead:
    """The state of a log: how many entries, how many of them say signed, and the root over all of them.

    `published_on` is the day (UTC) and no hour: a log grows in steps, as the count that pages show does.
    """

    size: int
    signed: int
    root: bytes
    published_on: date

    @property
    def count(self) -> int:
        """How many signatures stand: each entry that says left takes one back."""
        return 2 * self.signed - self.size


@dataclass(frozen=True)
class LogEntry:
    """One entry; `blind` is 32 bytes."""

    kind: LogEntryKind
    blind: bytes

    @property
    def content(self) -> bytes:
        """The bytes that are hashed: the kind, a space, and the blind in small hexadecimal digits."""
        return f"{self.kind.value} {self.blind.hex()}".encode()


def new_nonce() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


def blind_of(slug: str, address: str, nonce: bytes) -> bytes:
    """What an entry holds in place of a person; the address is as it was typed into the form."""
    return hashlib.sha256(f"{slug}\n{address}\n{nonce.hex()}".encode()).digest()
