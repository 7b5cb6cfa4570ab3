"""Emails of which no key opens something: taken out of the queue, so that all the others go on."""

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.i18n import to_translate
from campaign.services.outbox import digest_members
from campaign.services.outbox.transitions import move
from campaign.store.encrypted_places import place_of
from campaign.store.tables.core import outbox_body, outbox_email

log = logging.getLogger(__name__)
_REASON = to_translate("it can no longer be read")
_WAITS = (OutboxState.QUEUED, OutboxState.LEASED)


def set_aside(session: Session, emails: ColumnElement[bool], *, now: datetime) -> None:
    """Cancel those of a few waiting emails that cannot be read.

    The messages of a digest have their own words: they wait to be put together anew.
    """
    of_these = outbox_body.c.email_id.in_(select(outbox_email.c.id).where(emails))
    broken = [
        *place_of(outbox_email).broken(session, emails),
        *place_of(outbox_body).broken(session, of_these),
    ]
    for one in broken:
        log.error("%s %d: %s cannot be read", one.table, one.row, one.column)
    ids = {one.row for one in broken}
    is_digest = outbox_email.c.id.in_(ids) & (outbox_email.c.kind == EmailKind.DIGEST)
    for id_ in session.scalars(select(outbox_email.c.id).where(is_digest).order_by(outbox_email.c.id)).all():
        digest_members.take_apart(session, id_, *_WAITS, now=now)
    cancel(session, ids, now=now)


def cancel(session: Session, ids: Collection[int], *, now: datetime) -> None:
    """Cancel these waiting emails, which hold or need what cannot be read."""
    if ids:
        log.error("set aside, since it cannot be read: outbox_email %s", ", ".join(map(str, sorted(ids))))
        these = outbox_email.c.id.in_(ids)
        move(session, OutboxState.CANCELLED, these, start=_WAITS, by_state=False, now=now, reason=_REASON)
