"""One signature removed by an organizer for a reason, and restored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import address_hash, clean_address
from campaign.domain.moderation import require_reason
from campaign.domain.signature import IS_REMOVED, MAY_BE_REMOVED, SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.moderation import batch
from campaign.store.tables import Invalidation, Organizer, Removal, Signature, Supporter


@dataclass(frozen=True)
class Changed:
    """What was done to one signature: its id, and how many emails were called back or wait again."""

    signature_id: int
    emails: int


@dataclass(frozen=True)
class RemovalShown:
    """Why a signature is removed; without an `organizer` it was by command, and with others by a run."""

    reason: str
    organizer: str | None
    removed_at: datetime
    invalidation_id: int | None


def signature_of(session: Session, slug: str, address: str, *, key: bytes) -> tuple[int, int]:
    """The ids of a campaign and of the signature that was made with an address, however it is spelled.

    NotFoundError when there is none, RefusedError when it is no address.
    """
    campaign_id = campaigns.campaign_row(session, slug).id
    signature_id = session.scalar(
        select(Signature.id)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(
            Supporter.address_hash == address_hash(key, clean_address(address)),
            Signature.campaign_id == campaign_id,
        )
    )
    if signature_id is None:
        raise NotFoundError("Nobody has signed this campaign with that address.")
    return campaign_id, signature_id


def remove(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    reason: str,
    is_for_reports: bool = False,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Remove a signature: it counts and shows no more, and its mail that has not left is called back.

    RefusedError for a reason that is none, ConflictError for a signature that does not stand.
    """
    signature = _signature(session, campaign_id, signature_id)
    reason = require_reason(reason, name=signature.name)
    removed, emails = batch.remove_batch(
        session,
        campaign_id,
        [signature_id],
        to=SignatureState.REMOVED,
        reason=reason,
        organizer_id=actor.organizer_id,
        is_for_reports=is_for_reports,
        now=now,
    )
    if not removed:
        if signature.state in IS_REMOVED:
            raise ConflictError("This signature has already been removed.")
        raise ConflictError("Only a signature that was confirmed and not withdrawn can be removed.")
    _record(
        session, "signature.remove", campaign_id, signature_id, emails, actor=actor, now=now, reason=reason
    )
    return Changed(signature_id, emails)


def restore(session: Session, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime) -> Changed:
    """Put a signature back that was removed or invalidated, as it was; what was called back waits again.

    ConflictError for one that is not removed.
    """
    _signature(session, campaign_id, signature_id)
    restored, emails = batch.restore_batch(session, campaign_id, [signature_id], now=now)
    if not restored:
        raise ConflictError("This signature is not removed.")
    _record(session, "signature.restore", campaign_id, signature_id, emails, actor=actor, now=now)
    return Changed(signature_id, emails)


def restore_reported(
    session: Session, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> None:
    """Restore what was removed for readers' reports; ConflictError where another reason stands by now."""
    signature = _signature(session, campaign_id, signature_id)
    standing = session.get(Removal, signature_id, with_for_update=True, populate_existing=True)
    if signature.state in IS_REMOVED and not (standing and standing.is_for_reports):
        raise ConflictError(
            "This signature has been removed for another reason since. You can restore it on its own page."
        )
    restore(session, campaign_id, signature_id, actor=actor, now=now)


def may_be_removed(state: SignatureState) -> bool:
    """Whether there is anything to remove."""
    return state in MAY_BE_REMOVED


def of_signature(session: Session, signature_id: int) -> RemovalShown | None:
    """Why a signature is removed, of a run over many the reason for all; None when it stands."""
    row = session.execute(
        select(
            func.coalesce(Invalidation.reason, Removal.reason),
            Organizer.email,
            Removal.removed_at,
            Removal.invalidation_id,
        )
        .outerjoin(Organizer, Organizer.id == Removal.organizer_id)
        .outerjoin(Invalidation, Invalidation.id == Removal.invalidation_id)
        .where(Removal.signature_id == signature_id)
    ).one_or_none()
    return RemovalShown(*row) if row else None


def _signature(session: Session, campaign_id: int, signature_id: int) -> Signature:
    signature = session.scalar(
        select(Signature).where(Signature.id == signature_id, Signature.campaign_id == campaign_id)
    )
    if signature is None:
        raise NotFoundError("There is no such supporter in this campaign.")
    return signature


def _record(
    session: Session,
    action: str,
    campaign_id: int,
    signature_id: int,
    emails: int,
    *,
    actor: Actor,
    now: datetime,
    **details: str,
) -> None:
    ids = {"campaign": campaign_id, "signature": signature_id, "emails": emails}
    audit_log.record(session, action=action, actor=actor, details=ids | details, now=now)
