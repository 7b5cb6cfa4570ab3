"""Confirming: the mailbox's owner sees what they are about to confirm, and a signature counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.signing import LONGEST_MESSAGE
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError
from campaign.services.campaigns import versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import (
    one_click_url,
    render_for_supporter,
    supporter_email,
)
from campaign.services.digests.deferral import defer
from campaign.services.feedback.suppressions import resubscribe
from campaign.services.outbox.enqueue import enqueue
from campaign.services.signatures.link_tokens import locked_signature, new_links, open_link, store_links
from campaign.services.signatures.messages import release_held
from campaign.services.signatures.own_words import store_scores
from campaign.store.tables import (
    Campaign,
    Message,
    Official,
    OutboxBody,
    OutboxEmail,
    Signature,
    Supporter,
)


@dataclass(frozen=True)
class AwaitingMessage:
    """One message that a confirmation would release."""

    official_name: str
    channel: Channel
    subject: str
    text: str
    has_words: bool
    longest_words: int


@dataclass(frozen=True)
class AwaitingConfirmation:
    """What a confirmation link would confirm; `revision` names this state of it."""

    slug: str
    campaign_title: str
    name: str
    visibility: Visibility
    updates: bool
    language: str
    revision: int
    messages: tuple[AwaitingMessage, ...]
    already_confirmed: bool
    accent: str | None = None

    @property
    def wrote_nothing(self) -> bool:
        """Whether officials would get a name and the letter, and not one word of the supporter's own."""
        return bool(self.messages) and not any(message.has_words for message in self.messages)

    @property
    def longest(self) -> int:
        """How many characters of own words every one of the officials takes."""
        return min((message.longest_words for message in self.messages), default=LONGEST_MESSAGE)


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did; `number` is the supporter's own, counted from 1.

    `messages` were released, of them `by_hand` printed and handed over for want of an address.

    `manage_token` opens the page to see and change the signature; a repeated confirmation has none to give.
    """

    slug: str
    campaign_title: str
    name: str
    number: int
    language: str
    manage_token: str | None
    messages: int
    by_hand: int
    already: bool
    visibility: Visibility = Visibility.HIDDEN
    accent: str | None = None


def awaiting_confirmation(session: Session, token: str, *, now: datetime) -> AwaitingConfirmation:
    """What the link would confirm, changing nothing.

    NotFoundError for an unknown link, ConflictError for an expired one.
    """
    signature, campaign = _behind(session, token, now=now)
    messages = _held_messages(session, signature.id)
    return AwaitingConfirmation(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, signature.language),
        name=signature.name,
        visibility=signature.visibility,
        updates=signature.updates,
        language=signature.language,
        revision=signature.revision,
        messages=messages,
        already_confirmed=signature.state is SignatureState.CONFIRMED and not messages,
        accent=campaign.accent,
    )


def _held_messages(session: Session, signature_id: int) -> tuple[AwaitingMessage, ...]:
    rows = session.execute(
        select(
            Official.name,
            Official.longest_message,
            Message.channel,
            Message.subject,
            Message.words,
            OutboxBody.text,
        )
        .join(Official, Official.id == Message.official_id)
        .outerjoin(OutboxEmail, OutboxEmail.message_id == Message.id)
        .outerjoin(OutboxBody, OutboxBody.email_id == OutboxEmail.id)
        .where(Message.signature_id == signature_id, Message.released_at.is_(None))
        .order_by(Official.position)
    )
    return tuple(
        AwaitingMessage(
            row.name,
            row.channel,
            row.subject,
            row.text or row.words,
            bool(row.words),
            row.longest_message or LONGEST_MESSAGE,
        )
        for row in rows
    )


def confirm(
    session: Session, token: str, *, revision: int | None, context: MailContext, now: datetime
) -> Confirmed:
    """Count the signature behind a link and release its messages; confirming twice changes nothing.

    `revision` is what the page showed: when the signature was sent in again since, ConflictError asks to look
    again. A campaign that closed in the meantime still counts it, since it was signed in time.
    """
    signature, campaign = _behind(session, token, now=now, lock=True)
    if revision is not None and revision != signature.revision:
        raise ConflictError("This was signed again a moment ago. Please look at it once more, then confirm.")
    manage_token = None
    first = signature.state is SignatureState.PENDING
    if first:
        signature.state = SignatureState.CONFIRMED
        signature.confirmed_at = now
        signature.number = _count_one_more(session, campaign.id)
        session.flush()
        if signature.updates:
            resubscribe(session, signature.supporter_id, now=now)
    store_scores(session, signature.id, campaign.id, address_key=context.address_key)
    messages = release_held(session, signature.id, now=now)
    defer(session, signature.id, now=now)
    if first:
        manage_token = _thank(session, signature, campaign, context=context, now=now)
    return Confirmed(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, signature.language),
        name=signature.name,
        number=signature.number or 0,
        language=signature.language,
        manage_token=manage_token,
        messages=messages,
        by_hand=_by_hand(session, signature.id, now=now) if messages else 0,
        already=not first and not messages,
        visibility=signature.visibility,
        accent=campaign.accent,
    )


def _behind(session: Session, token: str, *, now: datetime, lock: bool = False) -> tuple[Signature, Campaign]:
    signature_id = open_link(session, token, TokenPurpose.CONFIRM, now=now)
    signature = locked_signature(session, signature_id) if lock else session.get_one(Signature, signature_id)
    if signature.state not in (SignatureState.PENDING, SignatureState.CONFIRMED):
        raise NotFoundError("This signature is not there any more. You can sign again.")
    return signature, session.get_one(Campaign, signature.campaign_id)


def _by_hand(session: Session, signature_id: int, *, now: datetime) -> int:
    """How many of the messages released just now will be printed."""
    released_now = select(func.count()).where(
        Message.signature_id == signature_id, Message.released_at == now, Message.channel == Channel.HAND
    )
    return session.scalar(released_now) or 0


def _count_one_more(session: Session, campaign_id: int) -> int:
    counted = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(signature_count=Campaign.signature_count + 1)
        .returning(Campaign.signature_count),
        execution_options={"synchronize_session": False},
    )
    return counted.scalar_one()


def _thank(
    session: Session, signature: Signature, campaign: Campaign, *, context: MailContext, now: datetime
) -> str:
    """Mail the links to see, change and withdraw; the token for the same on the page that follows."""
    supporter = session.get_one(Supporter, signature.supporter_id)
    links = new_links(TokenPurpose.MANAGE, TokenPurpose.WITHDRAW, TokenPurpose.UNSUBSCRIBE)
    store_links(session.connection(), {signature.id: links}, now=now)
    released = session.execute(
        select(Official.name, Message.subject, Message.channel)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature.id)
        .order_by(Official.position)
    ).all()
    rendered = render_for_supporter(
        context,
        EmailKind.THANKS,
        links,
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, signature.language),
        language=signature.language,
        accent=campaign.accent,
        name=signature.name,
        number=signature.number,
        messages=[(row.name, row.subject) for row in released if row.channel is Channel.EMAIL],
        by_hand=[(row.name, row.subject) for row in released if row.channel is Channel.HAND],
    )
    email = supporter_email(
        EmailKind.THANKS,
        rendered,
        campaign_id=campaign.id,
        supporter_id=supporter.id,
        signature_id=signature.id,
        to_address=supporter.email or "",
        language=signature.language,
        due_at=now,
        unsubscribe_url=one_click_url(context, links),
    )
    enqueue(session, [email], now=now)
    return links[TokenPurpose.MANAGE]
