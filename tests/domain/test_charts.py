"""Bars stand on one scale, which ends at a number people can read."""

import pytest

from campaign.domain.charts import HEIGHT, bars, round_above


@pytest.mark.parametrize(
    ("number", "top"), [(0, 4), (4, 4), (5, 6), (9, 10), (11, 20), (2060, 3000), (3001, 4000), (81, 100)]
)
def test_a_scale_ends_at_a_round_number_with_a_whole_half(number: int, top: int) -> None:
    assert round_above(number) == top
    assert top % 2 == 0


def test_what_is_there_at_all_is_seen_and_nothing_is_not_drawn() -> None:
    drawn = bars([0, 1, 100_000])
    assert [bar.height for bar in drawn.bars] == [0, 1, HEIGHT]
    assert [bar.y for bar in drawn.bars] == [HEIGHT, HEIGHT - 1, 0]


def test_two_rows_of_bars_may_share_a_scale() -> None:
    assert bars([10], top=100).bars[0].height == 10
