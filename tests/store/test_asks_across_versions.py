"""Asks of letters from before 0033 are known by the ask at their place in the first version."""

import pytest
from sqlalchemy import text

from campaign.store import schema
from campaign.store.database import Database

TIME = "2026-03-04 12:00:00+00:00"


@pytest.mark.slow
def test_asks_keep_what_they_were_known_by_through_the_upgrade_and_back(migrated: Database) -> None:
    schema.downgrade(migrated, "0032")
    with migrated.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO campaign (id, slug, state, language, title, created_at)"
                f" VALUES (1, 'river', 'open', 'en', 'River', '{TIME}')"
            )
        )
        for id_, language, number in ((1, "en", 1), (2, "en", 2), (3, "ug", 1)):
            connection.execute(
                text(
                    "INSERT INTO letter_version (id, campaign_id, language, number, addressees, introduction,"
                    " conclusion, warnings, created_at)"
                    f" VALUES ({id_}, 1, '{language}', {number}, '[]', '[]', '[]', '[]', '{TIME}')"
                )
            )
            for position in (1, 2):
                connection.execute(
                    text(
                        "INSERT INTO ask (id, letter_version_id, position, text)"
                        f" VALUES ({id_ * 10 + position}, {id_}, {position}, 'Stop.')"
                    )
                )

    schema.upgrade(migrated)

    known_by = "SELECT id, first_id FROM ask ORDER BY id"
    with migrated.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(known_by))]
    assert rows == [(11, None), (12, None), (21, 11), (22, 12), (31, 11), (32, 12)]

    schema.downgrade(migrated, "0032")

    with migrated.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM ask")).scalar_one() == 6
