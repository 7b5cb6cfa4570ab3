"""Test emails that organizers send to themselves: so many an hour, whatever they are of."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.sliding_window import lately
from campaign.errors import ConflictError
from campaign.store.tables import Organizer

MOST_TESTS = 10
HOUR = timedelta(hours=1)


def count(session: Session, organizer_id: int, *, now: datetime) -> None:
    """Count one more; ConflictError when there were so many within the last hour."""
    mine = Organizer.id == organizer_id
    before = session.scalar(select(Organizer.tests_at).where(mine).with_for_update())
    sent = lately(before or [], within=HOUR, now=now)
    if len(sent) >= MOST_TESTS:
        raise ConflictError(
            "You have sent yourself %(most)d test emails within an hour. Wait a while before the next one.",
            most=MOST_TESTS,
        )
    session.execute(update(Organizer).where(mine).values(tests_at=[*sent, int(now.timestamp())]))
