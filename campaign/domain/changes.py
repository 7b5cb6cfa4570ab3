"""What a campaign's public change log tells, and what of it organizers may write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from campaign.domain.names import clean_line
from campaign.errors import RefusedError

LONGEST_NOTE = 500
LARGEST_GOAL = 10_000_000
LONGEST_SUMMARY = 300
LONGEST_OUTCOME = 2_000


class ChangeKind(StrEnum):
    """What an entry is about."""

    GOAL = "goal"  # set, moved or dropped: `before` and `after`
    REACHED = "reached"  # as many people as the goal asked for
    DEADLINE = "deadline"
    # `language`, and `parts` with their differences unless `withheld`; `wording` where that is new.
    LETTER = "letter"
    OUTCOME = "outcome"
    CLOSED = "closed"
    OPENED = "opened"  # `again` after a close
    NOTE = "note"  # in the organizers' own words: `text`


@dataclass(frozen=True)
class ChangeShown:
    """One entry as everybody may read it."""

    id: int
    at: datetime
    kind: ChangeKind
    details: Mapping[str, Any]


def without_words(details: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry about the letter tells when its words are withheld: which parts, and nothing of them."""
    parts = [{**part, "difference": []} for part in details["parts"]]
    return {**details, "parts": parts, "withheld": True}


def read_note(text: str) -> str:
    """An entry in the organizers' own words, in one paragraph."""
    note = clean_line(text)
    if not note:
        raise RefusedError("Write what has changed.")
    if len(note) > LONGEST_NOTE:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_NOTE)
    return note


def read_goal(text: str) -> int | None:
    """How many people should sign, or None from nothing."""
    digits = text.strip().replace(",", "").replace("\u202f", "").replace(" ", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 8 and 1 <= int(digits) <= LARGEST_GOAL):
        raise RefusedError("Enter a whole number, like 5000, or leave it empty.")
    return int(digits)


def read_summary(text: str) -> str:
    """What the letter is about, on one line; it may be empty."""
    summary = clean_line(text)
    if len(summary) > LONGEST_SUMMARY:
        raise RefusedError("The summary can have at most %(most)d characters.", most=LONGEST_SUMMARY)
    return summary
