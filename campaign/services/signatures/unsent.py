"""A signer's messages that have not left yet, and can still be changed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.signing_form import FormState
from campaign.store.tables import DigestedMessage, Message, OutboxEmail, SigningForm

MessageRow = Row[int, int, str, str, list[int], int | None, Channel, bool, int | None]


def has_not_left() -> ColumnElement[bool]:
    """The condition that a message, joined to its email and its place in a digest, has not begun to leave.

    One that was tried before may have arrived. What is printed, or pasted by its author, carries the words it
    has on that day.
    """
    waits = OutboxEmail.state.in_((OutboxState.QUEUED, OutboxState.HELD))
    untried = OutboxEmail.first_tried_at.is_(None) & DigestedMessage.email_id.is_(None)
    return func.coalesce((Message.channel != Channel.EMAIL) | (waits & untried), False)


def messages_of(session: Session, signature_id: int) -> Sequence[MessageRow]:
    """Each with its email and whether it has not left; the caller holds the rows of the outbox."""
    return session.execute(
        select(
            *(Message.id, Message.official_id, Message.subject, Message.words, Message.stressed_asks),
            *(Message.own_words, Message.channel),
            has_not_left().label("is_unsent"),
            OutboxEmail.id.label("email_id"),
        )
        .outerjoin(OutboxEmail, OutboxEmail.message_id == Message.id)
        .outerjoin(DigestedMessage, DigestedMessage.email_id == OutboxEmail.id)
        .where(Message.signature_id == signature_id)
        .order_by(Message.id)
    ).all()


def are_being_written(session: Session, signature_id: int) -> bool:
    """Whether messages were confirmed a moment ago that a worker is still to write."""
    unwritten = select(SigningForm.id).where(
        SigningForm.signature_id == signature_id,
        SigningForm.state.in_((FormState.CONFIRMED, FormState.RESTORED)),
    )
    return session.execute(unwritten.limit(1)).first() is not None


def drop_forgotten(session: Session, signature_id: int, official_ids: Sequence[int]) -> None:
    """Make room for new messages to officials whose earlier one nobody knows any more, not even its author.

    What was sent of it is sent; that it was is told to nobody, so that its author may write once more.
    """
    forgotten = select(Message.id).where(
        Message.signature_id == signature_id, Message.official_id.in_(official_ids), Message.subject == ""
    )
    session.execute(
        delete(Message).where(Message.id.in_(list(session.scalars(forgotten)))),
        execution_options={"synchronize_session": False},
    )


def drop_cancelled(session: Session, signature_id: int, official_ids: Sequence[int]) -> None:
    """Make room for new messages to officials whose earlier one was cancelled before it left."""
    cancelled = (
        select(Message.id)
        .join(OutboxEmail, OutboxEmail.message_id == Message.id)
        .where(
            Message.signature_id == signature_id,
            Message.official_id.in_(official_ids),
            OutboxEmail.state == OutboxState.CANCELLED,
        )
    )
    ids = list(session.scalars(cancelled))
    if ids:
        session.execute(update(OutboxEmail).where(OutboxEmail.message_id.in_(ids)).values(message_id=None))
        session.execute(delete(Message).where(Message.id.in_(ids)))
