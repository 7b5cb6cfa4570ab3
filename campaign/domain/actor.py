"""Who makes a change, and by which way: every verb that leaves an entry in the audit log is told."""

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """How a change reaches the services; the audit log keeps these words."""

    DESK = "desk"
    COMMAND_LINE = "command line"
    WORKER = "worker"
    LINK = "link"  # a secret one, which who acts was given
    KEY = "key"  # a signature by a key that was registered


@dataclass(frozen=True)
class Actor:
    """Who acts; without an organizer whoever may run commands, the system, or somebody not logged in yet."""

    organizer_id: int | None
    via: Via


COMMAND_LINE = Actor(None, Via.COMMAND_LINE)
WORKER = Actor(None, Via.WORKER)
SUPPORTER = Actor(None, Via.LINK)
