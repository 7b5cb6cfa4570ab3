"""Messages that say nothing of their own, kept back for the digest where an official gets those together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.digest import DigestMode, next_digest_at
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.digests import composer
from campaign.store.tables import Campaign, Message, Official, OutboxEmail
from campaign.store.tables.base import table_of

# A digest that could not be written for so long (a pause, a time that was over) is not waited for any more.
LONGEST_WAIT = timedelta(days=2)

_emails = table_of(OutboxEmail)
_messages = table_of(Message)


def keep_back(session: Session, signature_id: int, *, now: datetime) -> None:
    """Let what a supporter wrote and reads like others wait for the digest, where the official gets those so.

    A message is only due later: should there be no digest, it goes by itself.
    """
    found = session.execute(
        select(_emails.c.id, Official, Campaign)
        .join(_messages, _messages.c.id == _emails.c.message_id)
        .join(Official, Official.id == _messages.c.official_id)
        .join(Campaign, Campaign.id == Official.campaign_id)
        .where(
            _messages.c.signature_id == signature_id,
            _emails.c.state == OutboxState.QUEUED,
            Official.digest_mode == DigestMode.ALIKE,
            composer.reads_like_others(),
        )
    )
    rows: list[dict[str, Any]] = []
    for email_id, official, campaign in found:
        morning = next_digest_at(composer.rhythm_of(official, campaign), now)
        rows.append({"kept": email_id, "until": max(morning, now) + LONGEST_WAIT})
    if rows:
        later = update(_emails).where(_emails.c.id == bindparam("kept"))
        session.execute(later.values(due_at=bindparam("until")), rows)


def let_go(session: Session, official_id: int, *, now: datetime) -> None:
    """Keep nothing back for an official any more: what was never tried is due now."""
    session.execute(
        update(_emails)
        .where(
            _emails.c.official_id == official_id,
            _emails.c.kind == EmailKind.MESSAGE,
            _emails.c.state == OutboxState.QUEUED,
            _emails.c.due_at > now,
            _emails.c.first_tried_at.is_(None),
        )
        .values(due_at=now)
    )
