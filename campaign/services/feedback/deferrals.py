"""Deferrals: the provider has an email and the recipient's server takes nothing for now."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, update
from sqlalchemy.orm import Session

from campaign.domain.events import EventKind
from campaign.domain.outbox import OutboxState
from campaign.store.tables.core import outbox_email


def note(session: Session, events: Iterable[Row[*tuple[Any, ...]]]) -> None:
    """Keep on emails that are still on their way when they were last put off, and why.

    Any later state makes an end of it: only accepted ones are shown as deferred.
    """
    latest: dict[str, tuple[datetime, str | None]] = {}
    for event in events:
        if event.kind is EventKind.DEFERRED:
            known = latest.get(event.public_id)
            if known is None or known[0] <= event.occurred_at:
                latest[event.public_id] = (event.occurred_at, event.reason)
    if latest:
        session.execute(
            _NOTE,
            [
                {"b_id": public_id, "b_at": at, "b_reason": reason}
                for public_id, (at, reason) in latest.items()
            ],
        )


_NOTE = (
    update(outbox_email)
    .where(outbox_email.c.public_id == bindparam("b_id"), outbox_email.c.state == OutboxState.ACCEPTED)
    .values(deferred_at=bindparam("b_at"), reason=bindparam("b_reason"))
)
