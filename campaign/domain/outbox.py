"""Outgoing email: its kinds, its states, and what may follow what."""

from collections.abc import Mapping
from enum import StrEnum


class OutboxState(StrEnum):
    """Where one email stands between being written and being read."""

    HELD = "held"  # waits until its suspected signature counts, or for the digest it is part of
    QUEUED = "queued"
    LEASED = "leased"  # claimed by a worker, nothing sent yet: safe to requeue
    SENDING = "sending"  # the request may have left: never requeued by itself
    ACCEPTED = "accepted"
    IN_DOUBT = "in_doubt"  # what became of it is unknown; only evidence or an organizer moves it
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    CANCELLED = "cancelled"


_BY_DIGEST = (
    OutboxState.ACCEPTED,
    OutboxState.IN_DOUBT,
    OutboxState.DELIVERED,
    OutboxState.BOUNCED,
    OutboxState.FAILED,
)
# Reports about an earlier request prove that an email arrived that was to go again.
_BY_REPORTS = (OutboxState.ACCEPTED, OutboxState.DELIVERED, OutboxState.BOUNCED)

OUTBOX_MOVES: Mapping[OutboxState, frozenset[OutboxState]] = {
    OutboxState.HELD: frozenset(
        {
            OutboxState.QUEUED,
            OutboxState.CANCELLED,
            *_BY_DIGEST,  # a message in a digest goes where its digest goes
        }
    ),
    OutboxState.QUEUED: frozenset(
        {
            OutboxState.LEASED,
            OutboxState.CANCELLED,
            OutboxState.HELD,  # a message that has become a part of a digest
            OutboxState.IN_DOUBT,  # it waited in a backup, and may have been sent since
            OutboxState.FAILED,  # something of it cannot be read
            *_BY_REPORTS,
        }
    ),
    OutboxState.LEASED: frozenset(
        {
            OutboxState.QUEUED,
            OutboxState.SENDING,
            OutboxState.CANCELLED,
            OutboxState.IN_DOUBT,  # as one that is queued
            OutboxState.FAILED,  # the same
            *_BY_REPORTS,
        }
    ),
    OutboxState.SENDING: frozenset(
        {
            OutboxState.QUEUED,  # only on proof that nothing left: connection refused, throttled
            OutboxState.ACCEPTED,
            OutboxState.IN_DOUBT,
            OutboxState.FAILED,
            OutboxState.DELIVERED,  # an event may overtake the answer it belongs to
            OutboxState.BOUNCED,
        }
    ),
    OutboxState.ACCEPTED: frozenset({OutboxState.DELIVERED, OutboxState.BOUNCED, OutboxState.FAILED}),
    OutboxState.IN_DOUBT: frozenset(
        {
            OutboxState.QUEUED,  # an organizer's "send again"
            OutboxState.ACCEPTED,
            OutboxState.DELIVERED,
            OutboxState.BOUNCED,
            OutboxState.FAILED,
            OutboxState.CANCELLED,  # a digest that is to go again: its messages are put together anew
        }
    ),
    OutboxState.DELIVERED: frozenset({OutboxState.BOUNCED}),  # some servers accept first and bounce later
    OutboxState.BOUNCED: frozenset({OutboxState.QUEUED}),  # an organizer's corrected address
    OutboxState.FAILED: frozenset(
        {
            OutboxState.QUEUED,  # an organizer's retry
            OutboxState.CANCELLED,  # the same, of a digest; or called back before it could be read
            OutboxState.IN_DOUBT,  # it was set aside in a backup, and may have been sent since
            OutboxState.DELIVERED,  # reports come in any order
            OutboxState.BOUNCED,
        }
    ),
    OutboxState.CANCELLED: frozenset({OutboxState.QUEUED}),  # its signature is restored
}
HAS_NOT_LEFT = (OutboxState.HELD, OutboxState.QUEUED, OutboxState.LEASED)
IS_UNDER_WAY = (OutboxState.LEASED, OutboxState.SENDING)


def may_become(current: OutboxState, following: OutboxState) -> bool:
    """Say whether an email in `current` is allowed to move to `following`."""
    return following in OUTBOX_MOVES[current]


def may_come_from(following: OutboxState) -> tuple[OutboxState, ...]:
    """The states from which an email is allowed to move to `following`."""
    return tuple(state for state in OutboxState if may_become(state, following))


def is_settled(state: OutboxState) -> bool:
    """Whether no worker has anything more to do for an email in this state."""
    return state not in (OutboxState.HELD, OutboxState.QUEUED, *IS_UNDER_WAY)


class EmailKind(StrEnum):
    """Which email it is; each has a folder of templates of the same name."""

    CONFIRMATION = "confirmation"
    ALREADY_SIGNED = "already_signed"
    THANKS = "thanks"
    MESSAGE = "message"
    DIGEST = "digest"
    ALERT = "alert"  # to organizers, about the queue
    REPLY = "reply"
    INVITATION = "invitation"  # to become an organizer
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of email
    SECURITY_NOTICE = "security_notice"  # to organizers, about their logins
    UPDATE = "update"  # organizers' news to those who asked for it
    TEST = "test"  # from an organizer to themselves
    CORRECTION = "correction"  # to a signer, whose signature an organizer corrected
    SPOT_CHECK = "spot_check"  # to a signer drawn by lot: was this you?
    QUOTE = "quote"  # to a signer: whether they may be quoted
    AFFIRMATION = "affirmation"  # to signers of an earlier version: do they affirm the new one?


class MailStream(StrEnum):
    """Mail that shares a sender and a reputation: what offices think of us must not depend on the other."""

    ACTION = "action"  # people's messages to officials
    SUPPORTER = "supporter"  # everything else, to the people who sign above all


STREAMS: Mapping[EmailKind, MailStream] = {
    EmailKind.CONFIRMATION: MailStream.SUPPORTER,
    EmailKind.ALREADY_SIGNED: MailStream.SUPPORTER,
    EmailKind.THANKS: MailStream.SUPPORTER,
    EmailKind.MESSAGE: MailStream.ACTION,
    EmailKind.DIGEST: MailStream.ACTION,
    EmailKind.REPLY: MailStream.SUPPORTER,
    EmailKind.INVITATION: MailStream.SUPPORTER,
    EmailKind.PASSWORD_RESET: MailStream.SUPPORTER,
    EmailKind.SECURITY_NOTICE: MailStream.SUPPORTER,
    EmailKind.UPDATE: MailStream.SUPPORTER,
    EmailKind.CORRECTION: MailStream.SUPPORTER,
    EmailKind.SPOT_CHECK: MailStream.SUPPORTER,
    EmailKind.QUOTE: MailStream.SUPPORTER,
    EmailKind.AFFIRMATION: MailStream.SUPPORTER,
    EmailKind.ALERT: MailStream.SUPPORTER,
    EmailKind.TEST: MailStream.SUPPORTER,
}


class PauseCause(StrEnum):
    """Why nothing is claimed for a provider."""

    ORGANIZER = "organizer"  # without an end: until an organizer says so
    THROTTLED = "throttled"  # it named the time it will take email again
    UNAUTHORIZED = "unauthorized"
    UNREACHABLE = "unreachable"


# What asks signers something that cannot be asked without saying what it is about: of no quiet campaign.
QUESTIONS = frozenset({EmailKind.SPOT_CHECK, EmailKind.QUOTE, EmailKind.AFFIRMATION})
# To those who sign, and so of a quiet campaign without a word of what it is about.
TO_SUPPORTERS = frozenset(
    {
        EmailKind.CONFIRMATION,
        EmailKind.ALREADY_SIGNED,
        EmailKind.THANKS,
        EmailKind.REPLY,
        EmailKind.UPDATE,
        EmailKind.CORRECTION,
        *QUESTIONS,
    }
)
# Without a signature it is the test that its writer has sent to themselves.
OF_UPDATES = frozenset({EmailKind.UPDATE, EmailKind.AFFIRMATION})
# To organizers, and so about nobody who signed.
TO_ORGANIZERS = frozenset(
    {
        EmailKind.ALERT,
        EmailKind.INVITATION,
        EmailKind.PASSWORD_RESET,
        EmailKind.SECURITY_NOTICE,
        EmailKind.TEST,
    }
)
