"""Opens files encrypted as the `age` tool writes them (age-encryption.org/v1), piece by piece.

The library opens what is for a recipient in a stream, and what is for a passphrase only in one piece. A
backup need not fit into memory, so the second is written out here; the tests open what the library encrypted.
"""

import base64
import re
from collections.abc import Iterator
from typing import IO

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from campaign.documents.age_file import CIPHER_PIECE, derived, handed_over, passphrase_key
from campaign.documents.pieces import pieces
from campaign.errors import RefusedError

_VERSION = b"age-encryption.org/v1\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_FOR_PASSPHRASE = re.compile(
    rb"(?P<head>age-encryption\.org/v1\n-> scrypt (?P<salt>[A-Za-z0-9+/]{22}) (?P<work>[1-9][0-9]?)\n"
    rb"(?P<wrapped>[A-Za-z0-9+/]{43})\n---) (?P<authenticator>[A-Za-z0-9+/]{43})\n"
)
# Longer than the head of any file for a passphrase.
_HEAD = 256
_TAG = 16
# More recipients than this holds nobody names; the library reads a longer head for hours.
_LONGEST_HEAD = 64 * 1024
# More than this costs gigabytes of memory: whoever wrote such a file wants to stop whoever opens it.
_MOST_WORK = 20


def is_encrypted(file: IO[bytes]) -> bool:
    """Whether the file, which stays where it was, begins as an age file does.

    RefusedError for one in armor, which is text: this program writes none.
    """
    head = _head(file)
    if head.startswith(_ARMOR):
        raise RefusedError(
            "This age file is in armor, as text. Open it with “age --decrypt” and restore what comes out."
        )
    return head.startswith(_VERSION)


def is_for_passphrase(file: IO[bytes]) -> bool:
    """Whether a passphrase opens the file, which stays where it was, and no identity."""
    return _head(file).startswith(_VERSION + b"-> scrypt ")


def open_for_identity(file: IO[bytes], target: IO[bytes], identity: str) -> None:
    """Write what the file holds into `target`; RefusedError when it is damaged or not for this identity."""
    if b"\n--- " not in _head(file, _LONGEST_HEAD):
        raise RefusedError("This key does not open the file, or the file is damaged.")
    try:
        with handed_over(file, target) as (source, opened):
            pyrage.decrypt_io(source, opened, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.IdentityError as error:
        raise RefusedError("This is not the private key of an age identity.") from error
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise RefusedError("This key does not open the file, or the file is damaged.") from error


def open_for_passphrase(file: IO[bytes], target: IO[bytes], passphrase: str) -> None:
    """Write what the file holds into `target`; RefusedError when it is damaged or has another passphrase."""
    try:
        for piece in _opened(file, passphrase):
            target.write(piece)
    except (InvalidTag, InvalidSignature) as error:
        raise RefusedError("This passphrase does not open the file, or the file is damaged.") from error


def _opened(file: IO[bytes], passphrase: str) -> Iterator[bytes]:
    read = _FOR_PASSPHRASE.match(_head(file))
    if read is None or int(read["work"]) > _MOST_WORK:
        raise RefusedError("This file is not encrypted with a passphrase, or it is damaged.")
    file.seek(read.end(), 1)
    wrapping = passphrase_key(passphrase, _bytes(read["salt"]), int(read["work"]))
    file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), _bytes(read["wrapped"]), None)
    authenticator = hmac.HMAC(derived(file_key, b"", b"header"), hashes.SHA256())
    authenticator.update(read["head"])
    authenticator.verify(_bytes(read["authenticator"]))
    cipher = ChaCha20Poly1305(derived(file_key, file.read(16), b"payload"))
    for number, (piece, is_last) in enumerate(pieces(_chunks(file), CIPHER_PIECE + _TAG)):
        yield cipher.decrypt(number.to_bytes(11, "big") + bytes([is_last]), piece, None)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CIPHER_PIECE):
        yield chunk


def _head(file: IO[bytes], length: int = _HEAD) -> bytes:
    place = file.tell()
    head = file.read(length)
    file.seek(place)
    return head


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))
