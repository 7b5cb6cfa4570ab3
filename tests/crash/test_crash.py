"""Workers killed at any instant lose nothing and send nothing twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from campaign.runtime import Runtime
from campaign.store.tables import Organizer
from tests import make, updating
from tests.crash.harness import survive

pytestmark = pytest.mark.slow


def test_what_killed_workers_leave_behind_is_accepted_once_or_in_doubt(
    database_url: str, tmp_path: Path
) -> None:
    workers = 1 if database_url.startswith("sqlite") else 3

    result = survive(database_url, tmp_path / "instance", messages=360, kills=10, workers=workers)

    assert result.kills >= 10
    assert (result.lost, result.twice, result.ghosts) == (0, 0, 0)
    assert result.accepted + result.in_doubt == result.messages == 360
    # None would mean that not even the first kill, with calls under way, left doubt;
    # more, that kills harm what never left.
    assert 0 < result.in_doubt <= result.kills * 16


def test_an_update_whose_workers_are_killed_reaches_nobody_twice(database_url: str, tmp_path: Path) -> None:
    def approve_one(runtime: Runtime) -> None:
        now = datetime.now(UTC)
        updating.agree(runtime, make.campaign(runtime, now=now), 150, now=now)
        updating.approved(runtime, now=now)
        with runtime.database.transaction() as session:
            # Emails to them about the doubts would be counted with the rest.
            session.execute(update(Organizer).values(gets_alerts=False))

    workers = 1 if database_url.startswith("sqlite") else 3
    result = survive(
        database_url, tmp_path / "instance", messages=150, kills=6, workers=workers, prepare=approve_one
    )

    assert result.kills >= 6
    assert (result.lost, result.twice, result.ghosts) == (0, 0, 0)
    assert result.accepted + result.in_doubt == result.messages == result.readers == 150
