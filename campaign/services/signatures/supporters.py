"""Supporters as organizers see them: with masked addresses until somebody asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import address_hash, clean_address, masked_address
from campaign.domain.networks import short_value
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.store.tables import Signature, Supporter


@dataclass(frozen=True)
class SupporterShown:
    """One signature in the list; `email` is masked, None when erased.

    `network` is the beginning of what stood for the form's network on its day. Of one that is sealed, nothing
    is known but `sealed_to`, the fingerprint of the key that opens it.
    """

    signature_id: int
    name: str
    email: str | None
    capacity: Capacity
    organization: str | None
    role: str | None
    country: str | None
    postal_code: str | None
    visibility: Visibility
    updates: bool
    language: str
    source: str | None
    network: str | None
    state: SignatureState
    number: int | None
    signed_at: datetime
    confirmed_at: datetime | None
    sealed_to: str | None = None


def by_address(
    session: Session, campaign_id: int, address: str, *, key: bytes, actor: Actor, now: datetime
) -> SupporterShown | None:
    """Who signed with this address, however it is spelled; the search is entered into the audit log.

    RefusedError when it is no address.
    """
    hashed = address_hash(key, clean_address(address))
    row = session.execute(_shown(campaign_id).where(Supporter.address_hash == hashed)).one_or_none()
    supporter = supporter_shown(*row) if row else None
    details = {"campaign": campaign_id, "signature": supporter.signature_id if supporter else None}
    audit_log.record(session, action="supporter.search", actor=actor, details=details, now=now)
    return supporter


def by_id(
    session: Session, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> SupporterShown:
    """One supporter, entered into the audit log; NotFoundError for none and for another campaign's."""
    signature, email = _by_id(session, campaign_id, signature_id)
    _record(session, "supporter.view", campaign_id, signature_id, actor=actor, now=now)
    return supporter_shown(signature, email)


def unmask(
    session: Session, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> tuple[SupporterShown, str | None]:
    """One supporter with the whole address, entered into the audit log; without it when it was erased."""
    signature, email = _by_id(session, campaign_id, signature_id)
    _record(session, "supporter.unmask", campaign_id, signature_id, actor=actor, now=now)
    return supporter_shown(signature, email), email


def _by_id(session: Session, campaign_id: int, signature_id: int) -> tuple[Signature, str | None]:
    row = session.execute(_shown(campaign_id).where(Signature.id == signature_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such supporter in this campaign.")
    signature, email = row
    return signature, email


def _record(
    session: Session, action: str, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> None:
    details = {"campaign": campaign_id, "signature": signature_id}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def _shown(campaign_id: int) -> Select[Signature, str | None]:
    return (
        select(Signature, Supporter.email)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(Signature.campaign_id == campaign_id)
    )


def supporter_shown(signature: Signature, email: str | None) -> SupporterShown:
    """What a row of the list shows of a signature and its supporter's address."""
    return SupporterShown(
        signature_id=signature.id,
        name=signature.name,
        email=masked_address(email) if email else None,
        capacity=signature.capacity,
        organization=signature.organization,
        role=signature.role,
        country=signature.country,
        postal_code=signature.postal_code,
        visibility=signature.visibility,
        updates=signature.updates,
        language=signature.language,
        source=signature.source,
        network=short_value(signature.network) if signature.network else None,
        state=signature.state,
        number=signature.number,
        signed_at=signature.signed_at,
        confirmed_at=signature.confirmed_at,
        sealed_to=signature.sealed_to,
    )
