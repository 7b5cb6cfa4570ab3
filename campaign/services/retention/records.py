"""What the program notes for itself: reports of providers, logins, and documents that nobody is shown."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaign.domain.retention import words_before
from campaign.services.accounts import invitations, logins, recovery, sessions
from campaign.services.campaigns import letter_imports
from campaign.services.documents import pdf_jobs
from campaign.services.retention.personal_data import due_campaign_ids
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.store.tables.core import (
    delivery_event,
    document,
    invitation,
    letter_import,
    login_attempt,
    organizer_session,
    password_request,
)

Find = Callable[[Session, Cursor | None, datetime], DuePage]
Delete = Callable[[Session, Sequence[RowId], datetime], None]


def due_reports(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Reports that were processed and are no news of anything any more, the oldest first."""
    limit = words_before(now)
    rows = session.execute(
        select(delivery_event.c.id, delivery_event.c.received_at, delivery_event.c.processed_at)
        .where(delivery_event.c.id > (after[0] if after else 0))
        .order_by(delivery_event.c.id)
        .limit(ROWS_AT_ONCE)
    ).all()
    is_last = len(rows) < ROWS_AT_ONCE or all(row.received_at > limit for row in rows)
    ids = tuple(row.id for row in rows if row.processed_at is not None and row.received_at <= limit)
    return DuePage(ids, None if is_last else (rows[-1].id,))


def delete_reports(session: Session, ids: Sequence[RowId], _now: datetime) -> None:
    """Delete reports; what they said is in the state of their emails and in the counts."""
    session.execute(delete(delivery_event).where(delivery_event.c.id.in_(ids)))


def due_sessions(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Logins that are over."""
    return _rows(session, organizer_session.c.token_hash, sessions.is_over(now), after)


def delete_sessions(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them; one that was used meanwhile goes on."""
    chosen = organizer_session.c.token_hash.in_(ids)
    session.execute(delete(organizer_session).where(chosen, sessions.is_over(now)))


def due_login_attempts(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Failed logins that no limit counts any more."""
    return _rows(session, login_attempt.c.id, logins.is_forgotten(now), after)


def delete_login_attempts(session: Session, ids: Sequence[RowId], _now: datetime) -> None:
    """Delete them."""
    session.execute(delete(login_attempt).where(login_attempt.c.id.in_(ids)))


def due_invitations(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Invitations of organizers whose link ended long ago."""
    return _rows(session, invitation.c.id, invitations.is_forgotten(now), after)


def delete_invitations(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them; one that was sent again stays."""
    session.execute(delete(invitation).where(invitation.c.id.in_(ids), invitations.is_forgotten(now)))


def due_password_requests(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Requests for a new password that no limit counts any more."""
    return _rows(session, password_request.c.id, recovery.is_forgotten(now), after)


def delete_password_requests(session: Session, ids: Sequence[RowId], _now: datetime) -> None:
    """Delete them."""
    session.execute(delete(password_request).where(password_request.c.id.in_(ids)))


def due_letters(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Letters that were read on the desk and that nobody made a campaign of within a day."""
    return _rows(session, letter_import.c.id, letter_imports.is_over(now), after)


def delete_letters(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them; one that somebody went on with meanwhile stays."""
    session.execute(delete(letter_import).where(letter_import.c.id.in_(ids), letter_imports.is_over(now)))


def due_documents(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """PDFs that are shown to nobody any more, or could not be made, or name who is about to be forgotten."""
    return _rows(session, document.c.id, _is_ended(session, now), after)


def delete_documents(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them; one that is asked for again is made again."""
    session.execute(delete(document).where(document.c.id.in_(ids), _is_ended(session, now)))


def _is_ended(session: Session, now: datetime) -> ColumnElement[bool]:
    return (
        pdf_jobs.is_outdated()
        | (document.c.failed_at <= words_before(now))
        | document.c.campaign_id.in_(list(due_campaign_ids(session, now)))
    )


def _rows(
    session: Session, key: ColumnElement[RowId], is_due: ColumnElement[bool], after: Cursor | None
) -> DuePage:
    """Rows of a small table, in the order of their keys."""
    statement = select(key).where(is_due).order_by(key).limit(ROWS_AT_ONCE)
    ids = session.scalars(statement.where(key > after[0]) if after else statement).all()
    return DuePage(tuple(ids), (ids[-1],) if len(ids) == ROWS_AT_ONCE else None)
