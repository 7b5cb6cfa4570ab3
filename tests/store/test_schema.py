from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from campaign.errors import ConflictError
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables import Base


@pytest.fixture
def migrated(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def test_the_migrations_make_exactly_the_tables_the_code_knows(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_is_found_in_order(migrated: Database) -> None:
    schema.check(migrated)
    schema.upgrade(migrated)
    assert schema.current_revision(migrated.engine) == schema.head_revision()


def test_every_migration_can_be_taken_back(migrated: Database) -> None:
    try:
        schema.downgrade(migrated, "base")
        assert set(inspect(migrated.engine).get_table_names()) <= {"alembic_version"}
    finally:
        schema.upgrade(migrated)
    schema.check(migrated)


def test_migrations_back_and_forth_keep_what_people_wrote(migrated: Database) -> None:
    with migrated.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaign (id, slug, state, language, title, created_at)"
            " VALUES (1, 'ondra', 'open', 'en', 'Save the Ondra', '2026-03-04 12:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO official (id, campaign_id, position, role, name, address)"
            " VALUES (1, 1, 1, 'addressee', 'Mara Lindqvist', '[]')"
        )
    schema.downgrade(migrated, "0005")
    schema.upgrade(migrated)
    with migrated.engine.begin() as connection:
        kept = "SELECT campaign.title, official.name FROM official JOIN campaign ON campaign.id = campaign_id"
        assert connection.exec_driver_sql(kept).all() == [("Save the Ondra", "Mara Lindqvist")]
        connection.exec_driver_sql("DELETE FROM campaign")


def test_a_database_newer_than_the_code_is_left_alone(migrated: Database) -> None:
    head = schema.head_revision()
    _stamp(migrated, "9999")
    try:
        for action in (schema.check, schema.upgrade):
            with pytest.raises(ConflictError, match="newer version of this program"):
                action(migrated)
    finally:
        _stamp(migrated, head)


def test_an_empty_database_is_said_to_be_empty(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(ConflictError, match="campaign db upgrade"):
        schema.check(database)
    database.close()


def _stamp(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
