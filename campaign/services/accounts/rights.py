"""What each organizer may do, in all campaigns and in single ones, as it is stored."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campaign.domain.roles import Grant, Rights
from campaign.store.tables.core import organizer, organizer_campaign


def of_organizers(session: Session, organizer_ids: Collection[int] | None = None) -> Mapping[int, Rights]:
    """The rights of these organizers, or of all there are, by their ids."""
    everywhere = select(organizer.c.id, organizer.c.role, organizer.c.sees_people)
    single = select(organizer_campaign)
    if organizer_ids is not None:
        everywhere = everywhere.where(organizer.c.id.in_(organizer_ids))
        single = single.where(organizer_campaign.c.organizer_id.in_(organizer_ids))
    of_campaigns: dict[int, dict[int, Grant]] = {}
    for row in session.execute(single):
        grants = of_campaigns.setdefault(row.organizer_id, {})
        grants[row.campaign_id] = Grant(row.role, row.sees_people)
    return {
        row.id: Rights(Grant(row.role, row.sees_people), of_campaigns.get(row.id, {}))
        for row in session.execute(everywhere)
    }


def of(session: Session, organizer_id: int) -> Rights:
    """The rights of one organizer; nothing for one there is not."""
    return of_organizers(session, (organizer_id,)).get(organizer_id, Rights())


def store(session: Session, organizer_id: int, rights: Rights) -> None:
    """Write rights down in place of what there was; for verbs that end sessions and enter it into the log."""
    session.execute(
        organizer.update()
        .where(organizer.c.id == organizer_id)
        .values(role=rights.everywhere.role, sees_people=rights.everywhere.sees_people)
    )
    session.execute(delete(organizer_campaign).where(organizer_campaign.c.organizer_id == organizer_id))
    rows = [
        {
            "organizer_id": organizer_id,
            "campaign_id": campaign_id,
            "role": grant.role,
            "sees_people": grant.sees_people,
        }
        for campaign_id, grant in sorted(rights.campaigns.items())
        if grant.role is not None
    ]
    if rows:
        session.execute(insert(organizer_campaign), rows)
