"""One email as providers take it, and what a provider is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from campaign.domain.activity_lookup import LookupAnswer
from campaign.domain.outbox import TO_SUPPORTERS
from campaign.domain.outcomes import Outcome


@dataclass(frozen=True)
class TextFile:
    """A file that goes along with an email, and arrives byte for byte."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Email:
    """One email, complete: nothing in it changes between attempts.

    `public_id` is the opaque id that providers and their events carry. The sender's address is the
    provider's own; only the display name belongs to the email. `unsubscribe_url` takes the POST by which mail
    programs unsubscribe their reader with one click (RFC 8058); mail to officials has none.
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
    unsubscribe_url: str | None = None
    files: tuple[TextFile, ...] = ()


def extra_headers(email: Email) -> dict[str, str]:
    """Headers of its own: what a machine wrote says so, for machines (RFC 3834), and what can be stopped
    says how (RFC 8058). All to supporters has the first: one that only some had would tell which."""
    headers = {}
    if email.kind in TO_SUPPORTERS:
        headers["Auto-Submitted"] = "auto-generated"
    if email.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


class Provider(Protocol):
    """What hands email to the world; `send` never raises for anything a network or a provider can do."""

    @property
    def name(self) -> str:
        """The word it is configured and recorded by."""

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """Hand one email over within 30 seconds; called from many threads at once.

        An outcome that says nothing left is certain of it; whatever is not certain is Unknown.
        """

    def close(self) -> None:
        """Give back what is held open."""


@runtime_checkable
class BatchingProvider(Provider, Protocol):
    """A provider that takes several emails in one request, with one outcome for all."""

    def batches(self, emails: Sequence[Email]) -> Sequence[Sequence[Email]]:
        """The same emails, in batches that may each travel as one request."""

    def send_batch(self, emails: Sequence[Email], *, now: datetime) -> Sequence[Outcome]:
        """Hand one batch over within 30 seconds; an outcome for each email, in their order."""


class ActivityLog(Protocol):
    """A provider's log that tells what became of an email."""

    @property
    def provider(self) -> str:
        """The name of the provider whose log it is."""

    @property
    def every(self) -> timedelta:
        """How much time the log wants between two questions."""

    def look_up(self, public_id: str, *, now: datetime) -> LookupAnswer:
        """What the log knows of the email with this id; never raises for what a network or a log can do."""

    def close(self) -> None:
        """Give back what is held open."""
