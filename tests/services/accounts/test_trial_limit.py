"""How many test emails somebody may send themselves, whatever they are of."""

from datetime import timedelta

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.errors import ConflictError
from campaign.services.accounts import organizers, trial_limit
from campaign.store.database import Database
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD


def test_ten_an_hour_and_the_next_when_the_first_is_an_hour_old(database: Database, clock: Clock) -> None:
    with database.transaction() as session:
        person, other = (
            organizers.add(
                session,
                f"{name}@desk.example",
                role=Role.OWNER,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            ).id
            for name in ("one", "two")
        )
        for _ in range(10):
            trial_limit.count(session, person, now=clock())
            clock.forward(minutes=5)
        with pytest.raises(ConflictError, match="within an hour"):
            trial_limit.count(session, person, now=clock())
        trial_limit.count(session, other, now=clock())
        clock.forward(minutes=10, seconds=1)
        trial_limit.count(session, person, now=clock())
        with pytest.raises(ConflictError, match="within an hour"):
            trial_limit.count(session, person, now=clock())
        trial_limit.count(session, person, now=clock() + timedelta(minutes=5))
