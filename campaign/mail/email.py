"""One email as providers take it, and what can become of handing it over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Email:
    """One email, complete: nothing in it changes between attempts.

    `public_id` is the opaque id that providers and their events carry. The sender's address is the
    provider's own; only the display name belongs to the email.
    """

    public_id: str
    kind: str
    to_address: str
    subject: str
    text: str
    html: str
    to_name: str | None = None
    from_name: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the email over; delivered it is not yet."""

    provider_message_id: str


@dataclass(frozen=True)
class NotSent:
    """Nothing left this machine (refused connection, no such host, failed TLS): safe to try again."""

    reason: str


@dataclass(frozen=True)
class Throttled:
    """The provider takes nothing before `until`; this was no attempt."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Refused:
    """The provider will never take this email; trying again changes nothing."""

    reason: str


@dataclass(frozen=True)
class Unauthorized:
    """The provider does not let us in (key or password): no email can go until somebody acts."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The email may have left and may not: only evidence or an organizer can tell."""

    reason: str


Outcome = Accepted | NotSent | Throttled | Refused | Unauthorized | Unknown


class Provider(Protocol):
    """What hands email to the world; `send` never raises for anything a network or a provider can do."""

    @property
    def name(self) -> str:
        """The word it is configured and recorded by."""

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """Hand one email over within 30 seconds; called from many threads at once."""

    def close(self) -> None:
        """Give back what is held open."""
