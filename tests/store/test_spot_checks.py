"""The tables of spot checks and witnesses come and go, and leave the log as it is."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from campaign.runtime import Runtime
from campaign.services.transparency import appending, verifying
from campaign.store import schema
from campaign.store.tables import SpotCheck, Witness
from tests import make

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEFORE = "0041"


@pytest.mark.slow
def test_the_log_is_the_same_before_and_after(runtime: Runtime) -> None:
    page = make.campaign(runtime, now=NOW)
    make.sign_and_confirm(runtime, page, now=NOW)
    with runtime.database.transaction() as session:
        appending.append(session, page.head.id, now=NOW)
        head = verifying.verify(session, page.head.id).head
        session.add(Witness(campaign_id=page.head.id, name="W", public_key=bytes(32), added_on=NOW.date()))
    schema.downgrade(runtime.database, BEFORE)
    schema.upgrade(runtime.database)
    with runtime.database.reading() as session:
        assert verifying.verify(session, page.head.id).head == head
        for table in (SpotCheck, Witness):
            assert session.scalar(select(func.count()).select_from(table)) == 0
