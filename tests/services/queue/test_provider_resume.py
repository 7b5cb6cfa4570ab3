"""A provider that an organizer uses again."""

from datetime import datetime

from campaign.domain.actor import COMMAND_LINE
from campaign.services.audit import audit_log
from campaign.services.queue import decisions
from campaign.store.database import Database


def test_only_a_resume_that_ends_a_pause_is_in_the_audit_log(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for paused in (False, True, False, False):
            decisions.set_provider_paused(session, "scripted", paused=paused, actor=COMMAND_LINE, now=now)
        entries = audit_log.entries(session, before=None, limit=9)
    actions = [entry.action for entry in entries if entry.action.startswith("provider.")]
    assert actions == ["provider.resume", "provider.pause"]
