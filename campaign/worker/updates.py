"""Updates to supporters: their lists and their emails, a transaction for each small part."""

from datetime import datetime

from campaign.runtime import Runtime
from campaign.services.updates import batch, progress

# About half a second together, in which this worker sends nothing; the rest follows the next time.
PARTS_AT_A_TIME = 12


def go_on(runtime: Runtime, now: datetime) -> None:
    """Do what is due, a part of each update in turn; cheap where there is none."""
    with runtime.database.reading() as session:
        waiting = list(batch.at_work(session, now=now))
    room = PARTS_AT_A_TIME
    while waiting and room:
        update_id = waiting.pop(0)
        room -= 1
        with runtime.database.transaction() as session:
            is_more = batch.go_on(session, update_id, context=runtime.mail_context, now=now)
        if is_more:
            waiting.append(update_id)
    with runtime.database.reading() as session:
        is_due = progress.are_due(session, now=now)
    if is_due:
        with runtime.database.transaction() as session:
            progress.count(session, now=now)
