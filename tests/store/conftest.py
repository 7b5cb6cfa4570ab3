"""A database that a test takes down and up again."""

from collections.abc import Iterator

import pytest

from campaign.domain.data_keys import data_keys
from campaign.store import schema
from campaign.store.database import Database


@pytest.fixture
def migrated(database_url: str) -> Iterator[Database]:
    """A database of the newest schema, which others find so again."""
    database = Database(database_url, data_keys=data_keys("k" * 40))
    yield database
    schema.upgrade(database)
    database.close()
