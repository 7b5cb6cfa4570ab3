"""Notices that an SQLite file is no longer the one that a process has open."""

import logging
from pathlib import Path

from campaign.errors import UnavailableError

log = logging.getLogger(__name__)


class FileIdentity:
    """Which file a process has opened by a path; for all of its threads.

    A file that was deleted, or that another was moved over, still takes what is written through connections
    that are open, and nobody will ever read it.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._opened: tuple[int, int] | None = None

    def note(self) -> None:
        """Remember the file that is there now, if none was opened before."""
        if self._opened is None:
            self._opened = self._there()

    @property
    def is_there(self) -> bool:
        """Whether the path leads to a file: to the one that was opened, if any was."""
        there = self._there()
        return there is not None if self._opened is None else there == self._opened

    def check(self) -> None:
        """UnavailableError unless the path still leads to the file that was opened."""
        if self._opened is not None and not self.is_there:
            log.error("the database file is gone, or another is in its place: nothing more is written")
            raise UnavailableError("This site is being updated. Please try again in a few minutes.")

    def _there(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino
