"""How hard a proof of work is."""

import pytest

from campaign.domain.proof_of_work import EASIEST, HARDEST, difficulty


@pytest.mark.parametrize(
    ("suspicion", "most"),
    [(0, EASIEST), (1, 200_000), (2, 800_000), (3, 3_200_000), (99, HARDEST)],
)
def test_each_suspicion_makes_it_four_times_as_hard_up_to_what_an_old_phone_can_bear(
    suspicion: int, most: int
) -> None:
    assert difficulty(suspicion) == most
