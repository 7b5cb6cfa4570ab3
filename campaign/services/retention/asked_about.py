"""Who was asked by a spot check so long ago that they may be asked again: nothing else needs to know."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind
from campaign.domain.spot_check import ASKED_AGAIN_AFTER
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.services.signatures.erasure import empty_emails
from campaign.store.tables.core import outbox_email, spot_check_asked


def due_asked(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """The signatures that were asked about, by their ids."""
    row_id = spot_check_asked.c.signature_id
    chosen = select(row_id).where(row_id > (after[0] if after else 0), _is_over(now))
    ids = tuple(session.scalars(chosen.order_by(row_id).limit(ROWS_AT_ONCE)))
    return DuePage(ids, (ids[-1],) if len(ids) == ROWS_AT_ONCE else None)


def delete_asked(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete that they were asked, and of the emails that asked them all that is personal."""
    chosen = spot_check_asked.c.signature_id.in_(ids) & _is_over(now)
    theirs = list(session.scalars(select(spot_check_asked.c.signature_id).where(chosen).with_for_update()))
    emails = (outbox_email.c.kind == EmailKind.SPOT_CHECK) & outbox_email.c.signature_id.in_(theirs)
    empty_emails(session, emails, now=now)
    session.execute(delete(spot_check_asked).where(spot_check_asked.c.signature_id.in_(theirs)))


def _is_over(now: datetime) -> ColumnElement[bool]:
    return spot_check_asked.c.asked_on <= (now - ASKED_AGAIN_AFTER).date()
