"""Everything that deletes a person: their signature, their words wherever they are, and their answers."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.replies import ReplyState
from campaign.services.feedback import suppressions
from campaign.services.outbox import digest_members
from campaign.services.outbox.enqueue import cancel, delete_bodies
from campaign.services.replies import review
from campaign.services.signatures import own_words
from campaign.store.tables import (
    Consent,
    LinkToken,
    Message,
    Reply,
    Signature,
    Supporter,
)
from campaign.store.tables.core import outbox_email


def erase_signature(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete a signature and all that hangs on it; its rows in the outbox stay, emptied, for the counts."""
    supporter_id, signature_id = signature.supporter_id, signature.id
    # One that is being sent keeps its state, since only its worker knows what becomes of it. What is part of
    # a digest that is being sent follows that.
    cancel(session, outbox_email.c.signature_id == signature_id, now=now)
    empty_emails(session, outbox_email.c.signature_id == signature_id, now=now)
    own_words.forget(session.connection(), signature_id)
    _forget_replies(session, signature_id, now=now)
    for table in (Consent, LinkToken, Message):
        session.execute(delete(table).where(table.signature_id == signature_id))
    session.execute(delete(Signature).where(Signature.id == signature_id))
    others = session.scalar(
        select(func.count()).select_from(Signature).where(Signature.supporter_id == supporter_id)
    )
    if not others:
        suppressions.forget(session, supporter_id)
        session.execute(delete(Supporter).where(Supporter.id == supporter_id))


def empty_emails(session: Session, theirs: ColumnElement[bool], *, now: datetime) -> None:
    """Delete all that is personal of the emails that meet a condition; their rows stay, for the counts."""
    delete_bodies(session, theirs)
    digest_members.delete_bodies(session, theirs)
    session.execute(
        update(outbox_email)
        .where(theirs)
        .values(
            erased_at=now,
            to_address="",
            to_name=None,
            from_name=None,
            reply_to=None,
            subject="",
            supporter_id=None,
            signature_id=None,
            message_id=None,
        )
    )


def _forget_replies(session: Session, signature_id: int, *, now: datetime) -> None:
    """Delete the answers to one supporter's messages.

    Of those that are published the organizers' own words stay, and nothing that leads to the supporter.
    """
    theirs = Reply.message_id.in_(select(Message.id).where(Message.signature_id == signature_id))
    published = theirs & (Reply.state == ReplyState.PUBLISHED)
    review.empty(session, published, now=now, message_id=None)
    session.execute(delete(Reply).where(theirs), execution_options={"synchronize_session": False})
