"""Signatures that organizers enter: what a run is, and the columns it understands."""

from collections.abc import Mapping
from enum import StrEnum


class ImportSource(StrEnum):
    """Where the signatures were collected."""

    PAPER = "paper"
    LIST = "import"  # a file of another petition, or of a list kept by hand


class ImportState(StrEnum):
    """Where a run stands."""

    DRAFT = "draft"  # its file was read, and nothing has been entered
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = frozenset({ImportState.RUNNING, ImportState.UNDOING})
IMPORT_MOVES: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.DRAFT: frozenset({ImportState.RUNNING}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.UNDOING}),
    ImportState.DONE: frozenset({ImportState.UNDOING}),
    ImportState.UNDOING: frozenset({ImportState.UNDONE}),
    ImportState.UNDONE: frozenset(),
}
