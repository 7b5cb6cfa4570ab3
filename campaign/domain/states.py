"""What may follow what: the states of campaigns, signatures and outgoing email."""

from collections.abc import Mapping
from enum import StrEnum


class CampaignState(StrEnum):
    """Whether people can see a campaign, and sign it."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class TranslationState(StrEnum):
    """How far a translation of the letter has come; only a published one is shown."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


TRANSLATION_MOVES: Mapping[TranslationState, frozenset[TranslationState]] = {
    TranslationState.DRAFT: frozenset({TranslationState.REVIEWED}),
    TranslationState.REVIEWED: frozenset({TranslationState.PUBLISHED, TranslationState.DRAFT}),
    TranslationState.PUBLISHED: frozenset({TranslationState.REVIEWED}),
}


class SignatureState(StrEnum):
    """Where a supporter's signature stands; only a confirmed one counts."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    INVALIDATED = "invalidated"


class OutboxState(StrEnum):
    """Where one email stands between being written and being read."""

    HELD = "held"  # waits for the supporter's confirmation
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
        }
    ),
    OutboxState.LEASED: frozenset({OutboxState.QUEUED, OutboxState.SENDING, OutboxState.CANCELLED}),
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
            OutboxState.CANCELLED,  # the same, of a digest
        }
    ),
    OutboxState.CANCELLED: frozenset(),
}


def may_become(current: OutboxState, following: OutboxState) -> bool:
    """Say whether an email in `current` is allowed to move to `following`."""
    return following in OUTBOX_MOVES[current]


class Visibility(StrEnum):
    """How a supporter's name may appear in public."""

    PUBLIC = "public"
    INITIALS = "initials"
    HIDDEN = "hidden"


class Capacity(StrEnum):
    """For whom a supporter signs."""

    MYSELF = "myself"
    ORGANIZATION = "organization"


class OfficialRole(StrEnum):
    """Whether the letter is written to an official or copied to them."""

    ADDRESSEE = "addressee"
    COPIED = "copied"


class Channel(StrEnum):
    """How a message reaches an official."""

    EMAIL = "email"
    HAND = "hand"  # printed and handed over: no address on file


class EmailKind(StrEnum):
    """Which email it is; each has a folder of templates of the same name."""

    CONFIRMATION = "confirmation"
    ALREADY_SIGNED = "already_signed"
    THANKS = "thanks"
    MESSAGE = "message"
    DIGEST = "digest"
    ALERT = "alert"  # to organizers, about the queue
    REPLY = "reply"


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
    EmailKind.ALERT: MailStream.SUPPORTER,
}


class SuppressionReason(StrEnum):
    """Why an address is not written to."""

    BOUNCED = "bounced"  # there is no such mailbox
    DROPPED = "dropped"  # the provider refuses to write there
    COMPLAINED = "complained"  # our mail was marked as spam
    UNSUBSCRIBED = "unsubscribed"
    ORGANIZER = "organizer"


class SuppressionSource(StrEnum):
    """Who told us."""

    SENDGRID = "sendgrid"
    SMTP = "smtp"  # a mail server's own report, returned by mail
    ONE_CLICK = "one_click"  # a mail program's button (RFC 8058)
    PAGE = "page"  # the supporter, on the page behind a link
    DESK = "desk"
    COMMAND = "command"


class OfficialPauseCause(StrEnum):
    """What made the system let an official rest; an organizer's own pause has no cause."""

    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    TURNED_AWAY = "turned_away"  # several mails in a row, for the time being


class PauseCause(StrEnum):
    """Why nothing is claimed for a provider."""

    ORGANIZER = "organizer"  # without an end: until an organizer says so
    THROTTLED = "throttled"  # it named the time it will take email again
    UNAUTHORIZED = "unauthorized"
    UNREACHABLE = "unreachable"


class TokenPurpose(StrEnum):
    """What a link in a mail may do, and nothing else."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


class Role(StrEnum):
    """What an organizer may do in the back office."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class ReplyState(StrEnum):
    """What organizers have made of an office's answer; nobody else sees it before they publish."""

    NEW = "new"
    PUBLISHED = "published"  # their own words about it, never the answer itself
    HIDDEN = "hidden"
