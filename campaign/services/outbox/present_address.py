"""Where an office is reached now. An email keeps the address it was written to until it is about to leave:
by then that may have been corrected, wherever the email was meanwhile."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.services.outbox.quota_refunds import refund
from campaign.services.outbox.transitions import moving
from campaign.store.tables.core import official, outbox_email

_OF_EMAIL = official.c.id == outbox_email.c.official_id


def is_elsewhere() -> ColumnElement[bool]:
    """The condition that an email is to an office which has another address now.

    One that has none keeps what was written before: by email, as its writers were told.
    """
    moved = official.c.email != outbox_email.c.to_address
    return exists(select(1).where(_OF_EMAIL, moved).correlate(outbox_email))


def present_address() -> ColumnElement[Any]:
    """Where an email goes if it is sent now."""
    address = select(official.c.email).where(_OF_EMAIL).correlate(outbox_email).scalar_subquery()
    return func.coalesce(address, outbox_email.c.to_address)


def turn_back(session: Session, ids: Collection[int], *, now: datetime) -> None:
    """Queue again, to where their offices are now, those claimed emails that would go elsewhere.

    They are claimed anew, since other domains have other paces.
    """
    back = moving(
        OutboxState.QUEUED,
        outbox_email.c.id.in_(ids) & is_elsewhere(),
        start=(OutboxState.LEASED,),
        by_state=False,
        to_address=present_address(),
    )
    official_ids = session.scalars(back.returning(outbox_email.c.official_id)).all()
    refund(session, official_ids, now=now)
