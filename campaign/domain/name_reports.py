"""Readers' reports of names on the wall: why, what organizers make of one, and how many are kept.

A report says that somebody should look, and never does anything to the name by itself.
"""

from enum import StrEnum

from campaign.domain.names import clean_text
from campaign.errors import RefusedError

LONGEST_WORDS = 500
# Of one name for one reason so many are kept: what more say tells an organizer nothing new.
MOST_OF_A_NAME = 5
# So many wait in one campaign; whoever reports then is told so.
MOST_WAITING = 1_000
# Reports of one network an hour, without and with a proof of work.
PER_HOUR = 3
PER_HOUR_WITH_PROOF = 10


class ReportReason(StrEnum):
    """What a reader says is wrong with a name."""

    FALSE = "false"  # there is no such person or organization, or it did not sign
    OFFENSIVE = "offensive"
    IMPERSONATION = "impersonation"  # somebody signed as somebody else


class ReportDecision(StrEnum):
    """What an organizer makes of the reports of a name."""

    LEAVE = "leave"  # it stays, and is reported no more for the same reasons
    HIDE = "hide"
    REMOVE = "remove"
    DROP = "drop"  # one of a flood: it is forgotten, and the name may be reported again


# What an organizer decides of one name by itself.
OF_ONE_NAME = (ReportDecision.LEAVE, ReportDecision.HIDE, ReportDecision.REMOVE)


def read_report_reason(typed: str) -> ReportReason:
    """Which reason was chosen."""
    if typed not in list(ReportReason):
        raise RefusedError("Choose what is wrong with the name.")
    return ReportReason(typed)


def read_report_words(typed: str) -> str:
    """What a reader adds, if anything."""
    words = clean_text(typed)
    if len(words) > LONGEST_WORDS:
        raise RefusedError("Use at most %(most)d characters.", most=LONGEST_WORDS)
    return words


def read_report_decision(typed: str) -> ReportDecision:
    """What a button decides; RefusedError for what no button of ours sends."""
    if typed not in OF_ONE_NAME:
        raise RefusedError("Not a valid choice.")
    return ReportDecision(typed)
