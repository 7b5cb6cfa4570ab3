"""Witnesses of a count: partner organizations that look whether its log only grew, and sign what they saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.ssh_signatures import (
    SshSignature,
    armored,
    is_weak,
    key_fingerprint,
    key_line,
    read_public_key,
)
from campaign.domain.witnesses import (
    NAMESPACE,
    checkpoint,
    origin_of,
    read_signature,
    read_witness_name,
)
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.transparency import reading
from campaign.store.tables import Campaign, Witness
from campaign.store.tables.core import co_signature, count_log_head

MOST_WITNESSES = 50
# Of each witness, so many of the newest signatures are listed.
SIGNATURES_SHOWN = 10


@dataclass(frozen=True)
class CoSigned:
    """One signature under the log with so many entries: the text that was signed, and the signature."""

    size: int
    signed_on: date
    checkpoint: str
    signature: str


@dataclass(frozen=True)
class WitnessShown:
    """One witness, with the signatures it gave last, the newest first."""

    name: str
    public_key: str
    fingerprint: str
    added_on: date
    removed_on: date | None
    signatures: tuple[CoSigned, ...]


@dataclass(frozen=True)
class VerifiedSignature:
    """A signature that fits the text, by a key that was registered when it was verified."""

    campaign_id: int
    size: int
    origin: str
    text: bytes
    given: SshSignature


def add(session: Session, slug: str, name: str, key: str, *, actor: Actor, now: datetime) -> WitnessShown:
    """Register a witness by its name and public key; ConflictError for a key or a name that is there."""
    campaign = campaigns.campaign_row(session, slug)
    name, public_key = read_witness_name(name), read_public_key(key)
    known = session.scalars(select(Witness).where(Witness.campaign_id == campaign.id)).all()
    if any(one.public_key == public_key for one in known):
        raise ConflictError("This key is already registered for this campaign, or it was removed.")
    if any(one.name == name and one.removed_on is None for one in known):
        raise ConflictError("There is already a witness of this name.")
    if len(known) >= MOST_WITNESSES:
        raise ConflictError("A campaign can have at most %(most)d witnesses.", most=MOST_WITNESSES)
    row = Witness(campaign_id=campaign.id, name=name, public_key=public_key, added_on=now.date())
    session.add(row)
    session.flush()
    fingerprint = key_fingerprint(public_key)
    details = {"campaign": campaign.id, "witness": row.id, "name": _noted(name), "fingerprint": fingerprint}
    audit_log.record(session, action="witness.add", actor=actor, details=details, now=now)
    return _shown(row, ())


def remove(session: Session, slug: str, name: str, *, actor: Actor, now: datetime) -> None:
    """Take no more signatures of a witness; those it gave stay where they are."""
    campaign = campaigns.campaign_row(session, slug)
    row = session.scalars(
        select(Witness).where(
            Witness.campaign_id == campaign.id, Witness.name == name, Witness.removed_on.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no witness of this name.")
    row.removed_on = now.date()
    session.flush()
    details = {"campaign": campaign.id, "witness": row.id, "name": _noted(name)}
    audit_log.record(session, action="witness.remove", actor=actor, details=details, now=now)


def verified(session: Session, slug: str, size: int, text: str, *, public_url: str) -> VerifiedSignature:
    """What a witness signed of the log as it was published with `size` entries: reads, and changes nothing.

    RefusedError for a signature that is none, is forged, is not for this, or not by a registered key.
    """
    given = read_signature(text)
    campaign_id = campaigns.campaign_row(session, slug).id
    head = reading.head_of_size(session, campaign_id, size)
    origin = origin_of(public_url, slug)
    signed = checkpoint(origin, size, head.root)
    witness = session.scalars(_registered(campaign_id, given.public_key)).one_or_none()
    if witness is None or not _fits(given, signed):
        raise _not_theirs(size)
    return VerifiedSignature(campaign_id, size, origin, signed, given)


def take(session: Session, one: VerifiedSignature, *, actor: Actor, now: datetime) -> CoSigned:
    """Store a signature that was verified before this transaction began, once.

    RefusedError where its witness was removed meanwhile; ConflictError for one that goes back.
    """
    # Nobody else stores a signature of this witness meanwhile.
    held = _registered(one.campaign_id, one.given.public_key).with_for_update(key_share=True)
    witness = session.scalars(held).one_or_none()
    if witness is None:
        raise _not_theirs(one.size)
    of_witness = co_signature.c.witness_id == witness.id
    last = session.scalar(select(func.max(co_signature.c.size)).where(of_witness))
    if last is not None and one.size <= last:
        raise ConflictError("This witness has already signed the log with %(size)s entries.", size=last)
    row = {"witness_id": witness.id, "size": one.size, "origin": one.origin}
    more = {"signature": one.given.signature, "hash_name": one.given.hash_name.decode()}
    session.execute(insert(co_signature).values(row | more | {"signed_on": now.date()}))
    details = {"campaign": one.campaign_id, "witness": witness.id, "name": _noted(witness.name)}
    audit_log.record(
        session, action="witness.sign", actor=actor, details=details | {"size": one.size}, now=now
    )
    return CoSigned(one.size, now.date(), one.text.decode(), armored(one.given))


def shown(session: Session, campaign_id: int) -> tuple[WitnessShown, ...]:
    """The witnesses of a campaign, in the order they were registered."""
    rows = session.scalars(
        select(Witness).where(Witness.campaign_id == campaign_id).order_by(Witness.id)
    ).all()
    signatures = _signatures(session, {row.id: row for row in rows}, campaign_id) if rows else {}
    return tuple(_shown(row, signatures.get(row.id, ())) for row in rows)


def text_to_sign(session: Session, slug: str, size: int | None, *, public_url: str) -> bytes:
    """The checkpoint of the newest head, or of the one that was published at a size."""
    campaign_id = session.execute(select(Campaign.id).where(Campaign.slug == slug)).scalar_one()
    head = (
        reading.head(session, campaign_id)
        if size is None
        else reading.head_of_size(session, campaign_id, size)
    )
    return checkpoint(origin_of(public_url, slug), head.size, head.root)


def _registered(campaign_id: int, public_key: bytes) -> Select[Any]:
    """The witness who signs with a key."""
    return select(Witness).where(
        Witness.campaign_id == campaign_id, Witness.public_key == public_key, Witness.removed_on.is_(None)
    )


def _not_theirs(size: int) -> RefusedError:
    return RefusedError(
        "The signature is not by a registered witness, or not for this log with %(size)s entries.", size=size
    )


def _fits(given: SshSignature, text: bytes) -> bool:
    if is_weak(given.public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(given.public_key).verify(given.signature, given.signed(text))
    except InvalidSignature:
        return False
    return True


def _signatures(
    session: Session, rows: Mapping[int, Witness], campaign_id: int
) -> Mapping[int, tuple[CoSigned, ...]]:
    """What each signed last, the newest first, in one statement."""
    place = func.row_number().over(
        partition_by=co_signature.c.witness_id, order_by=co_signature.c.size.desc()
    )
    ranked = select(co_signature, place.label("place")).where(co_signature.c.witness_id.in_(rows))
    given, head = ranked.subquery().c, count_log_head.c
    newest = session.execute(
        select(*given, head.root)
        .join(count_log_head, (head.size == given.size) & (head.campaign_id == campaign_id))
        .where(given.place <= SIGNATURES_SHOWN)
        .order_by(given.size.desc())
    )
    found: dict[int, tuple[CoSigned, ...]] = {}
    for one in newest:
        key = rows[one.witness_id].public_key
        signed = CoSigned(
            one.size,
            one.signed_on,
            checkpoint(one.origin, one.size, one.root).decode(),
            armored(SshSignature(key, one.hash_name.encode(), one.signature, NAMESPACE)),
        )
        found[one.witness_id] = (*found.get(one.witness_id, ()), signed)
    return found


def _shown(row: Witness, signatures: tuple[CoSigned, ...]) -> WitnessShown:
    return WitnessShown(
        name=row.name,
        public_key=key_line(row.public_key),
        fingerprint=key_fingerprint(row.public_key),
        added_on=row.added_on,
        removed_on=row.removed_on,
        signatures=signatures,
    )


def _noted(name: str) -> str:
    """A name as an entry of the audit log may hold it."""
    return name.replace("@", " at ")
