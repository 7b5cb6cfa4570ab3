"""A letter read by a process of its own: a stranger's file costs no more than it may."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from campaign.documents import limited_process
from campaign.documents.read_letter.reader import ReadLetter
from campaign.domain.letter import Letter
from campaign.errors import RefusedError

# Of processor time; the longest letters known take a fifth of it.
LONGEST_SECONDS = 1.6
# And for each line of text besides: what is read of one name among thousands takes a third of it, or half.
SECONDS_A_LINE = 0.0015
MOST_LINES = 10_000
MOST_SECONDS = 2 * LONGEST_SECONDS + MOST_LINES * SECONDS_A_LINE
# Of memory, beyond the 50 MB that the reader itself is.
MOST_MEMORY = 130 * 1024**2
# A machine with much else to do gives a process little of its time.
_LONGEST_WAIT = 60.0
# Several files at once wait for each other, so that memory has a limit too.
_TURNS = threading.BoundedSemaphore(2)


def read_letter_apart(data: bytes, *, name: str | None = None) -> Letter:
    """As `read_letter`, in another process. Raises RefusedError where it meets a limit of time or memory."""
    return read_with_roles_apart(data, name=name).letter


def read_with_roles_apart(data: bytes, *, name: str | None = None, roles: str | None = None) -> ReadLetter:
    """As `read_with_roles`, in another process."""
    request = json.dumps({"name": name, "roles": roles}).encode() + b"\n" + data
    with _TURNS:
        answer = limited_process.run("campaign.documents.read_letter.process", request, seconds=_LONGEST_WAIT)
    if answer.done and "letter" in answer.head:
        read: ReadLetter = read_back(ReadLetter, answer.head["letter"])
        return read
    if "message" in answer.head:
        raise RefusedError(answer.head["message"], **answer.head["values"])
    raise RefusedError(
        "Reading this file takes more time or memory than any letter needs;"
        " save the letter as plain text and try again."
    )


def plain(record: Any) -> dict[str, Any]:
    """A record of dataclasses as JSON can hold it."""
    return {"letter": json.loads(json.dumps(asdict(record), default=str))}


def read_back(kind: Any, value: Any) -> Any:
    """A value of a type again from its plain form."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: read_back(hints[name], part) for name, part in value.items()})  # type: ignore[operator]
    origin, inner = get_origin(kind), get_args(kind)
    if value is None or origin in (dict, Mapping):
        return value
    if origin is tuple:
        return tuple(read_back(inner[0], part) for part in value)
    if inner:
        return read_back(next(one for one in inner if one is not type(None)), value)
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
