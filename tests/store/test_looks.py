"""Who had looked at many people before looks had moments of their own has looked at as many after."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.services.accounts import organizers, sessions
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables import NameReport, OrganizerSession
from campaign.store.tables.core import job
from tests.store.test_rights import table
from tests.web.organizer.conftest import CHEAP, PASSWORD

THEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.slow
def test_looks_are_kept_on_the_way_up_and_down_and_jobs_go_on(database: Database) -> None:
    with database.transaction() as session:
        person = organizers.add(
            session,
            "editor@desk.example",
            role=Role.EDITOR,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=THEN,
            passwords=CHEAP,
        )
        sessions.start(session, person.id, now=THEN)
        session.execute(update(OrganizerSession).values(looks_at=[int(THEN.timestamp())] * 3))
        session.execute(insert(job).values(name="alerts", next_at=THEN, written_at=THEN))
    schema.downgrade(database, "0041")
    before = table(database, "organizer_session")
    with database.engine.connect() as connection:
        looks, since = connection.execute(select(before.c.looks, before.c.looks_from)).one()
    assert (looks, since.replace(tzinfo=UTC)) == (3, THEN)
    schema.upgrade(database)
    with database.reading() as session:
        assert session.scalars(select(OrganizerSession.looks_at)).one() == [int(THEN.timestamp())] * 3
        assert session.scalars(select(job.c.next_at)).one() == THEN
        assert session.scalars(select(NameReport.id)).all() == []
