"""A mailbox on this machine that we read and empty: an mbox file or a Maildir folder."""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# A turn reads so many mails, of each so many bytes, and of an mbox file so many bytes at once.
MOST_MAILS = 200
LARGEST_MAIL = 1024 * 1024
LARGEST_READ = 8 * 1024 * 1024
# A lock file this old was left behind by something that died.
LOCK_LASTS_SECONDS = 600.0
_COPIED_AT_ONCE = 1024 * 1024
_BEGINNING = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n")


@contextmanager
def take_mails(path: Path, *, most: int = MOST_MAILS) -> Iterator[list[bytes]]:
    """Some mails of a mailbox, the oldest first; they are gone from it when the block ends well.

    Whoever dies in between finds them again. An mbox file is locked meanwhile, as mail servers do it: by
    `fcntl` and by a `.lock` file beside it. One that another program holds gives nothing for now. Raises
    OSError for one that cannot be read.
    """
    if path.is_dir():
        with _unread_files(path, most) as mails:
            yield mails
    elif path.exists() and path.stat().st_size:
        with _unread_mbox(path, most) as mails:
            yield mails
    else:
        yield []


@contextmanager
def _unread_files(folder: Path, most: int) -> Iterator[list[bytes]]:
    files: list[Path] = []
    for part in ("new", "cur"):
        with suppress(FileNotFoundError), os.scandir(folder / part) as entries:
            found = (entry for entry in entries if entry.is_file(follow_symlinks=False))
            files += sorted(Path(entry.path) for entry in found)
    mails, read = [], []
    for file in files[:most]:
        with suppress(FileNotFoundError):  # another worker was faster
            with file.open("rb") as opened:
                mails.append(opened.read(LARGEST_MAIL))
            read.append(file)
    yield mails
    for file in read:
        file.unlink(missing_ok=True)


@contextmanager
def _unread_mbox(path: Path, most: int) -> Iterator[list[bytes]]:
    with path.open("r+b") as file, _lock(path, file) as is_ours:
        if not is_ours:
            yield []
            return
        read = file.read(LARGEST_READ)
        is_whole = not file.read(1)
        starts = [match.start() for match in _BEGINNING.finditer(read)]
        # The last one may go on beyond what was read, unless that is all there is.
        ends = [*starts[1:], len(read)] if is_whole or len(starts) < 2 else starts[1:]
        pieces = list(zip(starts, ends, strict=False))[:most]
        done = pieces[-1][1] if pieces else 0 if starts else len(read)
        yield [_mail(read[start:end]) for start, end in pieces]
        _cut_off(file, done)


def _mail(piece: bytes) -> bytes:
    """One mail without its separator, its quoted lines as they were."""
    _, _, content = piece.partition(b"\n")
    return content[:LARGEST_MAIL].replace(b"\n>From ", b"\nFrom ")


def _cut_off(file: BinaryIO, length: int) -> None:
    """Take the beginning out of a file, in place: other programs may have it open."""
    source, target = length, 0
    while True:
        file.seek(source)
        block = file.read(_COPIED_AT_ONCE)
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
    made = _made(beside)
    if made is False:
        yield False
        return
    try:
        yield True
    finally:
        if made:
            beside.unlink(missing_ok=True)


def _made(lock: Path) -> bool | None:
    """Whether the lock file is ours now; None where the folder takes none, and mail servers make none."""
    with suppress(FileNotFoundError):
        if time.time() - lock.stat().st_mtime > LOCK_LASTS_SECONDS:
            lock.unlink(missing_ok=True)
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except PermissionError:
        return None
    return True
