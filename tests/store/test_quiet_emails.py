"""Emails that wait while a site is upgraded: which of them tell what a quiet campaign is about is known."""

import pytest
from sqlalchemy import select

from campaign.services.outbox.withdrawn import tells
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables.core import outbox_email, removal

EARLY, QUIET, LATE = (f"2026-03-0{day} 12:00:00" for day in (3, 4, 5))


@pytest.mark.slow
def test_what_a_quiet_campaign_has_written_is_known_to_tell_nothing(migrated: Database) -> None:
    schema.downgrade(migrated, "0046")
    columns = (
        "id, public_id, kind, state, campaign_id, to_address, to_hash, language, subject, created_at, due_at"
    )
    emails = (
        (1, "quiet", 1, "'a'", LATE),
        (2, "from-before", 1, "'a'", EARLY),
        (3, "of-another", 2, "'a'", LATE),
        (4, "to-an-office", 1, "NULL", EARLY),
    )
    try:
        with migrated.engine.begin() as connection:
            for id_, slug, quiet_at in ((1, "ondra", f"'{QUIET}'"), (2, "weir", "NULL")):
                connection.exec_driver_sql(
                    "INSERT INTO campaign (id, slug, state, language, title, created_at, quiet_at)"
                    f" VALUES ({id_}, '{slug}', 'open', 'en', 'A letter', '{EARLY}', {quiet_at})"
                )
            for id_, public_id, campaign_id, to_hash, at in emails:
                connection.exec_driver_sql(
                    f"INSERT INTO outbox_email ({columns}) VALUES ({id_}, '{public_id}', 'thanks', 'queued',"
                    f" {campaign_id}, '', {to_hash}, 'en', '', '{at}', '{at}')"
                )
        for _ in range(2):
            schema.upgrade(migrated)
            with migrated.reading() as session:
                quiet = select(outbox_email.c.id).where(outbox_email.c.is_quiet)
                assert session.scalars(quiet).all() == [1]
                assert session.scalars(select(outbox_email.c.id).where(tells())).all() == [2]
                assert session.execute(select(removal.c.is_for_reports)).all() == []
            schema.downgrade(migrated, "0046")
    finally:
        schema.upgrade(migrated)
        with migrated.engine.begin() as connection:
            for table in ("outbox_email", "campaign"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
