"""Answers of offices as the public and their supporters may know of them."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import AnswerShown
from campaign.domain.replies import ReplyState
from campaign.store.tables import Reply

MOST_SHOWN = 100
_PUBLISHED = (
    select(Reply.official_id, Reply.received_at, Reply.summary)
    .where(Reply.campaign_id == bindparam("campaign_id"), Reply.state == ReplyState.PUBLISHED)
    .order_by(Reply.id.desc())
    .limit(MOST_SHOWN)
)


def published(session: Session, campaign_id: int) -> tuple[AnswerShown, ...]:
    """What organizers have published of answers, the newest first: one range of one index."""
    rows = session.execute(_PUBLISHED, {"campaign_id": campaign_id})
    return tuple(AnswerShown(row.official_id, row.received_at, row.summary or "") for row in rows)
