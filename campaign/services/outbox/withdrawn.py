"""Messages whose supporters have taken them back: nothing sends them again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.store.tables.core import outbox_email, signature


def is_taken_back() -> ColumnElement[bool]:
    """The condition that an email is a message whose writer has withdrawn, or was emptied by an erasure."""
    theirs = signature.c.id == outbox_email.c.signature_id
    is_withdrawn = exists().where(theirs, signature.c.state != SignatureState.CONFIRMED)
    return ((outbox_email.c.kind == EmailKind.MESSAGE) & is_withdrawn) | (outbox_email.c.to_address == "")


def call_back(session: Session, email_ids: Sequence[int], *, now: datetime) -> None:
    """Call back those of these emails that were taken back while they were being sent, and did not leave."""
    session.execute(
        update(outbox_email)
        .where(outbox_email.c.id.in_(email_ids), outbox_email.c.state == OutboxState.QUEUED, is_taken_back())
        .values(state=OutboxState.CANCELLED, settled_at=now)
    )
