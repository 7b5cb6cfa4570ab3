"""What a worker does about what no key opens: it takes it out of the way, so that all the rest goes on."""

import logging
from collections.abc import Callable
from datetime import datetime

from campaign.services.outbox import unreadable as outbox
from campaign.services.signatures import unreadable as forms
from campaign.store.data_cipher import UnreadableError
from campaign.store.database import Database

log = logging.getLogger(__name__)


def set_aside(database: Database, *, now: datetime) -> bool:
    """Take emails and forms out of their queues that cannot be read; whether there was any."""
    with database.transaction() as session:
        broken = [*outbox.set_aside(session, now=now), *forms.set_aside(session)]
    for one in broken:
        log.error("%s %d: %s cannot be read; it is set aside", one.table, one.row, one.column)
    return bool(broken)


def apart(job: Callable[[datetime], object], database: Database, *, now: datetime) -> None:
    """Do a job that stops no other one: what it cannot read is told, and set aside where that is possible."""
    try:
        job(now)
    except UnreadableError as error:
        log.error("a job is left out this time: %s", error)
        set_aside(database, now=now)
