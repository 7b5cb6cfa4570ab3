"""Emails that no key opens: taken out of the queue, so that all the others go on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.i18n import to_translate
from campaign.services.outbox import digest_members
from campaign.services.outbox.transitions import move
from campaign.store.encrypted_places import Broken, place_of
from campaign.store.tables.core import outbox_body, outbox_email

_REASON = to_translate("it can no longer be read")
_WAITS = (OutboxState.QUEUED, OutboxState.LEASED)


def set_aside(session: Session, *, now: datetime) -> Sequence[Broken]:
    """Cancel every email that waits to be sent and cannot be read; which ones.

    The messages of a digest have their own words: they wait to be put together anew.
    """
    waits = or_(*(outbox_email.c.state == state for state in _WAITS))
    bodies = outbox_body.c.email_id.in_(select(outbox_email.c.id).where(waits))
    broken = [
        *place_of(outbox_email).broken(session, waits),
        *place_of(outbox_body).broken(session, bodies),
    ]
    ids = {one.row for one in broken}
    for id_ in sorted(ids):
        digest_members.take_apart(session, id_, *_WAITS, now=now)
    if ids:
        of_these = outbox_email.c.id.in_(ids)
        move(session, OutboxState.CANCELLED, of_these, start=_WAITS, by_state=False, now=now, reason=_REASON)
    return broken
