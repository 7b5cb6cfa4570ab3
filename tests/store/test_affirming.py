"""Who had affirmed a version is, under an earlier program, counted for the one they signed."""

import pytest
from sqlalchemy import text

from campaign.store import schema
from campaign.store.database import Database

TIME = "2026-03-04 12:00:00+00:00"


def run(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def one(database: Database, statement: str) -> object:
    with database.engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


@pytest.mark.slow
def test_versions_and_answers_go_up_and_down(migrated: Database) -> None:
    schema.downgrade(migrated, "0041")
    run(
        migrated,
        "INSERT INTO campaign (id, slug, state, language, title, created_at, shown_count)"
        f" VALUES (1, 'river', 'open', 'en', 'River', '{TIME}', 5)",
        *(
            "INSERT INTO letter_version (id, campaign_id, language, number, addressees, introduction,"
            " conclusion, warnings, created_at, wording, signatures)"
            f" VALUES ({id_}, 1, 'en', {id_}, '[]', '[]', '[]', '[]', '{TIME}', {id_}, {signed})"
            for id_, signed in ((1, 3), (2, 2))
        ),
        f"INSERT INTO supporter (id, address_hash, created_at) VALUES (1, 'a', '{TIME}')",
        "INSERT INTO signature (id, campaign_id, supporter_id, letter_version_id, state, name, capacity,"
        " visibility, updates, language, signed_at)"
        f" VALUES (1, 1, 1, 1, 'confirmed', 'Ada', 'myself', 'hidden', false, 'en', '{TIME}')",
    )

    schema.upgrade(migrated)

    assert one(migrated, "SELECT shown_earlier_count FROM campaign") == 3
    run(
        migrated,
        f"INSERT INTO affirmation VALUES (1, 2, 'affirm', '{TIME}', 1)",
        "UPDATE signature SET letter_version_id = 2",
        "INSERT INTO campaign_update (id, campaign_id, state, texts, audience, hourly_rate, created_at,"
        f" edited_at, asks_wording) VALUES (1, 1, 'sent', '{{}}', '{{}}', 60, '{TIME}', '{TIME}', 2)",
        "INSERT INTO update_recipient VALUES (1, 1, 1, 'written')",
        "INSERT INTO link_token (token_hash, purpose, signature_id, created_at)"
        f" VALUES ('hash', 'affirm', 1, '{TIME}')",
    )

    schema.downgrade(migrated, "0041")

    assert one(migrated, "SELECT letter_version_id FROM signature") == 1
    for table in ("campaign_update", "update_recipient", "link_token"):
        assert one(migrated, f"SELECT count(*) FROM {table}") == 0, table
