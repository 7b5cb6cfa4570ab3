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


class LookupNote(StrEnum):
    """What came of asking, as it is kept and shown."""

    FOUND = "found"
    UNKNOWN = "unknown"  # the log does not know the email, which proves nothing
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


@dataclass(frozen=True)
class FoundInLog:
    """The log knows the email: these reports are evidence as any other."""

    reports: tuple[DeliveryReport, ...]


@dataclass(frozen=True)
class NotInLog:
    """The log has no such email. It may have one later, and what it never has may have left all the same."""


@dataclass(frozen=True)
class NoAnswer:
    """The log could not be read this time."""

    reason: str


@dataclass(frozen=True)
class LogBusy:
    """The log takes no question before `until`."""

    until: datetime


@dataclass(frozen=True)
class LogClosed:
    """The log does not let us in: the account or the key has no right to read it."""

    reason: str


LookupAnswer = FoundInLog | NotInLog | NoAnswer | LogBusy | LogClosed


def next_lookup(tries: int, *, since: datetime) -> datetime | None:
    """When to ask next after `tries` that found nothing; the doubt began at `since`. None for never."""
    return since + WAITS[tries] if tries < len(WAITS) else None


def lookup_note(answer: LookupAnswer) -> LookupNote | None:
    """What is kept of an answer; of a log that is busy, nothing: it was not asked."""
    match answer:
        case FoundInLog():
            return LookupNote.FOUND
        case NotInLog():
            return LookupNote.UNKNOWN
        case NoAnswer():
            return LookupNote.NO_ANSWER
        case LogClosed():
            return LookupNote.REFUSED
        case LogBusy():
            return None
