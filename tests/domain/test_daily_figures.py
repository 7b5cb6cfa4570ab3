"""Bands of own words, their median, and cells too small to be told apart."""

import pytest

from campaign.domain.daily_figures import NO_WORDS, OTHER, band_of, median_band, merged, personal


@pytest.mark.parametrize(
    ("score", "band"), [(None, NO_WORDS), (0, "0"), (4, "0"), (5, "5"), (50, "50"), (99, "95"), (100, "95")]
)
def test_every_score_is_in_one_band(score: int | None, band: str) -> None:
    assert band_of(score) == band


def test_messages_without_words_are_neither_personal_nor_in_the_median() -> None:
    bands = {NO_WORDS: 100, "10": 1, "50": 1, "90": 1}
    assert personal(bands) == 2
    assert median_band(bands) == (50, 55)
    assert median_band({NO_WORDS: 3}) is None
    assert median_band({"95": 1}) == (95, 100)


def test_small_cells_are_put_together_and_the_sum_stays() -> None:
    cells = {"FR": 20, "IS": 1, "MT": 4, OTHER: 2}
    assert merged(cells) == {"FR": 20, OTHER: 7}
    assert merged({"FR": 5}) == {"FR": 5}
