"""Where the bars of a chart stand: numbers for an SVG, and a scale that people can read."""

from collections.abc import Sequence
from dataclasses import dataclass

# A bar and the gap behind it, and the height of the whole, in units of the drawing.
STEP = 10
GAP = 2
HEIGHT = 100
# What is there at all is seen.
LEAST = 1.0


@dataclass(frozen=True)
class Bar:
    """One bar; `x` from the first bar's side, whichever side that is, and `y` from the top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bars:
    """The bars of one row of numbers, in a drawing `width` wide and HEIGHT high."""

    bars: tuple[Bar, ...]
    width: int
    top: int


def bars(numbers: Sequence[int], *, top: int | None = None) -> Bars:
    """A bar for each number; `top` is what the height stands for, a round number unless it is given."""
    top = top or round_above(max(numbers, default=0))
    drawn = []
    for place, number in enumerate(numbers):
        height = min(HEIGHT, max(LEAST, number / top * HEIGHT)) if number > 0 else 0.0
        drawn.append(Bar(place * STEP, round(HEIGHT - height, 2), STEP - GAP, round(height, 2)))
    return Bars(tuple(drawn), max(STEP, len(numbers) * STEP), top)


def round_above(number: int) -> int:
    """The next round number that is not below, and whose half is one too; at least 4."""
    power = 1
    while True:
        for first in (2, 3, 4, 5, 6, 8, 10):
            top = first * power
            if top >= max(4, number) and top % 2 == 0:
                return top
        power *= 10
