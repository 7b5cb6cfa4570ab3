"""Columns of supporter lists and the presets that rename them."""

import pytest

from campaign.domain.export_columns import COLUMNS, PRESETS, headers
from campaign.domain.names import split_name


def test_without_a_preset_the_columns_have_our_names_in_our_order() -> None:
    assert tuple(headers(None).values()) == COLUMNS


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_renames_and_reorders_and_leaves_nothing_out(preset: str) -> None:
    renamed = headers(preset)
    assert set(renamed) == set(COLUMNS)
    assert len(set(renamed.values())) == len(COLUMNS)
    assert tuple(renamed.values())[: len(PRESETS[preset])] == tuple(PRESETS[preset].values())


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("Rana Idris", ("Rana", "Idris")),
        ("Ana María de la Cruz", ("Ana María de la", "Cruz")),
        ("Dolma", ("Dolma", "")),
        ("王小明", ("王小明", "")),
    ],
)
def test_a_name_is_split_before_its_last_word_and_a_single_word_stays_whole(
    name: str, guess: tuple[str, str]
) -> None:
    assert split_name(name) == guess
