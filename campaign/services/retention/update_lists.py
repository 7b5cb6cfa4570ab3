"""Who was on the list of an update that has ended long ago; its numbers stay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session

from campaign.domain.retention import words_before
from campaign.domain.updates import HAS_ENDED
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.store.tables.core import campaign_update, update_recipient

_KEY = (update_recipient.c.update_id, update_recipient.c.supporter_id)


def due_recipients(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """The rows of lists whose emails have lost their words by now, too; each named by both its numbers."""
    statement = select(*_KEY).where(_is_over(now)).order_by(*_KEY).limit(ROWS_AT_ONCE)
    if after:
        statement = statement.where(tuple_(*_KEY) > tuple_(*after))
    rows = session.execute(statement).all()
    names = tuple(f"{row.update_id}-{row.supporter_id}" for row in rows)
    return DuePage(names, tuple(rows[-1]) if len(rows) == ROWS_AT_ONCE else None)


def delete_recipients(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them."""
    by_update: dict[int, list[int]] = {}
    for name in ids:
        of_update, _, supporter_id = str(name).partition("-")
        by_update.setdefault(int(of_update), []).append(int(supporter_id))
    for update_id, supporter_ids in by_update.items():
        chosen = (update_recipient.c.update_id == update_id) & update_recipient.c.supporter_id.in_(
            supporter_ids
        )
        session.execute(delete(update_recipient).where(chosen, _is_over(now)))


def _is_over(now: datetime) -> ColumnElement[bool]:
    ended = select(campaign_update.c.id).where(
        campaign_update.c.state.in_(HAS_ENDED), campaign_update.c.ended_at <= words_before(now)
    )
    return update_recipient.c.update_id.in_(ended)
