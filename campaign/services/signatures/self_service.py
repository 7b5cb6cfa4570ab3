"""What supporters do with their own signature later: see it, withdraw it, erase it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from campaign.domain.actor import SUPPORTER
from campaign.domain.addresses import masked_address
from campaign.domain.daily_figures import Figure
from campaign.domain.events import SuppressionSource
from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import IS_REMOVED, MAY_BE_REMOVED, Capacity, SignatureState, Visibility
from campaign.domain.signing import LONGEST_MESSAGE
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import first_signers, public_quotes, shown_counts, versions
from campaign.services.documents import prepared_files
from campaign.services.feedback import suppressions
from campaign.services.outbox.enqueue import cancel, lock_rows
from campaign.services.signatures import own_words, quoting, sealed_signers, unfollowing
from campaign.services.signatures.counted import belongs_to_its_owner, record_figure, uncount
from campaign.services.signatures.erasure import erase_signature, held_to_erase
from campaign.services.signatures.link_tokens import locked_signature, open_link
from campaign.services.signatures.unsent import has_not_left
from campaign.store.tables import (
    Campaign,
    DigestedMessage,
    Message,
    Official,
    OutboxEmail,
    Reply,
    Signature,
    Supporter,
)
from campaign.store.tables.core import outbox_email


@dataclass(frozen=True)
class MessageStatus:
    """One message and how far it has come; `state` is None for one that is printed and handed over.

    `answered_at` is when the office first answered it; automatic replies do not count. `together_at` is when
    it went in one mail with others' messages, or was put into it. Until it has begun to leave it
    `may_be_changed`, to at most `longest_words` characters.
    """

    id: int
    official_name: str
    channel: Channel
    subject: str
    words: str
    longest_words: int
    may_be_changed: bool
    state: OutboxState | None
    answered_at: datetime | None
    together_at: datetime | None
    web_form: str | None = None


@dataclass(frozen=True)
class ManagedSignature:
    """A signature as its owner sees it; `quoted` are the words they have agreed to be quoted with, and
    `is_first` who is shown among the first signatories."""

    slug: str
    campaign_title: str
    name: str
    capacity: Capacity
    organization: str | None
    role: str | None
    country: str | None
    postal_code: str | None
    masked_email: str
    visibility: Visibility
    updates: bool
    state: SignatureState
    language: str
    signed_at: datetime
    confirmed_at: datetime | None
    messages: tuple[MessageStatus, ...]
    accent: str | None = None
    is_quiet: bool = False
    quoted: str | None = None
    is_first: bool = False


@dataclass(frozen=True)
class LinkShown:
    """What the page behind a withdraw or unsubscribe link may show: nothing of who signed.

    `state` is None for a form that was never confirmed.
    """

    slug: str
    campaign_title: str
    language: str
    state: SignatureState | None
    accent: str | None = None


@dataclass(frozen=True)
class Withdrawn:
    """What became of a signature; `erased` when nothing personal of it is left."""

    slug: str
    campaign_title: str
    language: str
    erased: bool
    accent: str | None = None
    still_counts: bool = False
    is_quiet: bool = False


def link_shown(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> LinkShown:
    """What a link of this purpose is about; NotFoundError for any other."""
    signature = session.get_one(Signature, open_link(session, token, purpose, now=now))
    campaign = session.get_one(Campaign, signature.campaign_id)
    title = versions.title_in(session, campaign, signature.language)
    return LinkShown(campaign.slug, title, signature.language, signature.state, campaign.accent)


def managed_signature(
    session: Session, token: str, *, language: str | None = None, now: datetime
) -> ManagedSignature:
    """The signature behind a manage link, with the letter's title in a language, else in the signer's own.

    NotFoundError for any other link.
    """
    signature_id = open_link(session, token, TokenPurpose.MANAGE, now=now)
    signature = session.get_one(Signature, signature_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    supporter = session.get_one(Supporter, signature.supporter_id)
    return ManagedSignature(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, language or signature.language),
        name=signature.name,
        capacity=signature.capacity,
        organization=signature.organization,
        role=signature.role,
        country=signature.country,
        postal_code=signature.postal_code,
        masked_email=masked_address(supporter.email or ""),
        visibility=signature.visibility,
        updates=signature.updates,
        state=signature.state,
        language=signature.language,
        signed_at=signature.signed_at,
        confirmed_at=signature.confirmed_at,
        messages=_messages(session, signature.id),
        accent=campaign.accent,
        is_quiet=campaign.quiet_at is not None,
        quoted=quoting.of_owner(session, signature.id),
        is_first=first_signers.is_first(session, signature.id),
    )


def _messages(session: Session, signature_id: int) -> tuple[MessageStatus, ...]:
    """A signature's messages, in the letter's order of officials."""
    answered_at = (
        select(func.min(Reply.received_at))
        .where(Reply.message_id == Message.id, Reply.is_automatic.is_(False))
        .correlate(Message)
        .scalar_subquery()
    )
    digest = aliased(OutboxEmail)
    rows: Iterable[Row[*tuple[Any, ...]]] = session.execute(
        select(
            *(Message.id, Official.name, Message.channel, Message.subject, Message.words),
            func.coalesce(Official.longest_message, LONGEST_MESSAGE),
            *(has_not_left(), OutboxEmail.state, answered_at),
            func.coalesce(digest.sending_at, digest.created_at),
            Official.web_form,
        )
        .join(Official, Official.id == Message.official_id)
        .outerjoin(OutboxEmail, OutboxEmail.message_id == Message.id)
        .outerjoin(DigestedMessage, DigestedMessage.email_id == OutboxEmail.id)
        .outerjoin(digest, digest.id == DigestedMessage.digest_id)
        .where(Message.signature_id == signature_id)
        .order_by(Official.position)
    )
    return tuple(MessageStatus(*row) for row in rows)


def unsubscribe(session: Session, token: str, *, source: SuppressionSource, now: datetime) -> Withdrawn:
    """Send no more news about any letter, nor anything else unasked; the signatures stand."""
    signature_id = open_link(session, token, TokenPurpose.UNSUBSCRIBE, now=now)
    signature = locked_signature(session, signature_id, unread=True)
    suppressions.unsubscribe(session, signature.supporter_id, source=source, now=now)
    campaign = session.get_one(Campaign, signature.campaign_id)
    return _gone(session, campaign, signature.language, erased=False)


def unfollow(session: Session, token: str, *, now: datetime) -> Withdrawn:
    """Send no more news about one letter; the signature stands, and so does news about any other letter."""
    signature_id = open_link(session, token, TokenPurpose.UNFOLLOW, now=now)
    signature = locked_signature(session, signature_id, unread=True)
    lock_rows(session, outbox_email.c.signature_id == signature_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    if signature.updates:
        signature.updates = False
        session.flush()
        unfollowing.call_back(session, signature_id, now=now)
    return _gone(session, campaign, signature.language, erased=False)


def withdraw(
    session: Session, token: str, purpose: TokenPurpose = TokenPurpose.WITHDRAW, *, now: datetime
) -> Withdrawn:
    """Take a signature back: it counts and shows no more, and what is unsent stays unsent.

    The link is of the `purpose` whose page has the button. Withdrawing twice changes nothing.
    """
    return withdraw_signature(session, open_link(session, token, purpose, now=now), now=now)


def withdraw_signature(session: Session, signature_id: int, *, now: datetime) -> Withdrawn:
    """The same by the signature's id."""
    signature = locked_signature(session, signature_id, unread=True)
    lock_rows(session, outbox_email.c.signature_id == signature_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    _withdraw(session, signature, now=now)
    return _gone(session, campaign, signature.language, erased=False)


def erase(
    session: Session, token: str, purpose: TokenPurpose = TokenPurpose.MANAGE, *, now: datetime
) -> Withdrawn:
    """Take a signature back and delete everything personal about it; the link is as with `withdraw`."""
    signature_id = open_link(session, token, purpose, now=now)
    signature = held_to_erase(session, signature_id)
    lock_rows(session, outbox_email.c.signature_id == signature_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    language = signature.language
    _withdraw(session, signature, now=now)
    _erase(session, signature, now=now)
    return _gone(session, campaign, language, erased=True)


def forget(session: Session, token: str, *, key: bytes, now: datetime) -> Withdrawn:
    """Delete everything personal about a signature that goes on counting.

    ConflictError for one that does not count.
    """
    signature_id = open_link(session, token, TokenPurpose.MANAGE, now=now)
    signature = held_to_erase(session, signature_id)
    if signature.state is not SignatureState.CONFIRMED or signature.visibility is Visibility.SEALED:
        raise ConflictError("Only a signature that counts and is not sealed can be kept without its name.")
    lock_rows(session, outbox_email.c.signature_id == signature_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    language, was_shown = signature.language, signature.visibility
    sealed_signers.forget_signer(session, signature, key=key, now=now)
    belongs_to_its_owner(session, signature, was_shown)
    shown_counts.show_otherwise(session, campaign.id, was=was_shown, is_now=Visibility.HIDDEN)
    details = {"campaign": campaign.id, "signature": signature_id}
    audit_log.record(session, action="signature.forget", actor=SUPPORTER, details=details, now=now)
    return replace(_gone(session, campaign, language, erased=True), still_counts=True)


def _gone(session: Session, campaign: Campaign, language: str, *, erased: bool) -> Withdrawn:
    title = versions.title_in(session, campaign, language)
    return Withdrawn(
        campaign.slug,
        title,
        language,
        erased,
        campaign.accent,
        is_quiet=campaign.quiet_at is not None,
    )


def _erase(session: Session, signature: Signature, *, now: datetime) -> None:
    details = {"campaign": signature.campaign_id, "signature": signature.id}
    erase_signature(session, signature, now=now)
    audit_log.record(session, action="signature.erase", actor=SUPPORTER, details=details, now=now)


def _withdraw(session: Session, signature: Signature, *, now: datetime) -> None:
    # Before the campaign, for which whoever counts waits last.
    prepared_files.forget_people(session, [signature.campaign_id])
    public_quotes.end_consent(session, signature.id)
    if signature.state is SignatureState.CONFIRMED:
        uncount(session, signature)
        record_figure(session, Figure.WITHDRAWN, signature, now=now)
    if signature.state in MAY_BE_REMOVED | IS_REMOVED:
        # What an organizer has removed stays removed; restored, it is one that was withdrawn.
        if signature.state in MAY_BE_REMOVED:
            signature.state = SignatureState.WITHDRAWN
        signature.withdrawn_at = now
        signature.updates = False
        session.flush()
    own_words.forget(session.connection(), signature.id)
    first_signers.follow(session, [signature.id])
    cancel(session, outbox_email.c.signature_id == signature.id, now=now)
