"""Supporters who are shown among the first signatories, with their agreement: named first, counted once.

Such a row leads to a signature, which goes on counting where it counted; the row is not counted beside it. It
shows what the signature shows, and goes when that is withdrawn, erased, forgotten, removed or shown in less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.letter import SignatoryKind
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign, InitialSignatory, Signature
from campaign.store.tables.core import initial_signatory


@dataclass(frozen=True, kw_only=True)
class FirstSigner:
    """How a supporter is to be shown; `has_agreed` is the organizer's word that they want it."""

    kind: SignatoryKind
    for_identification: bool = False
    position: int | None = None
    has_agreed: bool = False


def is_first(session: Session, signature_id: int) -> bool:
    """Whether a supporter is among the first signatories."""
    theirs = InitialSignatory.signature_id == signature_id
    return session.scalar(select(InitialSignatory.id).where(theirs)) is not None


def show(
    session: Session, slug: str, signature_id: int, wanted: FirstSigner, *, actor: Actor, now: datetime
) -> None:
    """Show a supporter among the first; RefusedError with what to do for whoever cannot be shown there."""
    campaign, signature = _held(session, slug, signature_id)
    _check(signature, wanted)
    if is_first(session, signature_id):
        raise ConflictError("They are among the first signatories already.")
    places = select(func.count()).where(InitialSignatory.campaign_id == campaign.id)
    place = min(wanted.position or 10_000, (session.scalar(places) or 0) + 1)
    row = InitialSignatory(campaign_id=campaign.id, position=0, kind=wanted.kind, signature_id=signature_id)
    _fill_in(row, signature, for_identification=wanted.for_identification)
    session.add(row)
    session.flush()
    _put_at(session, row, place)
    recount(session, campaign.id)
    details = {"campaign": campaign.id, "signature": signature_id}
    audit_log.record(session, action="signature.first", actor=actor, details=details, now=now)


def take_away(session: Session, slug: str, signature_id: int, *, actor: Actor, now: datetime) -> None:
    """Show a supporter among the first no more; they go on counting as they did."""
    campaign, _ = _held(session, slug, signature_id)
    if not is_first(session, signature_id):
        return
    forget(session, [signature_id])
    details = {"campaign": campaign.id, "signature": signature_id}
    audit_log.record(session, action="signature.first_undone", actor=actor, details=details, now=now)


def follow(session: Session, signature_ids: Sequence[int], *, by_owner: bool = False) -> None:
    """Let the first signatories say what these signatures say by now; mostly none of them is there.

    Whoever gives themselves another name leaves: no organizer has seen it.
    """
    rows = session.execute(
        select(InitialSignatory, Signature)
        .join(Signature, Signature.id == InitialSignatory.signature_id)
        .where(InitialSignatory.signature_id.in_(signature_ids))
        .execution_options(populate_existing=True)
    ).all()
    gone = [
        signature.id
        for row, signature in rows
        if not _still_fits(row, signature) or (by_owner and not _is_as_seen(row, signature))
    ]
    for row, signature in rows:
        if signature.id not in gone:
            _fill_in(row, signature, for_identification=row.for_identification)
            campaigns.raise_version(session, row.campaign_id)
    session.flush()
    forget(session, gone)


def forget(session: Session, signature_ids: Sequence[int]) -> None:
    """Take these off the first signatories; the letters they were under count anew."""
    if not signature_ids:
        return
    theirs = initial_signatory.c.signature_id.in_(signature_ids)
    of_letters = session.scalars(select(initial_signatory.c.campaign_id).where(theirs).distinct()).all()
    if of_letters:
        session.execute(delete(initial_signatory).where(theirs))
    for campaign_id in of_letters:
        recount(session, campaign_id)


def recount(session: Session, campaign_id: int) -> None:
    """Keep in step how many signed first: no page counts rows.

    A supporter among them is a person who counts where they signed. One who stands for an organization is
    counted as that, and taken off the people, so that nobody counts twice.
    """
    is_organization = InitialSignatory.kind == SignatoryKind.ORGANIZATION
    has_signed = InitialSignatory.signature_id.is_not(None)
    organizations, people = session.execute(
        select(
            func.coalesce(func.sum(case((is_organization, 1), else_=0)), 0),
            func.coalesce(
                func.sum(
                    case(
                        (is_organization & has_signed, -1),
                        (is_organization | has_signed, 0),
                        else_=1,
                    )
                ),
                0,
            ),
        ).where(InitialSignatory.campaign_id == campaign_id)
    ).one()
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(first_organizations=organizations, first_people=people, version=Campaign.version + 1),
        execution_options={"synchronize_session": False},
    )


def _held(session: Session, slug: str, signature_id: int) -> tuple[Campaign, Signature]:
    """The signature and then its campaign, in the order in which whoever withdraws holds them.

    Else somebody who leaves at this moment could be named first from then on.
    """
    campaign = campaigns.campaign_row(session, slug)
    signature = session.get(
        Signature, signature_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if signature is None or signature.campaign_id != campaign.id:
        raise NotFoundError("There is no such supporter in this campaign.")
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
    return campaign, signature


def _check(signature: Signature, wanted: FirstSigner) -> None:
    if signature.state is not SignatureState.CONFIRMED:
        raise ConflictError("Only a signature that counts can be shown among the first.")
    if signature.visibility is not Visibility.PUBLIC or not signature.name:
        raise RefusedError(
            "Their name is not shown in full, so it can’t be shown first. Ask them to change that on the page"
            " of their signature."
        )
    if wanted.kind is SignatoryKind.ORGANIZATION and not _signs_for_one(signature):
        raise RefusedError("They did not sign for an organization, so they can only be shown as a person.")
    if not wanted.has_agreed:
        raise RefusedError("Ask them first, then tick that they have agreed.")


def _signs_for_one(signature: Signature) -> bool:
    return signature.capacity is Capacity.ORGANIZATION and bool(signature.organization)


def _still_fits(row: InitialSignatory, signature: Signature) -> bool:
    stands = signature.state is SignatureState.CONFIRMED and bool(signature.name)
    is_one = row.kind is SignatoryKind.PERSON or _signs_for_one(signature)
    return stands and is_one and signature.visibility is Visibility.PUBLIC


def _is_as_seen(row: InitialSignatory, signature: Signature) -> bool:
    has_name = row.kind is SignatoryKind.ORGANIZATION or row.name == signature.name
    return has_name and row.organization == signature.organization


def _fill_in(row: InitialSignatory, signature: Signature, *, for_identification: bool) -> None:
    """What is public of a signature, and no more: no role, no country."""
    is_person = row.kind is SignatoryKind.PERSON
    row.name = signature.name if is_person else None
    row.organization = signature.organization
    # Whoever signed for themselves has said no more than where they belong.
    stands_alone = signature.capacity is Capacity.MYSELF
    row.for_identification = bool(is_person and row.organization and (for_identification or stands_alone))


def _put_at(session: Session, row: InitialSignatory, place: int) -> None:
    """Let a row stand at a place, from 1, and those from there on one behind it."""
    of_campaign = initial_signatory.c.campaign_id == row.campaign_id
    ids = list(
        session.scalars(
            select(initial_signatory.c.id)
            .where(of_campaign, initial_signatory.c.id != row.id)
            .order_by(initial_signatory.c.position)
        )
    )
    ids.insert(place - 1, row.id)
    # Two never have one place, not even while they change places.
    session.execute(update(initial_signatory).where(of_campaign).values(position=-initial_signatory.c.id))
    for position, id_ in enumerate(ids, 1):
        session.execute(
            update(initial_signatory).where(initial_signatory.c.id == id_).values(position=position)
        )
