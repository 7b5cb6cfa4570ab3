"""People's data at rest: each value encrypted under a key that is not in the database (AES-256-GCM).

What is stored of a value is `MARK`, the name of its key, and in base64 a random nonce, the encrypted text and
its tag. The place it was written for (table, row and column) is bound to it: moved elsewhere, it does not
open. Whoever has the database alone learns how long a value is, to sixteen bytes, and nothing else.

Values of earlier versions are bound to table and column alone, or not encrypted at all. They are read only
where the database says, with a proof made under the key, that such may still be there.
"""

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect

from campaign.domain.data_keys import KEY_ID_LENGTH, DataKeys
from campaign.errors import ConflictError

# The version of what follows. No text that people type begins with either.
MARK = "\x02"
UNBOUND_MARK = "\x01"
HEAD = len(MARK) + KEY_ID_LENGTH
# What a list has in place of a value that no key opens: one broken row keeps nobody from the others.
UNREADABLE = "(unreadable)"
_NONCE = 12
_BLOCK = 16
_TAG = 16

# The key of a row as text, its parts joined by points where it has several.
RowKey = str | int


class UnreadableError(ConflictError):
    """A value that no key of this installation opens, or that somebody has changed."""


@dataclass(frozen=True)
class Place:
    """A column that holds what is encrypted; one that `may_be_public` has plain values beside these."""

    table: str
    column: str
    may_be_public: bool = False

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def in_row(self, row: RowKey) -> bytes:
        """What is bound to a value of one row."""
        return f"{self.table}|{row}|{self.column}".encode()


class DataCipher:
    """Encrypts under the newest key, and decrypts what was encrypted under any.

    `reads_earlier` tells whether values of earlier versions may be there; unless somebody sets it, none may.
    """

    def __init__(self, keys: DataKeys) -> None:
        self.head = MARK + keys.newest.id
        self._index = keys.index
        self._newest = AESGCM(keys.newest.secret)
        self._by_head = {MARK + key.id: AESGCM(key.secret) for key in keys}
        self._by_unbound_head = {UNBOUND_MARK + key.id: AESGCM(key.secret) for key in keys}
        self.reads_earlier: Callable[[], bool] = _never

    def seal(self, text: str, place: Place, row: RowKey) -> str:
        """A text as it is stored at a place, in one row."""
        return self.head + _as_text(self._encrypted(_filled(text), place.in_row(row)))

    def seal_bytes(self, data: bytes, place: Place, row: RowKey) -> bytes:
        """The same for bytes, which are stored as such."""
        return self.head.encode() + self._encrypted(data, place.in_row(row))

    def open(self, stored: str, place: Place, row: RowKey) -> str:
        """The text again; UnreadableError when no key opens it, or when it was not written for this place."""
        cipher = self._by_head.get(stored[:HEAD])
        if cipher is None:
            self._refuse_earlier(stored[:HEAD], place)
            return self.open_unbound(stored, place)
        return _text(cipher, stored, place, place.in_row(row))

    def open_bytes(self, stored: bytes, place: Place, row: RowKey) -> bytes:
        """Such bytes again; UnreadableError as `open` raises it."""
        cipher = self._by_head.get(_head(stored))
        if cipher is None:
            self._refuse_earlier(_head(stored), place)
            return self.open_bytes_unbound(stored, place)
        return _bytes(cipher, stored, place, place.in_row(row))

    def open_unbound(self, stored: str, place: Place) -> str:
        """A text as earlier versions stored it, without asking whether any such may be there."""
        cipher = self._by_unbound_head.get(stored[:HEAD])
        if cipher is None and stored[:1] == UNBOUND_MARK:
            raise _no_key(place)
        return stored if cipher is None else _text(cipher, stored, place, str(place).encode())

    def open_bytes_unbound(self, stored: bytes, place: Place) -> bytes:
        """The same for bytes; those that are not encrypted may begin with any."""
        cipher = self._by_unbound_head.get(_head(stored))
        return stored if cipher is None else _bytes(cipher, stored, place, str(place).encode())

    def opened(self, stored: Any, place: Place, row: RowKey) -> Any:
        """What a column has, text or bytes, read; None and what is empty as they are."""
        if not stored:
            return stored
        opens = self.open if isinstance(stored, str) else self.open_bytes
        return opens(stored, place, row)

    def open_column(
        self, stored: Sequence[str | None], place: Place, rows: Iterable[RowKey]
    ) -> list[str | None]:
        """The texts of one column of many rows, UNREADABLE in place of each that does not open."""
        opened: list[str | None] = []
        before, after = f"{place.table}|", f"|{place.column}"
        for value, row in zip(stored, rows, strict=True):
            if value:
                cipher = self._by_head.get(value[:HEAD])
                try:
                    if cipher is None:
                        value = self.open(value, place, row)
                    else:
                        raw = a2b_base64(value[HEAD:])
                        bound_to = f"{before}{row}{after}".encode()
                        text = cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound_to)
                        value = text.rstrip(b"\0").decode()
                except (UnreadableError, InvalidTag, ValueError):
                    value = UNREADABLE
            opened.append(value)
        return opened

    def seal_unbound(self, text: str, place: Place) -> str:
        """A text as versions stored it that bound no value to its row: for the way back to their schema."""
        unbound = self._encrypted(_filled(text), str(place).encode())
        return UNBOUND_MARK + self.head[len(MARK) :] + _as_text(unbound)

    def seal_bytes_unbound(self, data: bytes, place: Place) -> bytes:
        """The same for bytes."""
        head = UNBOUND_MARK + self.head[len(MARK) :]
        return head.encode() + self._encrypted(data, str(place).encode())

    @property
    def proof_of_earlier(self) -> str:
        """What a database shows that may hold values of earlier versions: nobody makes it without the key."""
        return self.blind(b"values of earlier versions are read", length=32).hex()

    def blind(self, text: bytes, *, length: int) -> bytes:
        """What a text is looked up by, which tells it to nobody who lacks the key."""
        return hmac.digest(self._index, text, hashlib.sha256)[:length]

    def _encrypted(self, data: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._newest.encrypt(nonce, data, bound_to)

    def _refuse_earlier(self, head: str, place: Place) -> None:
        """UnreadableError for a value of an earlier version, or a plain one, where none may be."""
        if head[:1] == MARK:
            raise _no_key(place)
        if place.may_be_public and head[:1] != UNBOUND_MARK:
            return
        if not self.reads_earlier():
            raise _damaged(place)


def _never() -> bool:
    return False


def _filled(text: str) -> bytes:
    # NUL, which no text holds, up to the next block: a name's length tells less of it.
    data = text.encode()
    return data + b"\0" * (-len(data) % _BLOCK)


def _as_text(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()


def _text(cipher: AESGCM, stored: str, place: Place, bound_to: bytes) -> str:
    try:
        raw = a2b_base64(stored[HEAD:])
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound_to).rstrip(b"\0").decode()
    except (InvalidTag, ValueError):
        raise _damaged(place) from None


def _bytes(cipher: AESGCM, stored: bytes, place: Place, bound_to: bytes) -> bytes:
    try:
        return cipher.decrypt(stored[HEAD : HEAD + _NONCE], stored[HEAD + _NONCE :], bound_to)
    except (InvalidTag, ValueError):
        raise _damaged(place) from None


def _head(stored: bytes) -> str:
    """The head of bytes; what is too short to be encrypted has none."""
    return stored[:HEAD].decode("latin-1") if len(stored) > HEAD + _NONCE + _TAG else ""


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


def _no_key(place: Place) -> UnreadableError:
    return UnreadableError(
        "A value in %(place)s was encrypted under a secret key that is not among CAMPAIGN_SECRET_KEY and"
        " CAMPAIGN_SECRET_KEY_FALLBACKS. Name that key there.",
        place=str(place),
    )


def _damaged(place: Place) -> UnreadableError:
    return UnreadableError(
        "A value in %(place)s is damaged, or was changed by somebody who does not have the key."
        " campaign db check --values tells which.",
        place=str(place),
    )
