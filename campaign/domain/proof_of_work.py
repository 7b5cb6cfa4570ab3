"""Proof of work: what a browser calculates unnoticed, and a program pays for each form it sends."""

_DOUBLINGS = 2  # with each point of suspicion
_MOST_POINTS = 3
# Numbers that a browser tries at most, half of them on average, while people write. Our script tries two
# million a second on a desktop, and an old phone perhaps a tenth of that: the easiest takes either
# no time that anybody notices, the hardest a second or ten.
EASIEST = 50_000
HARDEST = EASIEST << _DOUBLINGS * _MOST_POINTS


def difficulty(suspicion: int) -> int:
    """The most numbers to try: four times as many with each point of suspicion, up to the hardest."""
    return EASIEST << _DOUBLINGS * min(suspicion, _MOST_POINTS)
