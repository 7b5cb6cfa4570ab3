"""Closing a campaign with what came of it, and with the draft of an update that says so."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignState
from campaign.errors import ConflictError
from campaign.services.campaigns import campaigns, progress
from campaign.services.campaigns.progress import CampaignTexts, ProgressDetails
from campaign.services.updates import from_changes


def outcome_of(session: Session, slug: str) -> str:
    """What is written so far of what came of it, in the campaign's own language."""
    language = campaigns.by_slug(session, slug).language
    return progress.stored(session, slug).texts[language].outcome


def close(
    session: Session, slug: str, *, outcome: str, begins_update: bool, actor: Actor, now: datetime
) -> int | None:
    """Close it, and store the outcome in its own language; gives the number of the update that was begun.

    RefusedError for an outcome too long, ConflictError for a campaign that is not open.
    """
    campaign = campaigns.by_slug(session, slug)
    if campaign.state is not CampaignState.OPEN:
        raise ConflictError("Only an open campaign can be closed.")
    summary = progress.stored(session, slug).texts[campaign.language].summary
    texts = {campaign.language: CampaignTexts(summary, outcome)}
    progress.change(session, slug, ProgressDetails(texts=texts), actor=actor, now=now)
    campaigns.set_state(session, slug, CampaignState.CLOSED, actor=actor, now=now)
    return from_changes.create_on_closing(session, slug, actor=actor, now=now) if begins_update else None
