"""A folder in memory for the files of tests: a commit there waits for no disk, whatever else writes to it."""

import os
from functools import cache
from pathlib import Path

_FOLDER = Path("/dev/shm")
# Far more than the tests that run at once and their servers hold; files go when their test has passed.
_ROOM_BYTES = 2_000_000_000


@cache
def folder_in_memory() -> Path | None:
    """None where there is none, where it is small, or where no program may be run from it."""
    if not os.access(_FOLDER, os.W_OK):
        return None
    system = os.statvfs(_FOLDER)
    has_room = system.f_bavail * system.f_frsize > _ROOM_BYTES
    return _FOLDER if has_room and not system.f_flag & os.ST_NOEXEC else None
