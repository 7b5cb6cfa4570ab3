"""Taking every name off at once, out of files that wait to be fetched too."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.services.campaigns import campaigns, public_names
from campaign.services.documents import prepared_files


def hide(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Take all names off the campaign's pages, documents and feeds; False when they are off already.

    A pack for an office that was made while they were public is made anew, without them.
    """
    # Before the campaign, for which whoever counts waits last.
    prepared_files.forget_people(session, [campaigns.by_slug(session, slug).id])
    return public_names.hide(session, slug, actor=actor, now=now)
