"""Officials: why the letter names them, how they are reached, and why one is paused."""

from collections.abc import Sequence
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
    HAND = "hand"  # printed and handed over
    POST = "post"  # printed and posted
    WEB_FORM = "web_form"  # the supporter pastes it into the office's own form


# What is written for an official whose messages are printed: how the paper travels is the organizers' choice.
PRINTED = frozenset({Channel.HAND, Channel.POST})


class OfficialPauseCause(StrEnum):
    """What made the system let an official rest; an organizer's own pause has no cause."""

    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    TURNED_AWAY = "turned_away"  # several mails in a row, for the time being
    HOLDER_CHANGED = "holder_changed"  # what waits greets somebody who has left the office


def channel_of(chosen: Channel | None, email: str | None) -> Channel:
    """How messages reach an official: as chosen, but on paper where email has no address."""
    if chosen in (None, Channel.EMAIL):
        return Channel.EMAIL if email else Channel.HAND
    return chosen


def message_channel(channel: Channel) -> Channel:
    """The channel that a message is stored with: what is printed is one kind, however the paper travels."""
    return Channel.HAND if channel in PRINTED else channel


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
    channel: Channel | None = None
    web_form: str | None = None
    district: str | None = None
    postal_codes: Sequence[str] = ()
    review_on: date | None = None
    reached_at: datetime | None = None
    address: Sequence[str] = ()

    @property
    def reached_by(self) -> Channel:
        """How messages reach them."""
        return channel_of(self.channel, self.email)
