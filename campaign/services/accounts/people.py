"""Organizers as owners see them on the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from campaign.domain.roles import Rights, Role
from campaign.errors import NotFoundError
from campaign.services.accounts import rights as stored_rights
from campaign.services.accounts import second_factors
from campaign.store.tables import Organizer


@dataclass(frozen=True)
class PersonShown:
    """One login; `seen_at` is when they were last on the desk."""

    id: int
    email: str
    rights: Rights
    created_at: datetime
    seen_at: datetime | None
    disabled_at: datetime | None
    has_second_factor: bool

    @property
    def is_owner(self) -> bool:
        """Whether they manage the installation, now."""
        return self.rights.everywhere.role is Role.OWNER and self.disabled_at is None


def listed(session: Session) -> tuple[PersonShown, ...]:
    """Everybody who has or had a login: who may come in first, then by address."""
    return tuple(sorted(_read(session, true()), key=lambda person: person.disabled_at is not None))


def by_id(session: Session, organizer_id: int) -> PersonShown:
    """One of them; NotFoundError when there is no such login."""
    for person in _read(session, Organizer.id == organizer_id):
        return person
    raise NotFoundError("There is no such login.")


def _read(session: Session, chosen: ColumnElement[Any]) -> Iterator[PersonShown]:
    rows = session.execute(
        select(
            Organizer.id,
            Organizer.email,
            Organizer.created_at,
            Organizer.seen_at,
            Organizer.disabled_at,
            second_factors.has_any().label("has_second_factor"),
        )
        .where(chosen)
        .order_by(Organizer.email)
    ).all()
    rights = stored_rights.of_organizers(session, [row.id for row in rows])
    for row in rows:
        yield PersonShown(
            row.id,
            row.email,
            rights[row.id],
            row.created_at,
            row.seen_at,
            row.disabled_at,
            row.has_second_factor,
        )
