"""What became of an update's emails, counted by the worker now and then, so that no page counts."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.domain.updates import UpdateState
from campaign.services.installation import jobs
from campaign.store.tables.core import campaign_update, outbox_email

JOB = "count updates"
EVERY = timedelta(seconds=20)
# Servers report for so long what they could not deliver, and soon only now and then.
FOLLOWED_FOR = timedelta(days=4)
FOLLOWED_EVERY = timedelta(minutes=10)

_LEFT = (
    OutboxState.ACCEPTED,
    OutboxState.DELIVERED,
    OutboxState.BOUNCED,
)


def are_due(session: Session, *, now: datetime) -> bool:
    """Whether it is time to count, and anything to be counted."""
    return jobs.is_due(session, JOB, now=now) and bool(_followed(session, now=now))


def count(session: Session, *, now: datetime) -> None:
    """Write down how far each update has come that is on its way or has ended lately."""
    if not jobs.claim(session, JOB, every=EVERY, now=now):
        return
    for update_id in _followed(session, now=now):
        counted = session.execute(
            select(outbox_email.c.state, func.count())
            .where(outbox_email.c.update_id == update_id)
            .group_by(outbox_email.c.state)
        )
        numbers: dict[OutboxState, int] = dict(counted.all())
        figures = {
            "sent": sum(numbers.get(state, 0) for state in _LEFT),
            "delivered": numbers.get(OutboxState.DELIVERED, 0),
            "bounced": numbers.get(OutboxState.BOUNCED, 0),
            "failed": numbers.get(OutboxState.FAILED, 0),
            "in_doubt": numbers.get(OutboxState.IN_DOUBT, 0),
        }
        session.execute(
            update(campaign_update)
            .where(campaign_update.c.id == update_id)
            .values(figures | {"counted_at": now})
        )


def _followed(session: Session, *, now: datetime) -> list[int]:
    is_under_way = campaign_update.c.state.in_((UpdateState.SENDING, UpdateState.PAUSED))
    is_old = campaign_update.c.counted_at <= now - FOLLOWED_EVERY
    ended_lately = (campaign_update.c.ended_at > now - FOLLOWED_FOR) & (
        is_old | (campaign_update.c.ended_at > now - FOLLOWED_EVERY)
    )
    statement = select(campaign_update.c.id).where(or_(is_under_way, ended_lately))
    return list(session.scalars(statement.order_by(campaign_update.c.id)))
