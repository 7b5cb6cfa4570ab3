"""Messages whose supporters have taken them back: nothing sends them again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.store.tables import OutboxEmail, Signature
from campaign.store.tables.base import table_of

_emails = table_of(OutboxEmail)
_signatures = table_of(Signature)


def is_taken_back() -> ColumnElement[bool]:
    """The condition that an email is a message whose writer has withdrawn, or was emptied by an erasure."""
    theirs = _signatures.c.id == _emails.c.signature_id
    is_withdrawn = exists().where(theirs, _signatures.c.state != SignatureState.CONFIRMED)
    return ((_emails.c.kind == EmailKind.MESSAGE) & is_withdrawn) | (_emails.c.to_address == "")


def call_back(session: Session, email_ids: Sequence[int], *, now: datetime) -> None:
    """Call back those of these emails that were taken back while they were being sent, and did not leave."""
    session.execute(
        update(_emails)
        .where(_emails.c.id.in_(email_ids), _emails.c.state == OutboxState.QUEUED, is_taken_back())
        .values(state=OutboxState.CANCELLED, settled_at=now)
    )
