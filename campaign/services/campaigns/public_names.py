"""Taking every name off everything public at once, and bringing the names back."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns


def hide(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Take all names off the campaign's pages, documents and feeds; False when they are off already.

    Numbers stay, and so does what was sent. Nothing of the signatures is changed, so that `show` needs to
    know nothing.
    """
    campaign = campaigns.campaign_row(session, slug)
    if campaign.names_hidden_at is not None:
        return False
    campaign.names_hidden_at = now
    _changed(session, campaign.id, "campaign.names_hidden", actor=actor, now=now)
    return True


def show(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Bring the names back as each supporter chose to appear; False when they are shown already."""
    campaign = campaigns.campaign_row(session, slug)
    if campaign.names_hidden_at is None:
        return False
    campaign.names_hidden_at = None
    _changed(session, campaign.id, "campaign.names_shown", actor=actor, now=now)
    return True


def _changed(session: Session, campaign_id: int, action: str, *, actor: Actor, now: datetime) -> None:
    """No cache shows names from before: each is checked by the campaign's version, PDFs too."""
    session.flush()
    campaigns.raise_version(session, campaign_id)
    audit_log.record(session, action=action, actor=actor, details={"campaign": campaign_id}, now=now)
