"""PDFs made before versions of names alone were told apart stay good for the campaign as it is."""

import pytest
from sqlalchemy import text

from campaign.services.documents import pdf_jobs
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables.core import document

TIME = "2026-03-04 12:00:00+00:00"


def run(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def outdated(database: Database) -> list[int]:
    with database.reading() as session:
        rows = session.execute(document.select().where(pdf_jobs.is_outdated()).order_by(document.c.id))
        return [row.id for row in rows]


@pytest.mark.slow
def test_pdfs_go_up_and_down(migrated: Database) -> None:
    schema.downgrade(migrated, "0046")
    run(
        migrated,
        "INSERT INTO campaign (id, slug, state, language, title, created_at, version)"
        f" VALUES (1, 'river', 'open', 'en', 'River', '{TIME}', 7)",
        *(
            "INSERT INTO document (id, cache_key, campaign_id, kind, language, version, ordered_at)"
            f" VALUES ({version}, '{version}', 1, 'letter', 'en', {version}, '{TIME}')"
            for version in (6, 7)
        ),
    )

    schema.upgrade(migrated)

    assert outdated(migrated) == [6]
    run(migrated, "UPDATE campaign SET version = 9, name_additions = 2")
    assert outdated(migrated) == [6]
    run(migrated, "UPDATE campaign SET version = 10")
    assert outdated(migrated) == [6, 7]
    schema.downgrade(migrated, "0046")
    run(migrated, "UPDATE campaign SET version = 11")
