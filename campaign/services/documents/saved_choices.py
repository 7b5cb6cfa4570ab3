"""Choices of columns and people that organizers keep under a name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.export_choice import ExportChoice, read_choice_name
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.store.tables import SavedChoice

MOST_CHOICES = 50


@dataclass(frozen=True)
class ChoiceListed:
    """A choice under its name."""

    id: int
    name: str
    choice: ExportChoice


def of_campaign(session: Session, campaign_id: int) -> tuple[ChoiceListed, ...]:
    """The choices of a campaign by their names."""
    rows = session.scalars(
        select(SavedChoice).where(SavedChoice.campaign_id == campaign_id).order_by(SavedChoice.name)
    )
    return tuple(ChoiceListed(row.id, row.name, ExportChoice.from_json(row.choice)) for row in rows)


def save(
    session: Session, campaign_id: int, name: str, choice: ExportChoice, *, actor: Actor, now: datetime
) -> int:
    """Keep a choice; under a name that is taken it replaces the one before. Its id."""
    name = read_choice_name(name)
    of_campaign = select(SavedChoice).where(SavedChoice.campaign_id == campaign_id)
    row = session.scalar(of_campaign.where(SavedChoice.name == name))
    if row is None:
        number = session.scalar(select(func.count()).select_from(of_campaign.subquery())) or 0
        if number >= MOST_CHOICES:
            raise ConflictError("There are %(most)d saved choices. Delete one first.", most=MOST_CHOICES)
        row = SavedChoice(campaign_id=campaign_id, name=name, choice=choice.as_json())
        session.add(row)
    row.choice = choice.as_json()
    session.flush()
    _changed(session, "export_choice.save", row, actor=actor, now=now)
    return row.id


def delete(session: Session, campaign_id: int, choice_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a choice; NotFoundError when it is not of this campaign."""
    row = session.get(SavedChoice, choice_id)
    if row is None or row.campaign_id != campaign_id:
        raise NotFoundError("This choice is no longer there.")
    session.delete(row)
    _changed(session, "export_choice.delete", row, actor=actor, now=now)


def _changed(session: Session, action: str, row: SavedChoice, *, actor: Actor, now: datetime) -> None:
    details = {"campaign": row.campaign_id, "choice": row.id, "name": row.name}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
