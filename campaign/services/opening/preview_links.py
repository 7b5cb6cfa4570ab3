"""The private link to a draft: known by its hash, good for two weeks, ended by an organizer or by opening."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignState
from campaign.domain.tokens import new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables import Campaign
from campaign.store.tables.core import opening

GOOD_FOR = timedelta(days=14)


@dataclass(frozen=True)
class PreviewShown:
    """What organizers see of a draft's preview: until when its link is good, and whether they have looked.

    `is_seen` says that somebody has looked; `is_current`, that nothing a page shows was changed since.
    """

    until: datetime | None = None
    is_seen: bool = False
    is_current: bool = False


def make(session: Session, slug: str, *, actor: Actor, now: datetime) -> str:
    """The token of a new link, which is told this once; an earlier link ends.

    ConflictError when the campaign is open to everybody already.
    """
    campaign = draft_row(session, slug)
    token = new_token()
    keep(session, campaign.id, preview_hash=token_hash(token), preview_until=now + GOOD_FOR)
    audit_log.record(session, action="preview.made", actor=actor, details={"campaign": campaign.id}, now=now)
    return token


def end(session: Session, slug: str, *, actor: Actor, now: datetime) -> None:
    """End the link at once; without one nothing happens."""
    campaign = campaigns.campaign_row(session, slug)
    ended = update(opening).where(opening.c.campaign_id == campaign.id, opening.c.preview_hash.is_not(None))
    if rows_changed(session, ended.values(preview_hash=None, preview_until=None)):
        audit_log.record(
            session, action="preview.ended", actor=actor, details={"campaign": campaign.id}, now=now
        )


def mark_seen(session: Session, slug: str, *, actor: Actor, now: datetime) -> None:
    """Keep that an organizer has looked at the draft as it is now."""
    campaign = draft_row(session, slug)
    keep(session, campaign.id, seen_version=campaign.version)
    audit_log.record(
        session, action="preview.looked", actor=actor, details={"campaign": campaign.id}, now=now
    )


def shown(session: Session, slug: str, *, now: datetime) -> PreviewShown:
    """What organizers see of the preview of a campaign."""
    row = session.execute(
        select(opening.c.preview_until, opening.c.seen_version, Campaign.version)
        .join(Campaign, Campaign.id == opening.c.campaign_id)
        .where(Campaign.slug == slug)
    ).one_or_none()
    if row is None:
        return PreviewShown()
    until = row.preview_until if row.preview_until and row.preview_until > now else None
    return PreviewShown(until, row.seen_version is not None, row.seen_version == row.version)


def draft_behind(session: Session, token: str, *, now: datetime) -> str:
    """The draft that a link shows; NotFoundError when it is not known, has ended, or the campaign is open."""
    slug = session.scalar(
        select(Campaign.slug)
        .join(opening, opening.c.campaign_id == Campaign.id)
        .where(
            opening.c.preview_hash == token_hash(token),
            opening.c.preview_until > now,
            Campaign.state == CampaignState.DRAFT,
        )
    )
    if slug is None:
        raise NotFoundError("This preview has ended, or never was. Ask the organizers for a new link.")
    return slug


def draft_row(session: Session, slug: str) -> Campaign:
    """The campaign, which nobody opens until the transaction ends; ConflictError when it is or was open."""
    campaign = campaigns.campaign_row(session, slug)
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.state is not CampaignState.DRAFT:
        raise ConflictError("This campaign is not a draft anymore: everybody can see it.")
    return campaign


def keep(session: Session, campaign_id: int, **values: object) -> None:
    """Write down something of what comes before a campaign is open."""
    row = inserting(session, opening).values(campaign_id=campaign_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["campaign_id"], set_=values))
