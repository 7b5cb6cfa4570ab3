from itertools import product
from pathlib import Path

import pytest

from campaign.domain.colour import (
    AA,
    DARK_PAPER,
    DARK_SURFACE,
    LIGHT_PAPER,
    LIGHT_SURFACE,
    PALETTE,
    accent_of,
    clean_colour,
    contrast,
    style_of,
)
from campaign.errors import RefusedError

ANY = ["#" + "".join(parts) for parts in product(("00", "55", "aa", "ff"), repeat=3)]
SITE_CSS = Path(__file__).parents[2] / "static" / "css" / "site.css"


def test_contrast_is_what_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#1f5a96", "#1f5a96") == 1


@pytest.mark.parametrize("colour", ANY)
def test_whatever_is_chosen_can_be_read_in_light_and_dark(colour: str) -> None:
    accent = accent_of(colour)
    for shades, grounds in (
        (accent.light, (LIGHT_PAPER, LIGHT_SURFACE)),
        (accent.dark, (DARK_PAPER, DARK_SURFACE)),
    ):
        for ground in (*grounds, shades.soft):
            assert contrast(shades.accent, ground) >= AA
        assert contrast(shades.ink, shades.accent) >= AA


def test_colours_that_can_be_read_stay_as_they_are_and_others_move_no_further_than_needed() -> None:
    assert all(accent_of(colour).as_chosen for colour in PALETTE.values())
    yellow = accent_of("#ffd400")
    assert not yellow.as_chosen
    assert contrast(yellow.light.accent, LIGHT_PAPER) < AA + 1


def test_a_colour_is_written_in_three_or_six_digits() -> None:
    assert clean_colour(" #1F5A96 ") == "#1f5a96"
    assert clean_colour("abc") == "#aabbcc"
    for text in ("", "red", "#12345", "#1f5a96;}", "rgb(1,2,3)", "#gggggg", "٣٣٣"):
        with pytest.raises(RefusedError, match="six digits"):
            clean_colour(text)


def test_the_rule_knows_the_grounds_that_the_style_sheet_has() -> None:
    tokens = SITE_CSS.read_text(encoding="utf-8")
    light, dark = tokens.split("prefers-color-scheme: dark")[:2]
    assert f"--paper: {LIGHT_PAPER};" in light
    assert f"--surface: {LIGHT_SURFACE};" in light
    assert f"--paper: {DARK_PAPER};" in dark
    assert f"--surface: {DARK_SURFACE};" in dark
    assert style_of("#1f5a96").startswith("@layer tokens{:root{--accent:#1f5a96;--accent-ink:#ffffff;")
