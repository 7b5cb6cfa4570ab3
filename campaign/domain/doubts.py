"""What an organizer is asked to look at of signatures: why, and what may be decided."""

from enum import StrEnum

from campaign.errors import RefusedError


class Doubt(StrEnum):
    """Why somebody should look at a signature."""

    SUSPECT = "suspect"  # its form looks as if a program sent it; it does not count yet
    ORGANIZATION = "organization"  # somebody signed in an organization's name
    DUPLICATE = "duplicate"  # somebody with this name and postal code had signed from another mailbox


class DoubtDecision(StrEnum):
    """What an organizer makes of it."""

    KEEP = "keep"  # it is in order; a suspected one counts from then on
    REMOVE = "remove"


# What can be looked at and found in order; a suspected signature is accepted instead, which sends its mail.
MAY_BE_CLEARED = frozenset({Doubt.ORGANIZATION, Doubt.DUPLICATE})


def read_doubt(typed: str) -> Doubt:
    """Which doubt a button is about; RefusedError for what no button of ours sends."""
    if typed not in list(Doubt):
        raise RefusedError("Not a valid choice.")
    return Doubt(typed)


def read_decision(typed: str) -> DoubtDecision:
    """What a button decides; RefusedError for what no button of ours sends."""
    if typed not in list(DoubtDecision):
        raise RefusedError("Not a valid choice.")
    return DoubtDecision(typed)
