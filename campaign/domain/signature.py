"""A signature: where it stands, and what of it is shown."""

from datetime import datetime
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
    SEALED = "sealed"  # counted, and readable only with a key that the server does not have

    @property
    def is_named(self) -> bool:
        """Whether a page shows anything of who signed; of all others not even the moment may be told."""
        return self in NAMED


def day_of(moment: datetime) -> datetime:
    """The day of a moment, which is all that is kept where the hour could tell who signed."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def kept_moment(visibility: Visibility, moment: datetime) -> datetime:
    """When something happened to a signature, as it is stored."""
    return day_of(moment) if visibility is Visibility.SEALED else moment


# Named one by one: a way to appear that is added later is shown nowhere until somebody says so here.
NAMED = (Visibility.PUBLIC, Visibility.INITIALS)


class Capacity(StrEnum):
    """For whom a supporter signs."""

    MYSELF = "myself"
    ORGANIZATION = "organization"
