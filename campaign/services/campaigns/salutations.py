"""How messages to an official begin while organizers have not said so: as the letter suggests."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.official import OfficialRole
from campaign.domain.salutations import suggested_salutation
from campaign.store.tables import Campaign, LetterVersion, Official


def usual_salutation(session: Session, official: Official) -> str:
    """What the newest version of the original suggests for an official."""
    campaign = session.get_one(Campaign, official.campaign_id)
    addressees = session.scalars(
        select(Official.name).where(
            Official.campaign_id == campaign.id, Official.role == OfficialRole.ADDRESSEE
        )
    ).all()
    newest = (
        select(LetterVersion.salutation)
        .where(LetterVersion.campaign_id == campaign.id, LetterVersion.language == campaign.language)
        .order_by(LetterVersion.number.desc())
    )
    return suggested_salutation(
        official.name,
        official.title,
        language=campaign.language,
        letters_own=session.scalar(newest.limit(1)),
        addressees=addressees if official.role is OfficialRole.ADDRESSEE else (),
    )


def follow_correction(session: Session, campaign_id: int, before: str | None, after: str | None) -> None:
    """Greet whom the letter greets as its corrected version does, unless organizers have said otherwise."""
    if before and after and before != after:
        whom_it_greets = (Official.campaign_id == campaign_id, Official.salutation == before)
        session.execute(update(Official).where(*whom_it_greets).values(salutation=after))
