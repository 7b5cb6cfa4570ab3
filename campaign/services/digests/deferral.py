"""Messages that say nothing of their own, deferred to the digest where an official gets those together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.digest import DigestMode, next_digest_at
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.digests import composer
from campaign.services.queue.schedule import digests_of
from campaign.store.tables import Campaign, Official
from campaign.store.tables.core import message, outbox_email

# A digest that could not be written for so long (a pause, a time that was over) is not waited for any more.
LONGEST_WAIT = timedelta(days=2)


def defer(session: Session, signature_id: int, *, now: datetime) -> None:
    """Let what a supporter wrote and reads like others wait for the digest, where the official gets those so.

    A message is only due later: should there be no digest, it goes by itself.
    """
    deferrable = session.execute(
        select(outbox_email.c.id, Official, Campaign)
        .join(message, message.c.id == outbox_email.c.message_id)
        .join(Official, Official.id == message.c.official_id)
        .join(Campaign, Campaign.id == Official.campaign_id)
        .where(
            message.c.signature_id == signature_id,
            outbox_email.c.state == OutboxState.QUEUED,
            Official.digest_mode == DigestMode.ALIKE,
            composer.reads_like_others(),
        )
    )
    rows: list[dict[str, Any]] = []
    for email_id, official, campaign in deferrable:
        morning = next_digest_at(digests_of(official, campaign), now)
        rows.append({"kept": email_id, "until": max(morning, now) + LONGEST_WAIT})
    if rows:
        later = update(outbox_email).where(outbox_email.c.id == bindparam("kept"))
        session.execute(later.values(due_at=bindparam("until")), rows)


def release(session: Session, official_id: int, *, now: datetime) -> None:
    """Keep nothing back for an official any more: what was never tried is due now."""
    session.execute(
        update(outbox_email)
        .where(
            outbox_email.c.official_id == official_id,
            outbox_email.c.kind == EmailKind.MESSAGE,
            outbox_email.c.state == OutboxState.QUEUED,
            outbox_email.c.due_at > now,
            outbox_email.c.first_tried_at.is_(None),
        )
        .values(due_at=now)
    )
