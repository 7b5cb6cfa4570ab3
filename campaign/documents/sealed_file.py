"""Files at rest under a key of their own: AES-256-GCM in pieces, so that none is ever whole in memory.

Each piece has its number in its nonce, and the last one says that it is (STREAM, Hoang and others 2015): a
piece that is missing, changed or moved makes the rest unreadable.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign.documents.pieces import pieces
from campaign.errors import NotFoundError

PIECE = 256 * 1024
_TAG = 16


def new_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(32)


def write_sealed(path: Path, chunks: Iterable[bytes], key: bytes) -> int:
    """Write a file that only its owner may read, whole or not at all; the bytes that went in."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    cipher, size = AESGCM(key), 0
    part.unlink(missing_ok=True)  # of a worker that died
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for number, (piece, is_last) in enumerate(pieces(chunks, PIECE)):
                file.write(cipher.encrypt(_nonce(number, is_last), piece, None))
                size += len(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size


def read_sealed(path: Path, key: bytes) -> Iterator[bytes]:
    """What is in such a file, in pieces; NotFoundError when it is gone, was cut or changed."""
    cipher = AESGCM(key)
    try:
        with path.open("rb") as file:
            piece = file.read(PIECE + _TAG)
            number = 0
            while True:
                following = file.read(PIECE + _TAG)
                yield cipher.decrypt(_nonce(number, not following), piece, None)
                if not following:
                    return
                piece, number = following, number + 1
    except (FileNotFoundError, InvalidTag, ValueError) as error:
        raise NotFoundError("This file is no longer there. Make it again.") from error


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
