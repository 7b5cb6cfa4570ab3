"""What organizers correct of a signature: a misspelled name, an affiliation. Its owner is told how it was.

It says no more of anybody than they said themselves: what they left empty stays empty, how their name is
shown stays theirs to choose, and their messages keep the words and the name that they confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.moderation import require_reason
from campaign.domain.names import LONGEST_NAME, clean_label, clean_name
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.signature import MAY_BE_REMOVED, Capacity, SignatureState, Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.mail.render import Rendered
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, first_signers, public_quotes, quiet_mode, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.compose.supporter_email import render_for_supporter, supporter_email
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import insert_emails
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import locked_signature, new_links, store_links
from campaign.store.row_numbers import new_numbers
from campaign.store.tables import Campaign, Signature, SignatureChange, Supporter
from campaign.store.tables.core import signature_change
from campaign.store.tables.encrypted import in_row

MAY_BE_CORRECTED = ("name", "organization", "role")


@dataclass(frozen=True)
class Correction:
    """What a signature is to say from now on, and why it did not before."""

    name: str
    organization: str | None
    role: str | None
    reason: str


def correct(
    session: Session,
    campaign_id: int,
    signature_id: int,
    correction: Correction,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> bool:
    """Correct a signature that stands, and tell its owner; whether anything was different.

    RefusedError for what breaks a rule, and for what its owner left empty; ConflictError where it stands no
    more.
    """
    signature = standing(session, campaign_id, signature_id)
    reason = require_reason(correction.reason, name=signature.name)
    after = _read(correction)
    before = {name: getattr(signature, name) for name in after if getattr(signature, name) != after[name]}
    if not before:
        return False
    _check(signature, before, after)
    keep_before(session, signature.id, before, reason=reason, actor=actor, now=now)
    _write(session, signature, {name: after[name] for name in before})
    tell(session, signature, before, context=context, now=now, reason=reason)
    _record(session, "signature.correct", signature, before, actor=actor, now=now)
    return True


def undo(
    session: Session,
    campaign_id: int,
    signature_id: int,
    change_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Take a correction back, and tell its owner.

    ConflictError when something was changed since, which would be lost with it.
    """
    signature = standing(session, campaign_id, signature_id)
    last = last_change(session, signature.id)
    if last is None or last.id != change_id or last.before is None or last.undone_at is not None:
        raise ConflictError("The signature has been changed since, so this can no longer be undone.")
    after = {name: value for name, value in last.before.items() if name in MAY_BE_CORRECTED}
    if not after:
        raise ConflictError("This can no longer be undone.")
    before = {name: getattr(signature, name) for name in after}
    last.undone_at = now
    _write(session, signature, after)
    tell(session, signature, before, context=context, now=now, is_undone=True)
    _record(session, "signature.correction_undone", signature, before, actor=actor, now=now)


def standing(session: Session, campaign_id: int, signature_id: int) -> Signature:
    """A campaign's signature, held; NotFoundError without one, ConflictError where it stands no more."""
    known = session.get(Signature, signature_id)
    if known is None or known.campaign_id != campaign_id:
        raise NotFoundError("There is no such supporter in this campaign.")
    signature = locked_signature(session, signature_id)
    if signature.state not in MAY_BE_REMOVED or signature.anonymized_at is not None:
        raise ConflictError("This signature is no longer on the letter, so it cannot be changed.")
    return signature


def keep_before(
    session: Session,
    signature_id: int,
    before: Mapping[str, str | None],
    *,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down that an organizer changes these fields of a signature, and what they held."""
    [number] = new_numbers(session.connection(), signature_change, 1)
    change = {
        "id": number,
        "signature_id": signature_id,
        "changed_at": now,
        "organizer_id": actor.organizer_id,
        "fields": sorted(before),
        "before": dict(before),
        "reason": reason,
    }
    session.execute(insert(signature_change).values(in_row(signature_change, change)))


def last_change(session: Session, signature_id: int) -> SignatureChange | None:
    """What was changed last of a signature."""
    of_signature = select(SignatureChange).where(SignatureChange.signature_id == signature_id)
    return session.scalar(of_signature.order_by(SignatureChange.id.desc()).limit(1))


def owner_has_spoken(session: Session, signature: Signature, name: str, *, now: datetime) -> None:
    """Let nobody undo what organizers have changed: by signing again its owner has said how it is.

    Under another name nothing of theirs stays quoted that an organizer has put on the page.
    """
    if signature.name != name:
        public_quotes.follow_name(session, signature.id)
    last = last_change(session, signature.id)
    if last is not None and last.before is not None and last.undone_at is None:
        session.add(SignatureChange(signature_id=signature.id, changed_at=now, fields=[]))


def _read(correction: Correction) -> dict[str, str | None]:
    return {
        "name": clean_name(correction.name),
        "organization": _label(correction.organization),
        "role": _label(correction.role),
    }


def _check(signature: Signature, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> None:
    if any(not value for value in before.values()):
        raise RefusedError("They gave no organization or role. Only they can add one.")
    if signature.capacity is Capacity.ORGANIZATION and not after["organization"]:
        raise RefusedError("This signature is an organization’s, so it must keep one.")


def _label(text: str | None) -> str | None:
    label = clean_label(text or "")
    if len(label) > LONGEST_NAME:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_NAME)
    return label or None


def _write(session: Session, signature: Signature, values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        setattr(signature, name, value)
    session.flush()
    first_signers.follow(session, [signature.id])
    if signature.state is SignatureState.CONFIRMED and signature.visibility is not Visibility.HIDDEN:
        campaigns.raise_version(session, signature.campaign_id)


def tell(
    session: Session,
    signature: Signature,
    before: Mapping[str, str | None],
    *,
    context: MailContext,
    now: datetime,
    reason: str = "",
    is_undone: bool = False,
    is_hidden: bool = False,
) -> None:
    """Write to the signature's owner, with a link to see and change it; not where the address is erased.

    Of a quiet campaign it stands on the page of the signature, and is there for those without secret words.
    """
    supporter = session.get_one(Supporter, signature.supporter_id)
    if not (supporter.email and quiet_mode.is_written_to(session, signature, EmailKind.CORRECTION)):
        return
    told = {
        "name": signature.name,
        "changes": [(name, was, getattr(signature, name)) for name, was in sorted(before.items())],
        "reason": reason,
        "is_undone": is_undone,
        "is_hidden": is_hidden,
    }
    rendered, publisher = _rendered(session, signature, told, context=context, now=now)
    email = supporter_email(
        EmailKind.CORRECTION,
        rendered,
        publisher=publisher,
        campaign_id=signature.campaign_id,
        supporter_id=supporter.id,
        signature_id=signature.id,
        to_address=supporter.email,
        hashes=AddressHashes(supporter.spelling_hash or supporter.address_hash, supporter.address_hash),
        language=signature.language,
        due_at=now,
    )
    insert_emails(session.connection(), [email], now=now)


def _rendered(
    session: Session,
    signature: Signature,
    told: Mapping[str, object],
    *,
    context: MailContext,
    now: datetime,
) -> tuple[Rendered, Publisher]:
    """The email, and whose it says it is."""
    campaign = session.get_one(Campaign, signature.campaign_id)
    if campaign.quiet_at is not None:
        words = quiet_words(context, EmailKind.CORRECTION, language=signature.language)
        return words, context.quiet_publisher
    publisher = publishers.current(session, default=context.default_publisher)
    links = new_links(TokenPurpose.MANAGE)
    store_links(session.connection(), {signature.id: links}, now=now)
    words = render_for_supporter(
        context,
        EmailKind.CORRECTION,
        links,
        publisher=publisher,
        **versions.named_in(session, campaign, signature.language),
        **told,
    )
    return words, publisher


def _record(
    session: Session,
    action: str,
    signature: Signature,
    before: Mapping[str, str | None],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    details = {"campaign": signature.campaign_id, "signature": signature.id, "fields": sorted(before)}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
