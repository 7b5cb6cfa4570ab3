"""Files encrypted as the `age` tool reads them (age-encryption.org/v1), for a passphrase or a recipient.

The library does recipients in a stream, and passphrases only in one piece; so that no list is ever whole in
memory, what it does for a passphrase is written out here. The tests open the result with the library.
"""

import base64
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import pyrage
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from campaign.documents.pieces import pieces
from campaign.errors import RefusedError

# About 0.2 s and 64 MB here: one try of a guesser costs as much.
_WORK = 16
CIPHER_PIECE = 64 * 1024
SHORTEST_PASSPHRASE = 12


def read_passphrase(text: str) -> str | None:
    """A passphrase to encrypt with, or None from nothing; RefusedError when it is too short to help."""
    if text and len(text) < SHORTEST_PASSPHRASE:
        raise RefusedError(
            "Use at least %(fewest)d characters: several words are best.", fewest=SHORTEST_PASSPHRASE
        )
    return text or None


def read_recipient(text: str) -> str | None:
    """The public key of an `age` identity, or None from nothing; RefusedError for anything else."""
    key = text.strip()
    if not key:
        return None
    _recipient(key)
    return key


def for_recipient(chunks: Iterable[bytes], recipient: str) -> Iterator[bytes]:
    """The file for whoever has the identity; what is kept on the disk meanwhile is encrypted already."""
    with tempfile.TemporaryFile() as file:
        write_for_recipients(chunks, file, [recipient])
        file.seek(0)
        while piece := file.read(CIPHER_PIECE):
            yield piece


def write_for_recipients(chunks: Iterable[bytes], file: IO[bytes], recipients: Iterable[str]) -> None:
    """Write the file that the identity of any of the recipients opens; RefusedError when one is none."""
    keys = [_recipient(recipient) for recipient in recipients]
    with handed_over(cast(IO[bytes], _Reader(chunks)), file) as (source, target):
        pyrage.encrypt_io(source, target, keys)


def for_passphrase(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """The file for whoever knows the passphrase, in pieces."""
    file_key, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = ChaCha20Poly1305(passphrase_key(passphrase, salt, _WORK)).encrypt(bytes(12), file_key, None)
    head = f"age-encryption.org/v1\n-> scrypt {_base64(salt)} {_WORK}\n{_base64(wrapped)}\n---"
    authenticator = hmac.HMAC(derived(file_key, b"", b"header"), hashes.SHA256())
    authenticator.update(head.encode())
    nonce = secrets.token_bytes(16)
    yield f"{head} {_base64(authenticator.finalize())}\n".encode() + nonce
    cipher = ChaCha20Poly1305(derived(file_key, nonce, b"payload"))
    for number, (piece, is_last) in enumerate(pieces(chunks, CIPHER_PIECE)):
        yield cipher.encrypt(number.to_bytes(11, "big") + bytes([is_last]), piece, None)


def _recipient(key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise RefusedError("This is not the public key of an age identity. One begins with age1.") from None


@contextmanager
def handed_over(source: IO[bytes], target: IO[bytes]) -> Iterator[tuple["_Handed", "_Handed"]]:
    """Two files as the library is given them: a full disk is raised as such, and not in its own words."""
    files = _Handed(source), _Handed(target)
    try:
        yield files
    except Exception:
        for file in files:
            if file.failure is not None:
                raise file.failure from None
        raise


class _Handed:
    """A file that keeps what went wrong with it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        return cast(bytes, self._kept(self._file.read, size))

    def write(self, data: bytes) -> int:
        return cast(int, self._kept(self._file.write, data))

    def _kept(self, act: Callable[[Any], Any], value: Any) -> Any:
        try:
            return act(value)
        except Exception as error:
            self.failure = error
            raise


class _Reader:
    """The file object that the library reads from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while not self._left or size < 0:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._left += chunk
        taken = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(taken) :]
        return taken


def passphrase_key(passphrase: str, salt: bytes, work: int) -> bytes:
    """What wraps the key of a file: scrypt, as age does it, of 2 to the power of `work` rounds."""
    scrypt = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1)
    return scrypt.derive(passphrase.encode())


def derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    """A key for one part of a file, as age derives it; an empty `salt` is none."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt or None, info=info).derive(key)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
