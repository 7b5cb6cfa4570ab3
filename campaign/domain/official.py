"""Officials: why the letter names them, how they are reached, and why one is paused."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from campaign.domain.digest import DigestMode


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


@dataclass(frozen=True, kw_only=True)
class OfficialListed:
    """An official as organizers see them: how they are reached, greeted, paced and paused."""

    id: int
    campaign_id: int
    role: OfficialRole
    name: str
    title: str | None
    office: str | None
    email: str | None = field(repr=False)
    salutation: str | None
    longest_message: int | None
    hourly_rate: int | None
    daily_limit: int | None
    time_zone: str | None
    sending_from: datetime | None
    sending_until: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None
    pause_cause: OfficialPauseCause | None
    pause_note: str | None
    digest_mode: DigestMode
    digest_threshold: int
    digested_on: date | None
