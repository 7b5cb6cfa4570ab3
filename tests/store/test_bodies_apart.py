from typing import Any

import pytest
from sqlalchemy import text

from campaign.store import schema
from campaign.store.database import Database

TIME = "2026-03-04 12:00:00+00:00"
INSERT = text(
    "INSERT INTO outbox_email (public_id, kind, state, to_address, language, subject, text, html, created_at,"
    " due_at, attempts) VALUES (:id, 'message', 'queued', 'm@waters.example', 'en', 'The dam', :text, :html,"
    f" '{TIME}', '{TIME}', 0)"
)


@pytest.mark.slow
def test_waiting_emails_keep_their_words_through_the_upgrade_and_back(migrated: Database) -> None:
    schema.downgrade(migrated, "0005")
    rows = [
        {"id": "whole", "text": "Stop.", "html": "<p>Stop.</p>"},
        {"id": "served", "text": "", "html": ""},
    ]
    with migrated.engine.begin() as connection:
        connection.execute(INSERT, rows)

    schema.upgrade(migrated)

    bodies = "SELECT public_id, text, html FROM outbox_body JOIN outbox_email ON email_id = id"
    assert found(migrated, bodies) == [("whole", "Stop.", "<p>Stop.</p>")]
    with migrated.engine.begin() as connection:
        changed = text("UPDATE outbox_body SET text = :text, html = NULL")
        connection.execute(changed, {"text": "A < B\nand C\n\nEnd\n"})

    schema.downgrade(migrated, "0005")

    html = '<p dir="auto">A &lt; B<br>\nand C</p>\n<p dir="auto">End</p>'
    assert found(migrated, "SELECT public_id, text, html FROM outbox_email ORDER BY id") == [
        ("whole", "A < B\nand C\n\nEnd\n", html),
        ("served", "", ""),
    ]


def found(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]
