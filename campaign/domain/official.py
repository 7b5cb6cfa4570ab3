"""Officials: why the letter names them, how they are reached, and why one is paused."""

from enum import StrEnum


class OfficialRole(StrEnum):
    """Whether the letter is written to an official or copied to them."""

    ADDRESSEE = "addressee"
    COPIED = "copied"


class Channel(StrEnum):
    """How a message reaches an official."""

    EMAIL = "email"
    HAND = "hand"  # printed and handed over: no address on file


class OfficialPauseCause(StrEnum):
    """What made the system let an official rest; an organizer's own pause has no cause."""

    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    TURNED_AWAY = "turned_away"  # several mails in a row, for the time being
