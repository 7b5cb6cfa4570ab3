"""A mailbox on this machine that we read and empty: an mbox file or a Maildir folder.

The standard library reads Maildir. Its `mbox` does not fit: it reads the whole file to find the mails, puts a
new file in place of the one that a mail server may have open, and respects the lock of a program that died.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from mailbox import Maildir
from pathlib import Path
from typing import BinaryIO

# What is taken at a time: mails, bytes of each, and bytes of an mbox file.
MAX_MAILS = 200
MAX_MAIL = 1024 * 1024
MAX_READ = 8 * 1024 * 1024
# A lock file this old was left behind by something that died.
STALE_LOCK_SECONDS = 600.0
_COPY_BLOCK = 1024 * 1024
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n")


@contextmanager
def take_mails(path: Path, *, at_most: int = MAX_MAILS) -> Iterator[list[bytes]]:
    """Some mails of a mailbox, the oldest first; they are gone from it when the block ends well.

    Whoever dies in between finds them again. An mbox file is locked meanwhile, as mail servers do it: by
    `fcntl` and by a `.lock` file beside it. One that another program holds gives nothing for now. Raises
    OSError for one that cannot be read.
    """
    if path.is_dir():
        with _take_from_maildir(path, at_most) as mails:
            yield mails
    elif path.exists() and path.stat().st_size:
        with _take_from_mbox(path, at_most) as mails:
            yield mails
    else:
        yield []


@contextmanager
def _take_from_maildir(path: Path, at_most: int) -> Iterator[list[bytes]]:
    maildir = Maildir(path, create=False)
    mails, read = [], []
    # A key begins with the time of delivery.
    for key in sorted(maildir.keys())[:at_most]:
        with suppress(KeyError, FileNotFoundError):  # another worker was faster
            with maildir.get_file(key) as file:
                mails.append(file.read(MAX_MAIL))
            read.append(key)
    yield mails
    for key in read:
        maildir.discard(key)


@contextmanager
def _take_from_mbox(path: Path, at_most: int) -> Iterator[list[bytes]]:
    with path.open("r+b") as file, _lock(path, file) as is_locked:
        if not is_locked:
            yield []
            return
        read = file.read(MAX_READ)
        is_whole = not file.read(1)
        starts = [match.start() for match in _FROM_LINE.finditer(read)]
        # The last one may go on beyond what was read, unless that is all there is.
        ends = [*starts[1:], len(read)] if is_whole or len(starts) < 2 else starts[1:]
        pieces = list(zip(starts, ends, strict=False))[:at_most]
        done = pieces[-1][1] if pieces else 0 if starts else len(read)
        yield [_mail(read[start:end]) for start, end in pieces]
        _remove_beginning(file, done)


def _mail(piece: bytes) -> bytes:
    """One mail without its separator, its quoted lines as they were."""
    _, _, content = piece.partition(b"\n")
    return content[:MAX_MAIL].replace(b"\n>From ", b"\nFrom ")


def _remove_beginning(file: BinaryIO, length: int) -> None:
    """Take the beginning out of a file, in place: other programs may have it open."""
    source, target = length, 0
    while True:
        file.seek(source)
        block = file.read(_COPY_BLOCK)
        if not block:
            break
        file.seek(target)
        file.write(block)
        source += len(block)
        target += len(block)
    file.flush()
    file.truncate(target)


@contextmanager
def _lock(path: Path, file: BinaryIO) -> Iterator[bool]:
    """Both locks that mail servers use, at once or not at all."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    beside = path.with_name(path.name + ".lock")
    made = _make_lock_file(beside)
    if made is False:
        yield False
        return
    try:
        yield True
    finally:
        if made:
            beside.unlink(missing_ok=True)


def _make_lock_file(lock: Path) -> bool | None:
    """Whether the lock file is ours now; None where the folder takes none, and mail servers make none."""
    with suppress(FileNotFoundError):
        if time.time() - lock.stat().st_mtime > STALE_LOCK_SECONDS:
            lock.unlink(missing_ok=True)
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except PermissionError:
        return None
    return True
