"""Officials and how they are reached."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.addresses import clean_address
from campaign.errors import NotFoundError
from campaign.services import campaigns, official_rests
from campaign.store.tables import Official


def set_email(session: Session, slug: str, name: str, email: str) -> Official:
    """Write down the address of one official, named as in the letter (case does not matter).

    NotFoundError when the letter names nobody so, RefusedError when it is no address. Messages written before
    stay what their writers were told they are: printed and handed over. Emails that wait go where it says.
    """
    official = by_name(session, slug, name)
    new = clean_address(email)
    if new != official.email:
        official.email = new
        official_rests.moved(session, official)
    campaigns.changed(session, official.campaign_id)
    return official


def by_name(session: Session, slug: str, name: str) -> Official:
    """The official a letter calls so, whatever the case; NotFoundError when it names nobody so."""
    campaign = campaigns.by_slug(session, slug)
    wanted = " ".join(name.casefold().split())
    for official in list_officials(session, campaign.id):
        if official.name.casefold() == wanted:
            return official
    raise NotFoundError("The letter of %(slug)s names no official %(name)s.", slug=slug, name=name)


def list_officials(session: Session, campaign_id: int) -> list[Official]:
    """A campaign's officials in the order of its letter."""
    return list(
        session.scalars(
            select(Official).where(Official.campaign_id == campaign_id).order_by(Official.position)
        )
    )
