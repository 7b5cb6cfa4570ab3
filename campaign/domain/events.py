"""What providers report after the fact, and what each report makes of an email, in whatever order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.domain.outbox import HAS_NOT_LEFT, OutboxState, may_become


class SuppressionSource(StrEnum):
    """Who told us."""

    SENDGRID = "sendgrid"
    SMTP = "smtp"  # a mail server's own report, returned by mail
    ONE_CLICK = "one_click"  # a mail program's button (RFC 8058)
    PAGE = "page"  # the supporter, on the page behind a link
    DESK = "desk"
    COMMAND = "command"


class EventKind(StrEnum):
    """A provider's report about one email, in our words."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BLOCKED = "blocked"  # turned away for a reason that is not the mailbox: policy, reputation, a full box
    BOUNCED = "bounced"  # there is no such mailbox
    DROPPED = "dropped"  # the provider does not write to this address
    REFUSED = "refused"  # the provider does not send this email, whoever it is for
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True)
class DeliveryReport:
    """One report: `event_id` is the reporter's own, `public_id` the email's, `reason` in their words."""

    event_id: str
    public_id: str
    kind: EventKind
    occurred_at: datetime
    reason: str | None
    source: SuppressionSource = SuppressionSource.SENDGRID


# Who complains or unsubscribes has the mail before them.
_PROVES: Mapping[EventKind, OutboxState] = {
    EventKind.PROCESSED: OutboxState.ACCEPTED,
    EventKind.DEFERRED: OutboxState.ACCEPTED,
    EventKind.DROPPED: OutboxState.FAILED,
    EventKind.REFUSED: OutboxState.FAILED,
    EventKind.DELIVERED: OutboxState.DELIVERED,
    EventKind.COMPLAINED: OutboxState.DELIVERED,
    EventKind.UNSUBSCRIBED: OutboxState.DELIVERED,
    EventKind.BLOCKED: OutboxState.BOUNCED,
    EventKind.BOUNCED: OutboxState.BOUNCED,
}
# Some servers accept a mail and return it later, so a bounce is the last word.
_RANK: Mapping[OutboxState, int] = {
    OutboxState.ACCEPTED: 1,
    OutboxState.FAILED: 2,
    OutboxState.DELIVERED: 3,
    OutboxState.BOUNCED: 4,
}


def proven(kind: EventKind) -> OutboxState:
    """The state that a report proves an email to have reached."""
    return _PROVES[kind]


def after_reports(current: OutboxState, kinds: Iterable[EventKind]) -> OutboxState:
    """Where reports leave an email: at the highest state that any of them proves and that it may move to.

    An email that waits to go again (an organizer said so) is not stopped by the report of its first failure,
    but is by proof that it has arrived after all.
    """
    if current is OutboxState.HELD:  # nothing of it has left; in a digest it follows that
        return current
    waits = current in HAS_NOT_LEFT
    proofs = [_PROVES[kind] for kind in kinds]
    return max(
        (
            state
            for state in proofs
            if may_become(current, state) and not (waits and state is OutboxState.FAILED)
        ),
        key=lambda state: _RANK[state],
        default=current,
    )
