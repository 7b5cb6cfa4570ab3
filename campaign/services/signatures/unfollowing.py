"""What follows when somebody wants no more news about a letter."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.outbox.enqueue import cancel
from campaign.store.tables.core import campaign_update, outbox_email


def call_back(session: Session, signature_id: int, *, now: datetime) -> None:
    """Cancel the updates that have not left, and count it with the one that had come last."""
    theirs = (outbox_email.c.signature_id == signature_id) & (outbox_email.c.kind == EmailKind.UPDATE)
    cancel(session, theirs, now=now)
    last = session.scalar(
        select(outbox_email.c.update_id)
        .where(theirs, outbox_email.c.state != OutboxState.CANCELLED)
        .order_by(outbox_email.c.id.desc())
        .limit(1)
    )
    if last is not None:
        counted = {"unsubscribed": campaign_update.c.unsubscribed + 1}
        session.execute(update(campaign_update).where(campaign_update.c.id == last).values(counted))
