"""Words that have served: of emails, of the messages they carried, and of the answers to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from campaign.domain.name_reports import ReportDecision
from campaign.domain.outbox import OF_UPDATES, TO_ORGANIZERS, EmailKind
from campaign.domain.retention import HAS_ENDED, words_before
from campaign.services.replies import review
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.services.signatures import own_words
from campaign.store.tables import Reply
from campaign.store.tables.core import message, name_report, outbox_body, outbox_email, reply

# Where a look at emails goes on once those with words are through.
_WITHOUT_WORDS = "without words"
# Of these nothing has to be remembered: what was left as it is must not come back.
_IS_DONE = name_report.c.decision.in_((ReportDecision.HIDE, ReportDecision.REMOVE, ReportDecision.DROP))


def due_emails(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Emails that came to their end long ago and have their words, then those to organizers that have none.

    The first are looked for among the words that are kept, from the oldest on: those younger than the limit,
    which are most, are not looked at.
    """
    if after and after[0] == _WITHOUT_WORDS:
        return _due_without_words(session, after[1], now)
    rows = session.execute(
        select(outbox_body.c.email_id, outbox_email.c.created_at, _has_ended(now).label("is_due"))
        .join(outbox_email, outbox_email.c.id == outbox_body.c.email_id)
        .where(outbox_body.c.email_id > (after[0] if after else 0))
        .order_by(outbox_body.c.email_id)
        .limit(ROWS_AT_ONCE)
    ).all()
    limit = words_before(now)
    is_last = len(rows) < ROWS_AT_ONCE or all(row.created_at > limit for row in rows)
    ids = tuple(row.email_id for row in rows if row.is_due)
    return DuePage(ids, (_WITHOUT_WORDS, 0) if is_last else (rows[-1].email_id,))


def _due_without_words(session: Session, after: RowId, now: datetime) -> DuePage:
    """Emails with a link lose their words once they are sent; who got one at the desk is to be forgotten too.

    There are few, by an index of state and kind.
    """
    ids = session.scalars(
        select(outbox_email.c.id)
        .where(
            outbox_email.c.kind.in_(TO_ORGANIZERS),
            _has_ended(now),
            outbox_email.c.erased_at.is_(None),
            ~exists().where(outbox_body.c.email_id == outbox_email.c.id),
            outbox_email.c.id > after,
        )
        .order_by(outbox_email.c.id)
        .limit(ROWS_AT_ONCE)
    ).all()
    return DuePage(tuple(ids), (_WITHOUT_WORDS, ids[-1]) if len(ids) == ROWS_AT_ONCE else None)


def delete_emails(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete the words of emails and of the messages they carried; the rows stay, for the counts."""
    rows = session.execute(
        select(outbox_email.c.id, outbox_email.c.message_id, outbox_email.c.signature_id)
        .where(outbox_email.c.id.in_(ids), _has_ended(now))
        .order_by(outbox_email.c.id)
        .with_for_update()
    ).all()
    email_ids = [row.id for row in rows]
    session.execute(delete(outbox_body).where(outbox_body.c.email_id.in_(email_ids)))
    chosen = outbox_email.c.id.in_(email_ids)
    session.execute(update(outbox_email).where(chosen).values(subject=""))
    # Nothing else would ever delete the address of an organizer who got one.
    is_test = outbox_email.c.kind.in_(OF_UPDATES) & outbox_email.c.signature_id.is_(None)
    to_organizers = chosen & (outbox_email.c.kind.in_(TO_ORGANIZERS) | is_test)
    nobody = {"to_address": "", "to_name": None, "erased_at": now}
    session.execute(update(outbox_email).where(to_organizers).values(nobody))
    messages = [row.message_id for row in rows if row.message_id is not None]
    if messages:
        session.execute(update(message).where(message.c.id.in_(messages)).values(subject="", words=""))
        signatures = sorted({row.signature_id for row in rows if row.signature_id is not None})
        own_words.forget_without_words(session.connection(), signatures)


def due_replies(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Answers of offices that came long ago and are kept whole, the oldest first."""
    limit = words_before(now)
    rows = session.execute(
        select(reply.c.id, reply.c.received_at)
        .where(reply.c.emptied_at.is_(None), reply.c.id > (after[0] if after else 0))
        .order_by(reply.c.id)
        .limit(ROWS_AT_ONCE)
    ).all()
    is_last = len(rows) < ROWS_AT_ONCE or all(row.received_at > limit for row in rows)
    ids = tuple(row.id for row in rows if row.received_at <= limit)
    return DuePage(ids, None if is_last else (rows[-1].id,))


def delete_replies(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete what offices wrote, and the subject it was passed on under; organizers' own words stay."""
    signatures = (
        select(message.c.signature_id)
        .join(reply, reply.c.message_id == message.c.id)
        .where(reply.c.id.in_(ids))
    )
    passed_on = (
        (outbox_email.c.kind == EmailKind.REPLY)
        & outbox_email.c.signature_id.in_(signatures)
        & _has_ended(now)
    )
    session.execute(update(outbox_email).where(passed_on).values(subject=""))
    review.empty(session, Reply.id.in_(ids), now=now)


def _has_ended(now: datetime) -> ColumnElement[bool]:
    return outbox_email.c.state.in_(HAS_ENDED) & (outbox_email.c.settled_at <= words_before(now))


def due_name_reports(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Readers' reports of names whose words have been kept for long enough, or that have served."""
    statement = select(name_report.c.id).where(_has_served(now)).order_by(name_report.c.id)
    later = statement.where(name_report.c.id > (after[0] if after else 0)).limit(ROWS_AT_ONCE)
    ids = session.scalars(later).all()
    return DuePage(tuple(ids), (ids[-1],) if len(ids) == ROWS_AT_ONCE else None)


def delete_name_reports(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete the words; what nobody asks about again goes whole."""
    chosen = name_report.c.id.in_(ids) & _has_served(now)
    session.execute(delete(name_report).where(chosen, _IS_DONE))
    session.execute(update(name_report).where(chosen).values(words=""))


def _has_served(now: datetime) -> ColumnElement[bool]:
    return (name_report.c.reported_at <= words_before(now)) & ((name_report.c.words != "") | _IS_DONE)
