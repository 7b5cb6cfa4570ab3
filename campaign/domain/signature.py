"""A signature: where it stands, and what of it is shown."""

from enum import StrEnum


class SignatureState(StrEnum):
    """Where a supporter's signature stands; only a confirmed one counts."""

    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    INVALIDATED = "invalidated"


class Visibility(StrEnum):
    """How a supporter's name may appear in public."""

    PUBLIC = "public"
    INITIALS = "initials"
    HIDDEN = "hidden"


class Capacity(StrEnum):
    """For whom a supporter signs."""

    MYSELF = "myself"
    ORGANIZATION = "organization"
