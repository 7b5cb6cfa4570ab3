"""Making a campaign quiet: no email to its supporters tells anything from then on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignState
from campaign.domain.outbox import TO_SUPPORTERS, OutboxState
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.outbox.enqueue import cancel, delete_bodies
from campaign.store.tables import Campaign
from campaign.store.tables.core import outbox_email


def turn_on(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Make a campaign quiet, whatever its state; False when it is so already.

    Emails to supporters that have not left tell what it is about, and never leave: nobody sends them again.
    """
    campaign = campaigns.campaign_row(session, slug)
    if campaign.quiet_at is not None:
        return False
    campaign.quiet_at = now
    session.flush()
    of_campaign = outbox_email.c.campaign_id == campaign.id
    to_supporters = of_campaign & outbox_email.c.kind.in_(TO_SUPPORTERS)
    cancel(session, to_supporters, now=now)
    # What was called back or has failed before waits for whoever restores a signature or tries once more.
    delete_bodies(session, to_supporters & (outbox_email.c.state != OutboxState.SENDING))
    _changed(session, campaign.id, "campaign.quiet", actor=actor, now=now)
    return True


def turn_off(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Have a draft's emails tell what they are about again; False when they do so already.

    ConflictError once it was open: those who signed were promised otherwise.
    """
    campaign = campaigns.campaign_row(session, slug)
    if campaign.quiet_at is None:
        return False
    if (
        campaign.state is not CampaignState.DRAFT
        or campaign.opened_at is not None
        or campaign.signature_count
    ):
        raise ConflictError(
            "This campaign has been open to signers who were promised quiet emails. It stays quiet for good."
        )
    campaign.quiet_at = None
    session.flush()
    _changed(session, campaign.id, "campaign.quiet-ended", actor=actor, now=now)
    return True


def refuse_questions(campaign: Campaign) -> None:
    """ConflictError where emails are quiet: a question to signers would say what it is about."""
    if campaign.quiet_at is not None:
        raise ConflictError(
            "The emails of this campaign are quiet, so nobody who signed can be asked by email."
        )


def quiet_ids(session: Session) -> frozenset[int]:
    """The campaigns that are quiet: a few rows of a small table."""
    return frozenset(session.scalars(select(Campaign.id).where(Campaign.quiet_at.is_not(None))))


def _changed(session: Session, campaign_id: int, action: str, *, actor: Actor, now: datetime) -> None:
    campaigns.raise_version(session, campaign_id)
    audit_log.record(session, action=action, actor=actor, details={"campaign": campaign_id}, now=now)
