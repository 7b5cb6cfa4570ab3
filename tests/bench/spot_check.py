"""How often what a spot check states is true, where the truth is known: a simulation of whole spot checks.

Each draws by the rules of the product from a log with entries of people who left, and counts who answers.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.domain.drawing import drawn, seed_of
from campaign.domain.spot_check import PickState, SpotCheckResult

SIGNED, LEFT = 2_000, 100
DRAWN = 200
FAKES = (0.0, 0.05, 0.1, 0.2)
# How likely who signed, and who never did, answers at all; the others keep silent.
SILENCE = {
    "alike": (0.6, 0.6),
    "fakes-silent": (0.6, 0.0),
    "fakes-eager": (0.4, 0.95),
}
RUNS = 500
# Sealed, on paper, bounced: so many of those drawn nobody can ask.
CANNOT_BE_ASKED = 0.08


@dataclass(frozen=True)
class Coverage:
    """In which part of the spot checks each of the two intervals held the truth."""

    whatever_silence_means: float
    if_silence_is_like_answers: float


def figures() -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of each figure: how many of 100 intervals hold the truth.

    At least 95 is promised; of the narrower interval only where silence is alike.
    """
    chance = random.Random(2026)
    for silence in SILENCE:
        for fakes in FAKES:
            found = coverage(fakes, silence, runs=RUNS, chance=chance)
            name = f"spot_check.{silence}.{fakes:.0%}".replace("%", "-fakes")
            yield f"{name}.covered", 100 * found.whatever_silence_means, "%"
            yield f"{name}.covered-if-silence-is-like-answers", 100 * found.if_silence_is_like_answers, "%"


def coverage(fakes: float, silence: str, *, runs: int, chance: random.Random) -> Coverage:
    """Make so many spot checks of a log in which this share of what counts was signed by nobody."""
    held = [_held(fakes, silence, chance) for _ in range(runs)]
    return Coverage(*(sum(one[place] for one in held) / runs for place in (0, 1)))


def _held(fakes: float, silence: str, chance: random.Random) -> tuple[bool, bool]:
    size = SIGNED + 2 * LEFT
    places = chance.sample(range(size), SIGNED + LEFT)
    gone, standing = set(places[:LEFT]), places[LEFT:]
    fake = set(standing[: round(fakes * SIGNED)])
    seed = seed_of(slug="a-letter", size=size, root=chance.randbytes(32), value=chance.randbytes(32).hex())
    signed = gone | set(standing)
    picks: dict[PickState, int] = dict.fromkeys(PickState, 0)
    yes = no = 0
    for place in drawn(seed, size, DRAWN, signed.intersection):
        answers = SILENCE[silence][place in fake]
        if place in gone:
            picks[PickState.LEFT] += 1
        elif chance.random() < CANNOT_BE_ASKED:
            picks[PickState.NO_ADDRESS] += 1
        elif chance.random() < answers:
            picks[PickState.ANSWERED] += 1
            yes, no = yes + (place not in fake), no + (place in fake)
        else:
            picks[PickState.ASKED] += 1
    result = SpotCheckResult.of(picks, yes=yes, no=no)
    truth = 1 - len(fake) / SIGNED
    return result.whatever_silence_means.holds(truth), result.if_silence_is_like_answers.holds(truth)
