"""Who could do what before rights were given by campaign can do the same after it, and back again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import MetaData, Table, select

from campaign.domain.roles import Grant, Rights, Role
from campaign.services.accounts import rights as stored_rights
from campaign.store import schema
from campaign.store.database import Database

pytestmark = pytest.mark.slow

THEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def table(database: Database, name: str) -> Table:
    tables = MetaData()
    tables.reflect(database.engine, only=[name])
    return tables.tables[name]


def add(database: Database, id_: int, role: str | None, **more: Any) -> None:
    organizers = table(database, "organizer")
    row = {"email": f"{id_}@desk.example", "password_hash": "x", "gets_alerts": True, "factor_step": 0}
    with database.engine.begin() as connection:
        connection.execute(organizers.insert().values(id=id_, role=role, created_at=THEN, **row, **more))


def test_editors_go_on_seeing_people_and_nobody_else_begins_to(database: Database) -> None:
    schema.downgrade(database, "0029")
    for id_, role in enumerate(("owner", "editor", "viewer"), start=1):
        add(database, id_, role)
    schema.upgrade(database)
    with database.reading() as session:
        assert stored_rights.of_organizers(session) == {
            1: Rights(Grant(Role.OWNER)),
            2: Rights(Grant(Role.EDITOR, sees_people=True)),
            3: Rights(Grant(Role.VIEWER)),
        }


def test_on_the_way_back_nobody_is_given_more_than_they_had(database: Database) -> None:
    add(database, 1, "editor", sees_people=True)
    add(database, 2, "editor", sees_people=False)
    add(database, 3, None, sees_people=False)
    schema.downgrade(database, "0029")
    organizers = table(database, "organizer")
    columns = (organizers.c.role, organizers.c.disabled_at.is_not(None))
    with database.engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(organizers.c.id)).all()
    schema.upgrade(database)
    assert [tuple(row) for row in rows] == [("editor", False), ("viewer", False), ("viewer", True)]
