"""People's data at rest: each value encrypted under a key that is not in the database (AES-256-GCM).

What is stored of a value is `MARK`, the name of its key, and in base64 a random nonce, the encrypted text and
its tag. The place it was written for, its table and column, is bound to it: moved to another one, it does not
open. Whoever has the database alone learns how long a value is, to sixteen bytes, and nothing else.
"""

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect

from campaign.domain.data_keys import KEY_ID_LENGTH, DataKeys
from campaign.errors import ConflictError

# The version of what follows. No text that people type begins with it.
MARK = "\x01"
HEAD = len(MARK) + KEY_ID_LENGTH
# What a list has in place of a value that no key opens: one broken row keeps nobody from the others.
UNREADABLE = "(unreadable)"
_NONCE = 12
_BLOCK = 16
_TAG = 16


class UnreadableError(ConflictError):
    """A value that no key of this installation opens, or that somebody has changed."""


class DataCipher:
    """Encrypts under the newest key, and decrypts what was encrypted under any."""

    def __init__(self, keys: DataKeys) -> None:
        self.head = MARK + keys.newest.id
        self._index = keys.index
        self._newest = AESGCM(keys.newest.secret)
        self._by_head = {MARK + key.id: AESGCM(key.secret) for key in keys}

    def seal(self, text: str, place: bytes) -> str:
        """A text as it is stored at a place."""
        return self.head + b2a_base64(self._encrypted(text.encode(), place), newline=False).decode()

    def open(self, stored: str, place: bytes) -> str:
        """The text again; UnreadableError when no key opens it, or when it was not written for this place."""
        cipher = self._by_head.get(stored[:HEAD])
        if cipher is None:
            raise _no_key(place)
        try:
            raw = a2b_base64(stored[HEAD:])
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place).rstrip(b"\0").decode()
        except (InvalidTag, ValueError):
            raise _damaged(place) from None

    def seal_bytes(self, data: bytes, place: bytes) -> bytes:
        """The same for bytes, which are stored as such."""
        return self.head.encode() + self._newest_encrypted(data, place)

    def open_bytes(self, stored: bytes, place: bytes) -> bytes:
        """Such bytes again; UnreadableError as `open` raises it."""
        cipher = self._by_head.get(stored[:HEAD].decode("ascii", "replace"))
        if cipher is None:
            raise _no_key(place)
        try:
            return cipher.decrypt(stored[HEAD : HEAD + _NONCE], stored[HEAD + _NONCE :], place)
        except (InvalidTag, ValueError):
            raise _damaged(place) from None

    def opened(self, stored: Any, place: bytes) -> Any:
        """A stored text or stored bytes, decrypted where they are encrypted."""
        if isinstance(stored, str):
            return self.open(stored, place) if stored[:1] == MARK else stored
        if isinstance(stored, bytes):
            return self.open_bytes(stored, place) if is_sealed(stored) else stored
        return stored

    def open_column(self, stored: Iterable[str | None], place: bytes) -> list[str | None]:
        """The texts of one column of many rows, UNREADABLE in place of each that does not open."""
        opened: list[str | None] = []
        for value in stored:
            if value and value[0] == MARK:
                try:
                    raw = a2b_base64(value[HEAD:])
                    text = self._by_head[value[:HEAD]].decrypt(raw[:_NONCE], raw[_NONCE:], place)
                    value = text.rstrip(b"\0").decode()
                except (KeyError, InvalidTag, ValueError):
                    value = UNREADABLE
            opened.append(value)
        return opened

    def blind(self, text: bytes, *, length: int) -> bytes:
        """What a text is looked up by, which tells it to nobody who lacks the key."""
        return hmac.digest(self._index, text, hashlib.sha256)[:length]

    def _encrypted(self, data: bytes, place: bytes) -> bytes:
        # NUL, which no text holds, up to the next block: a name's length tells less of it.
        return self._newest_encrypted(data + b"\0" * (-len(data) % _BLOCK), place)

    def _newest_encrypted(self, data: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._newest.encrypt(nonce, data, place)


def is_sealed(stored: bytes) -> bool:
    """Whether bytes are encrypted; those that are not may begin with any byte, and these are longer."""
    return stored[:1] == MARK.encode() and len(stored) > HEAD + _NONCE + _TAG


def keep_cipher(dialect: Dialect, keys: DataKeys) -> DataCipher:
    """Have all that goes through a dialect's engine encrypted; types are handed nothing else of an engine."""
    cipher = DataCipher(keys)
    dialect.data_cipher = cipher  # type: ignore[attr-defined]
    return cipher


def cipher_of(dialect: Dialect) -> DataCipher:
    """The cipher of an engine's dialect; a database that was opened without keys has none."""
    cipher: DataCipher | None = getattr(dialect, "data_cipher", None)
    if cipher is None:
        raise LookupError("this database was opened without the keys of people's data")
    return cipher


def _no_key(place: bytes) -> UnreadableError:
    return UnreadableError(
        "A value in %(place)s was encrypted under a secret key that is not among CAMPAIGN_SECRET_KEY and"
        " CAMPAIGN_SECRET_KEY_FALLBACKS. Name that key there.",
        place=place.decode(),
    )


def _damaged(place: bytes) -> UnreadableError:
    return UnreadableError(
        "A value in %(place)s is damaged, or was changed by somebody who does not have the key."
        " campaign db check --values tells which.",
        place=place.decode(),
    )
