"""How sure a sample makes one of a share: an interval that is rather too wide than too narrow.

Clopper and Pearson's interval ("The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26, 1934) is exact: whatever the true share, at least 95 of 100 such intervals hold it.
A sample drawn without putting back, from a crowd of any size, varies less than the binomial it is made for,
so that there it is too wide still.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95
# So much on either side.
_TAIL = (1 - CONFIDENCE) / 2
# So that the digits which are told are right.
_STEPS = 40


@dataclass(frozen=True)
class ShareInterval:
    """Between which shares the true one lies, in thousandths, rounded outward."""

    lowest: int
    highest: int

    def holds(self, share: float) -> bool:
        """Whether a share lies within."""
        return self.lowest <= share * 1000 <= self.highest


ANYTHING = ShareInterval(0, 1000)


def share_interval(least: int, most: int, number: int) -> ShareInterval:
    """Where the true share lies, of which a sample of `number` shows at least `least` and at most `most`.

    With `least` equal to `most` it is the usual interval. What is unknown of the rest widens it: its lower
    end is that of a sample in which none of them count, its upper end that of one in which all do.
    """
    if not 0 <= least <= most <= number:
        raise ValueError("a part is not more than the whole")
    lowest = _lowest(least, number)
    highest = 1 - _lowest(number - most, number)
    return ShareInterval(math.floor(lowest * 1000), math.ceil(highest * 1000))


@lru_cache(maxsize=4096)
def _lowest(hits: int, number: int) -> float:
    """The smallest share under which so many hits or more are not rarer than the tail allows."""
    if hits == 0:
        return 0.0
    ways = [math.log(math.comb(number, place)) for place in range(hits, number + 1)]
    low, high = 0.0, hits / number
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_least(hits, number, middle, ways) <= _TAIL:
            low = middle
        else:
            high = middle
    return low


def _at_least(hits: int, number: int, share: float, ways: Sequence[float]) -> float:
    """How likely so many hits or more are, of so many, where each has this chance."""
    log_share, log_rest = math.log(share), math.log1p(-share)
    places = range(hits, number + 1)
    return math.fsum(
        math.exp(log_ways + place * log_share + (number - place) * log_rest)
        for place, log_ways in zip(places, ways, strict=True)
    )
