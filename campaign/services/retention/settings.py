"""How long a campaign keeps who signed, as organizers set it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown
from campaign.domain.retention import check_promise, read_retention_days
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.tables.core import signature, signing_form


@dataclass(frozen=True, kw_only=True)
class RetentionDetails:
    """The form as it was filled in."""

    days: str
    keep_public_names: bool


def change(
    session: Session, slug: str, details: RetentionDetails, *, actor: Actor, now: datetime
) -> CampaignShown:
    """Store how long it is known who signed; RefusedError for no number of days.

    ConflictError for a longer time than those who have signed were told.
    """
    campaign = campaigns.campaign_row(session, slug)
    before = campaigns.retention_terms(campaign)
    after = replace(
        before, days=read_retention_days(details.days), keep_public_names=details.keep_public_names
    )
    if after != before:
        signed = exists().where(signature.c.campaign_id == campaign.id)
        sent_in = exists().where(signing_form.c.campaign_id == campaign.id)
        if session.scalar(select(or_(signed, sent_in))):
            check_promise(before, after)
        campaign.retention_days = after.days
        campaign.keep_public_names = after.keep_public_names
        session.flush()
        campaigns.raise_version(session, campaign.id)
        audit_log.record(
            session,
            action="campaign.retention",
            actor=actor,
            details={
                "campaign": campaign.id,
                "days": after.days,
                "keep_public_names": "yes" if after.keep_public_names else "no",
            },
            now=now,
        )
    return campaigns.campaign_shown(campaign)
