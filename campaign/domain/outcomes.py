"""What can become of handing one email over, and where that takes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.domain.outbox import OutboxState

# The ceiling of the wait before the second attempt; it doubles with each further one up to the longest.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
# Counted from the first attempt. Mail servers give a message up after two to five days (RFC 5321, 4.5.4.1).
GIVE_UP_AFTER = timedelta(hours=48)
# Of these an email may have been paused for the most, or an organizer tries it again: one busy moment ends
# nothing. So many take an hour on average.
FEWEST_ATTEMPTS = 8


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the email over; delivered it is not yet."""

    provider_message_id: str


@dataclass(frozen=True)
class NotSent:
    """Nothing left, because the provider is out of reach (refused connection, no such host, failed TLS)."""

    reason: str


@dataclass(frozen=True)
class Deferred:
    """The provider is well and does not take this one email now; it said so before taking anything over."""

    reason: str


@dataclass(frozen=True)
class Throttled:
    """The provider takes nothing before `until`; this was no attempt."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Refused:
    """The provider will never take this email; trying again changes nothing.

    With `no_such_mailbox` the reason is the recipient's address.
    """

    reason: str
    no_such_mailbox: bool = False


@dataclass(frozen=True)
class Unauthorized:
    """The provider does not let us in (key, password, sender): no email can go until somebody acts."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The email may have left and may not: only evidence or an organizer can tell."""

    reason: str


@dataclass(frozen=True)
class NotBegun:
    """The worker returned the email without trying: it stops, or the provider is paused."""


Outcome = Accepted | NotSent | Deferred | Throttled | Refused | Unauthorized | Unknown | NotBegun


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """Where an outcome takes an email; `due_at` None leaves its place in the queue as it was.

    `is_attempt` says whether it counts towards giving up, `was_begun` whether a request was made at all.
    """

    state: OutboxState
    due_at: datetime | None = None
    reason: str | None = None
    provider_message_id: str | None = None
    is_attempt: bool = True
    was_begun: bool = True


def settle(
    outcome: Outcome, *, attempts: int, first_tried_at: datetime, now: datetime, chance: float
) -> Settlement:
    """The state that follows an outcome, this attempt being the `attempts`-th; `chance` is in [0, 1)."""
    match outcome:
        case Accepted(message_id):
            return Settlement(state=OutboxState.ACCEPTED, provider_message_id=message_id)
        case NotSent(reason) | Deferred(reason):
            due_at = next_attempt(attempts, first_tried_at=first_tried_at, now=now, chance=chance)
            if due_at is None:
                return Settlement(state=OutboxState.FAILED, reason=f"given up after 48 hours: {reason}")
            return Settlement(state=OutboxState.QUEUED, due_at=due_at, reason=reason)
        case Throttled(until, reason):
            return Settlement(state=OutboxState.QUEUED, due_at=until, reason=reason, is_attempt=False)
        case Refused(reason):
            return Settlement(state=OutboxState.FAILED, reason=reason)
        case Unauthorized(reason):
            return Settlement(state=OutboxState.QUEUED, reason=reason, is_attempt=False)
        case Unknown(reason):
            return Settlement(state=OutboxState.IN_DOUBT, reason=reason)
        case NotBegun():
            return Settlement(state=OutboxState.QUEUED, is_attempt=False, was_begun=False)


def next_attempt(attempts: int, *, first_tried_at: datetime, now: datetime, chance: float) -> datetime | None:
    """When to try again after `attempts` failed ones; None when those were enough and 48 hours would be over.

    Full jitter: the wait is anything from nothing to its ceiling, so that emails that failed together do
    not come back together.
    """
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 16))
    due_at = now + ceiling * chance
    is_over = attempts >= FEWEST_ATTEMPTS and due_at - first_tried_at > GIVE_UP_AFTER
    return None if is_over else due_at
