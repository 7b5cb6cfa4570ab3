"""`campaign purge`: what is due goes now, and it is said how much."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from campaign.domain.data_keys import data_keys
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.retention import WORDS_DAYS, PurgeKind
from campaign.services.retention.purge import ROWS_AT_ONCE
from campaign.settings import load_settings
from campaign.store.database import Database
from campaign.store.tables import OutboxEmail
from tests.queueing import enqueue, stored

Run = Callable[..., Result]
# More than a page and more than two.
OLD = 2 * ROWS_AT_ONCE + 5


@pytest.fixture
def database(migrated: Path) -> Iterator[Database]:
    """Many mails that were accepted long ago, and one of today."""
    opened = Database(f"sqlite:///{migrated}", data_keys=data_keys(load_settings().secret_key))
    now = datetime.now(UTC)
    enqueue(opened, now - timedelta(days=WORDS_DAYS + 1), OLD, kind=EmailKind.ALERT)
    with opened.transaction() as session:
        for email in session.query(OutboxEmail):
            email.state, email.settled_at = OutboxState.ACCEPTED, email.created_at
    enqueue(opened, now)
    yield opened
    opened.close()


def with_words(database: Database) -> int:
    return sum(bool(email.text) for email in stored(database))


def test_a_dry_run_says_what_a_run_deletes_and_changes_nothing(campaign: Run, database: Database) -> None:
    dry = campaign("purge", "--dry-run")
    assert dry.exit_code == 0
    assert dry.output.splitlines()[0] == f"emails: {OLD}"
    assert [line.partition(":")[0] for line in dry.output.splitlines()] == list(PurgeKind)
    assert with_words(database) == OLD + 1
    assert campaign("purge").output == dry.output
    assert with_words(database) == 1
    assert "emails: 0" in campaign("purge").output


def test_what_cannot_be_deleted_is_told_and_the_rest_goes(campaign: Run, database: Database) -> None:
    with database.transaction() as session:
        session.execute(
            text(
                "CREATE TRIGGER stuck BEFORE DELETE ON outbox_body WHEN OLD.email_id = 2"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    told = campaign("purge")
    assert told.exit_code == 1
    assert f"emails: {OLD - 1}\n" in told.stdout
    assert "emails: 1 could not be deleted" in told.stderr
    assert with_words(database) == 2
