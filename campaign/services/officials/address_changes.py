"""Where an official's email goes: changed only with a fresh password, and told to the owners."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, CampaignState
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell_owners
from campaign.services.officials.official_list import OfficialRow
from campaign.store.tables import Official, Organizer


def in_list(session: Session, campaign: CampaignShown, rows: Sequence[OfficialRow]) -> tuple[str, ...]:
    """The names of those to whom email would go elsewhere, or for the first time, if this list were saved.

    As long as a campaign is a draft nothing is sent: there it is only those who had another address before.
    """
    stored = {
        row.id: row.email
        for row in session.execute(
            select(Official.id, Official.email).where(Official.campaign_id == campaign.id)
        )
    }
    is_draft = campaign.state is CampaignState.DRAFT
    changed = []
    for row in rows:
        before, after = (stored.get(row.id) if row.id else None) or "", row.email.strip()
        if after and after != before and not row.is_removed and (before or not is_draft):
            changed.append(row.name)
    return tuple(changed)


def tell(
    session: Session,
    campaign: CampaignShown,
    names: Sequence[str],
    *,
    context: OrganizerMail,
    actor: Actor,
    now: datetime,
) -> None:
    """Mail every owner whose email goes elsewhere now, and who did it."""
    who = session.scalar(select(Organizer.email).where(Organizer.id == actor.organizer_id))
    tell_owners(
        session,
        context,
        SecurityNotice.OFFICIALS,
        now=now,
        who=who or actor.via.value,
        campaign=campaign.title,
        officials=tuple(names),
        url=context.address(f"campaigns/{campaign.slug}/officials"),
    )
