"""Which recipient a campaign's sealed signatures are sealed to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.sealing import fingerprint
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign


@dataclass(frozen=True)
class SealShown:
    """The recipient in force, as organizers tell it apart from others, and since when it is."""

    recipient: str
    fingerprint: str
    since: datetime


def shown(session: Session, slug: str) -> SealShown | None:
    """What a campaign seals to; None where nothing can be sealed yet."""
    return _shown(campaigns.campaign_row(session, slug))


def check_new(session: Session, slug: str) -> None:
    """ConflictError where there is a recipient already: before a key is made for nothing."""
    if campaigns.campaign_row(session, slug).seal_recipient is not None:
        raise ConflictError(
            "%(slug)s already has a seal key. To use another for what comes: campaign seal-key replace"
            " %(slug)s",
            slug=slug,
        )


def check_there(session: Session, slug: str) -> SealShown:
    """The recipient in force; ConflictError where there is none."""
    seal = shown(session, slug)
    if seal is None:
        raise ConflictError(
            "%(slug)s has no seal key yet. To make one: campaign seal-key new %(slug)s", slug=slug
        )
    return seal


def give(session: Session, slug: str, recipient: str, *, actor: Actor, now: datetime) -> SealShown:
    """Let a campaign that sealed nothing yet seal to a recipient; ConflictError where it has one."""
    check_new(session, slug)
    return _changed(session, slug, recipient, "seal.new", actor=actor, now=now)


def replace(session: Session, slug: str, recipient: str, *, actor: Actor, now: datetime) -> SealShown:
    """Seal what comes to another recipient; what is there stays sealed to the earlier one."""
    check_there(session, slug)
    return _changed(session, slug, recipient, "seal.replace", actor=actor, now=now)


def _changed(
    session: Session, slug: str, recipient: str, action: str, *, actor: Actor, now: datetime
) -> SealShown:
    row = campaigns.campaign_row(session, slug)
    row.seal_recipient, row.seal_recipient_at = recipient, now
    session.flush()
    campaigns.raise_version(session, row.id)
    seal = SealShown(recipient, fingerprint(recipient), now)
    details = {"campaign": row.id, "fingerprint": seal.fingerprint}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
    return seal


def _shown(row: Campaign) -> SealShown | None:
    if row.seal_recipient is None or row.seal_recipient_at is None:
        return None
    return SealShown(row.seal_recipient, fingerprint(row.seal_recipient), row.seal_recipient_at)
