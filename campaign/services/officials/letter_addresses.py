"""The address block of a letter that nobody has read yet follows that of its official."""

from sqlalchemy.orm import Session

from campaign.services.campaigns import versions
from campaign.store.tables import Campaign, Official


def follow(session: Session, official: Official) -> None:
    """Write an official's address into the letter's head, where the letter names them.

    A letter that has been open stays as people may have signed it: its block is part of what it says.
    """
    campaign = session.get_one(Campaign, official.campaign_id)
    if campaign.opened_at is not None:
        return
    version = versions.original(session, campaign)
    version.addressees = [
        {**entry, "address": list(official.address)} if entry["name"] == official.name else entry
        for entry in version.addressees
    ]
