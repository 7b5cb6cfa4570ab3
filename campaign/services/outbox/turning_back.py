"""Emails to offices that are about to be sent and may not go as they are: the last look before each request.

An email keeps the address it was written to until then, and a claim the pauses of its moment: wherever the
email was meanwhile, both may have changed.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.services.outbox.quota_refunds import refund
from campaign.services.outbox.transitions import moving
from campaign.store.tables.core import campaign, official, outbox_email

_OF_EMAIL = official.c.id == outbox_email.c.official_id
# Of an office that has no address now, what was written before goes as its writers were told: by email.
_HAS_MOVED = official.c.email != outbox_email.c.to_address


def is_elsewhere() -> ColumnElement[bool]:
    """The condition that an email is to an office which has another address now."""
    return _is_to_office(_HAS_MOVED)


def has_to_wait() -> ColumnElement[bool]:
    """The condition that an email is to an office which has another address now, or gets nothing at the
    moment: somebody has paused it or its campaign, or its mail comes back."""
    is_paused = official.c.paused_at.is_not(None)
    of_campaign = select(1).where(
        campaign.c.id == outbox_email.c.campaign_id, campaign.c.sending_paused_at.is_not(None)
    )
    is_campaign_paused = outbox_email.c.official_id.is_not(None) & exists(of_campaign.correlate(outbox_email))
    return or_(_is_to_office(or_(_HAS_MOVED, is_paused)), is_campaign_paused)


def present_address() -> ColumnElement[Any]:
    """Where an email goes if it is sent now."""
    address = select(official.c.email).where(_OF_EMAIL).correlate(outbox_email).scalar_subquery()
    return func.coalesce(address, outbox_email.c.to_address)


def turn_back(session: Session, ids: Collection[int], *, now: datetime) -> None:
    """Queue again those of these claimed emails that have to wait, to where their offices are now.

    They are claimed anew, since other domains have other paces.
    """
    back = moving(
        OutboxState.QUEUED,
        outbox_email.c.id.in_(ids) & has_to_wait(),
        start=(OutboxState.LEASED,),
        by_state=False,
        to_address=present_address(),
    )
    official_ids = session.scalars(back.returning(outbox_email.c.official_id)).all()
    refund(session, official_ids, now=now)


def _is_to_office(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(_OF_EMAIL, condition).correlate(outbox_email))
