"""Whether files that hold secrets or personal data, and the folders they are in, are their owner's alone."""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITERS = stat.S_IWGRP | stat.S_IWOTH


def problem_with_access(path: Path, content: str) -> list[str]:
    """One sentence when others than the owner have any permission for the file; none when it is not there."""
    found = _stat(path)
    if found is None or not found.st_mode & _OTHERS:
        return []
    return [f"The file {path} holds {content} and is not for its owner alone. Run: chmod 600 {path}"]


def problem_with_folder(path: Path) -> list[str]:
    """The same for a folder that holds such files: who may write to it can put others in their place."""
    found = _stat(path)
    if found is None or not found.st_mode & _OTHERS:
        return []
    return [
        f"The folder {path} holds secrets and personal data and is not for its owner alone."
        f" Run: chmod 700 {path}"
    ]


def problem_with_writers(path: Path, *, user_id: int | None = None) -> list[str]:
    """One sentence when others than this user, or the system's own, can change a file or folder.

    In a folder with the sticky bit, as /tmp is, nobody can replace the files of others.
    """
    found = _stat(path)
    if found is None:
        return []
    if found.st_uid not in {os.geteuid() if user_id is None else user_id, 0}:
        return [f"{path} belongs to another user, who can change it. Make it your own: chown"]
    if found.st_mode & _WRITERS and not found.st_mode & stat.S_ISVTX:
        return [f"{path} can be changed by others than its owner. Run: chmod go-w {path}"]
    return []


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
