"""What backups are encrypted with as they are written, and opened with as they are restored."""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, TypeVar, cast

import pyrage

from campaign.documents.age_file import for_passphrase, write_for_recipients
from campaign.documents.age_opening import is_for_passphrase, open_for_identity, open_for_passphrase
from campaign.errors import RefusedError

_PIECE = 64 * 1024
_Written = TypeVar("_Written")


@dataclass
class BackupLock:
    """Encrypts one backup, for the recipients or with the passphrase, while it is being written.

    No byte of it is on a disk in plain. So that it can be read back, it is for one more recipient: a key that
    is only here, and is gone with this object.
    """

    recipients: tuple[str, ...] = ()
    passphrase: str | None = field(default=None, repr=False)
    _own: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate, repr=False)
    _written: str = ""

    def write_through(self, file: IO[bytes], write: Callable[[IO[bytes]], _Written]) -> _Written:
        """What `write` gives back, after all it wrote is in the file, encrypted."""
        reading, writing = os.pipe()
        with ThreadPoolExecutor(1) as side:
            done = side.submit(_write_and_close, write, writing)
            with os.fdopen(reading, "rb") as source:
                self._encrypt(source, file)
            return done.result()

    def check(self, file: IO[bytes]) -> None:
        """Open what was written; RefusedError unless it is what was written, byte for byte."""
        opened = _Digest()
        if self.passphrase:
            open_for_passphrase(file, cast(IO[bytes], opened), self.passphrase)
        else:
            open_for_identity(file, cast(IO[bytes], opened), str(self._own))
        if opened.text != self._written:
            raise RefusedError("This backup is damaged: what was read back is not what was written.")

    def _encrypt(self, source: IO[bytes], file: IO[bytes]) -> None:
        digest = _Digest()
        chunks = _hashed(source, digest)
        if self.passphrase:
            for piece in for_passphrase(chunks, self.passphrase):
                file.write(piece)
        else:
            write_for_recipients(chunks, file, [*self.recipients, str(self._own.to_public())])
        self._written = digest.text


@dataclass(frozen=True)
class BackupKey:
    """What opens a backup: the private key of one of its recipients, or its passphrase."""

    identity: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)

    def open(self, file: IO[bytes], target: IO[bytes]) -> None:
        """Write what an encrypted backup holds into `target`; RefusedError where it is not for this key."""
        if is_for_passphrase(file):
            if not self.passphrase:
                raise RefusedError("This backup has a passphrase. Add --passphrase-file FILE.")
            open_for_passphrase(file, target, self.passphrase)
            return
        if not self.identity:
            raise RefusedError("This backup is encrypted. Add --identity FILE with the key that opens it.")
        open_for_identity(file, target, self.identity)


class _Digest:
    """A file that keeps nothing of what is written into it but its hash."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return len(data)

    @property
    def text(self) -> str:
        return self._hash.hexdigest()


def _hashed(source: IO[bytes], digest: _Digest) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        digest.write(piece)
        yield piece


def _write_and_close(write: Callable[[IO[bytes]], _Written], descriptor: int) -> _Written:
    with os.fdopen(descriptor, "wb") as file:
        return write(file)
