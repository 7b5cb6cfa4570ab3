"""Answers of offices as the public and their supporters may know of them."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.shown import AnswerShown
from campaign.domain.states import ReplyState
from campaign.store.tables import Message, Reply

MOST_SHOWN = 100


def published(session: Session, campaign_id: int) -> tuple[AnswerShown, ...]:
    """What organizers have published of answers, the newest first: one range of one index."""
    rows = session.execute(
        select(Reply.official_id, Reply.received_at, Reply.summary)
        .where(Reply.campaign_id == campaign_id, Reply.state == ReplyState.PUBLISHED)
        .order_by(Reply.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(AnswerShown(row.official_id, row.received_at, row.summary or "") for row in rows)


def forget(session: Session, signature_id: int) -> None:
    """Delete the answers to one supporter's messages.

    Of those that are published the organizers' own words stay, and nothing that leads to the supporter.
    """
    theirs = Reply.message_id.in_(select(Message.id).where(Message.signature_id == signature_id))
    session.execute(
        update(Reply)
        .where(theirs, Reply.state == ReplyState.PUBLISHED)
        .values(
            message_id=None,
            sender_name="",
            sender_address="",
            subject="",
            written="",
            quoted="",
            attachments=[],
        ),
        execution_options={"synchronize_session": False},
    )
    session.execute(delete(Reply).where(theirs), execution_options={"synchronize_session": False})
