"""A signature: where it stands, and what of it is shown."""

from enum import StrEnum


class SignatureState(StrEnum):
    """Where a supporter's signature stands; only a confirmed one counts."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"  # confirmed, and counted once an organizer or a proof of work speaks for it
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"  # one, by an organizer
    INVALIDATED = "invalidated"  # with many others, by a rule


# What an organizer may remove, and what is restored as it was.
MAY_BE_REMOVED = frozenset({SignatureState.CONFIRMED, SignatureState.SUSPECTED})
IS_REMOVED = frozenset({SignatureState.REMOVED, SignatureState.INVALIDATED})


class Visibility(StrEnum):
    """How a supporter's name may appear in public."""

    PUBLIC = "public"
    INITIALS = "initials"
    HIDDEN = "hidden"


class Capacity(StrEnum):
    """For whom a supporter signs."""

    MYSELF = "myself"
    ORGANIZATION = "organization"
