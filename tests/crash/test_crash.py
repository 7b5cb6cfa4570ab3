"""Workers killed at any instant lose nothing and send nothing twice."""

from pathlib import Path

import pytest

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
