"""Doubts: when a provider's log is asked about an email, and what it can say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.events import DeliveryReport

# Reports settle most doubts within minutes, unasked; logs know a mail late, and some never.
WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)


class Note(StrEnum):
    """What came of asking, as it is kept and shown."""

    FOUND = "found"
    UNKNOWN = "unknown"  # the log does not know the email, which proves nothing
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


@dataclass(frozen=True)
class Found:
    """The log knows the email: these reports are evidence as any other."""

    reports: tuple[DeliveryReport, ...]


@dataclass(frozen=True)
class NotKnown:
    """The log has no such email. It may have one later, and what it never has may have left all the same."""


@dataclass(frozen=True)
class NoAnswer:
    """The log could not be read this time."""

    reason: str


@dataclass(frozen=True)
class Busy:
    """The log takes no question before `until`."""

    until: datetime


@dataclass(frozen=True)
class Closed:
    """The log does not let us in: the account or the key has no right to read it."""

    reason: str


Finding = Found | NotKnown | NoAnswer | Busy | Closed


def next_look_up(tries: int, *, since: datetime) -> datetime | None:
    """When to ask next after `tries` that found nothing; the doubt began at `since`. None for never."""
    return since + WAITS[tries] if tries < len(WAITS) else None


def note_of(finding: Finding) -> Note | None:
    """What is kept of a finding; of a log that is busy, nothing: it was not asked."""
    match finding:
        case Found():
            return Note.FOUND
        case NotKnown():
            return Note.UNKNOWN
        case NoAnswer():
            return Note.NO_ANSWER
        case Closed():
            return Note.REFUSED
        case Busy():
            return None
