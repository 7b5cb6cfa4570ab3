"""Witnesses of a count: partner organizations that look whether its log only grew, and sign what they saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.ssh_signatures import (
    SshSignature,
    armored,
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


def take(
    session: Session, slug: str, size: int, text: str, *, public_url: str, actor: Actor, now: datetime
) -> CoSigned:
    """Store a witness's signature under the log as it was published with `size` entries, once.

    RefusedError for a signature that is none, is forged, is not for this, or not by a registered key;
    ConflictError for one that goes back.
    """
    given = read_signature(text)
    campaign = campaigns.campaign_row(session, slug)
    head = reading.head_of_size(session, campaign.id, size)
    origin = origin_of(public_url, slug)
    signed = checkpoint(origin, size, head.root)
    witness = _of_key(session, campaign.id, given.public_key)
    if witness is None or not _fits(given, signed):
        raise RefusedError(
            "The signature is not by a registered witness, or not for this log with %(size)s entries.",
            size=size,
        )
    of_witness = co_signature.c.witness_id == witness.id
    last = session.scalar(select(func.max(co_signature.c.size)).where(of_witness))
    if last is not None and size <= last:
        raise ConflictError("This witness has already signed the log with %(size)s entries.", size=last)
    row = {"witness_id": witness.id, "size": size, "origin": origin, "signature": given.signature}
    more = {"hash_name": given.hash_name.decode(), "signed_on": now.date()}
    session.execute(insert(co_signature).values(row | more))
    details = {"campaign": campaign.id, "witness": witness.id, "name": _noted(witness.name), "size": size}
    audit_log.record(session, action="witness.sign", actor=actor, details=details, now=now)
    return CoSigned(size, now.date(), signed.decode(), armored(given))


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


def _of_key(session: Session, campaign_id: int, public_key: bytes) -> Witness | None:
    """The witness who signs with a key, of whom nobody else stores a signature meanwhile."""
    registered = select(Witness).where(
        Witness.campaign_id == campaign_id, Witness.public_key == public_key, Witness.removed_on.is_(None)
    )
    return session.scalars(registered.with_for_update(key_share=True)).one_or_none()


def _fits(given: SshSignature, text: bytes) -> bool:
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
