"""A campaign's one colour: what an organizer chose, and the shades of it that can be read by everybody."""

import re
from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import lru_cache

from campaign.errors import RefusedError

DEFAULT_ACCENT = "#0f5257"
# What the desk offers by name; each can be read as it is, in light and dark.
PALETTE: Mapping[str, str] = {
    "spruce": DEFAULT_ACCENT,
    "ocean": "#1f5a96",
    "indigo": "#4a3f94",
    "plum": "#7a2f6b",
    "brick": "#9c2f24",
    "umber": "#7a4a12",
    "moss": "#3f6212",
    "slate": "#44505c",
}

# The style sheet's own grounds, light and dark: paper, and what cards and fields lie on.
LIGHT_PAPER, LIGHT_SURFACE = "#faf8f3", "#fffefb"
DARK_PAPER, DARK_SURFACE = "#15191b", "#1c2123"
# WCAG 2.2, success criterion 1.4.3, asks for this between words and what lies behind them.
AA = 4.5
# How much of the accent colours the ground of a notice.
SOFT_LIGHT, SOFT_DARK = 0.09, 0.16
_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})")


@dataclass(frozen=True)
class Shades:
    """An accent on one ground: the colour of links and buttons, of words on it, and of notices."""

    accent: str
    ink: str
    soft: str


@dataclass(frozen=True)
class Accent:
    """A chosen colour and its shades in light and dark.

    `as_chosen` when the light page shows the very colour that was chosen.
    """

    chosen: str
    light: Shades
    dark: Shades

    @property
    def as_chosen(self) -> bool:
        """Whether it could be read as it is."""
        return self.light.accent == self.chosen


def clean_colour(text: str) -> str:
    """The colour as `#rrggbb`; RefusedError for what is not three or six hexadecimal digits."""
    colour = text.strip().lower()
    if not _HEX.fullmatch(colour):
        raise RefusedError("Write a colour as # and six digits or letters from a to f, like #1f5a96.")
    digits = colour.removeprefix("#")
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


@lru_cache(maxsize=256)
def accent_of(colour: str) -> Accent:
    """The shades of a colour, moved toward ink or light no further than reading needs."""
    return Accent(
        chosen=colour,
        light=_shades(colour, LIGHT_PAPER, LIGHT_SURFACE, SOFT_LIGHT, darker=True),
        dark=_shades(colour, DARK_PAPER, DARK_SURFACE, SOFT_DARK, darker=False),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def style_of(colour: str) -> str:
    """The tokens of a campaign's colour as a style sheet, to stand after the common one."""
    accent = accent_of(colour)
    return (
        f"@layer tokens{{:root{{{_tokens(accent.light)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{_tokens(accent.dark)}}}}}}}"
    )


def _tokens(shades: Shades) -> str:
    return f"--accent:{shades.accent};--accent-ink:{shades.ink};--accent-soft:{shades.soft}"


def _shades(colour: str, paper: str, surface: str, softness: float, *, darker: bool) -> Shades:
    """The nearest shade that can be read on the paper, on a card and on its own soft ground."""
    accent = colour
    for _ in range(100):
        soft = _mixed(paper, accent, softness)
        if all(contrast(accent, ground) >= AA for ground in (paper, surface, soft)):
            break
        accent = _moved(accent, -0.01 if darker else 0.01)
    ink = max(("#ffffff", DARK_PAPER), key=lambda words: contrast(words, accent))
    return Shades(accent, ink, _mixed(paper, accent, softness))


def _moved(colour: str, by: float) -> str:
    hue, lightness, saturation = rgb_to_hls(*_parts(colour))
    return _hex(hls_to_rgb(hue, min(max(lightness + by, 0.0), 1.0), saturation))


def _mixed(ground: str, colour: str, share: float) -> str:
    pairs = zip(_parts(ground), _parts(colour), strict=True)
    return _hex(tuple(under * (1 - share) + over * share for under, over in pairs))


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it for sRGB."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
