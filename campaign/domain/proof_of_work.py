"""Proof of work: what a browser calculates unnoticed, and a program pays for each form it sends."""

# Numbers that a browser tries at most, half of them on average. Our script tries about two million a second
# on a desktop and some hundred thousand on an old phone, where the hardest takes ten seconds, while people
# write.
EASIEST = 50_000
HARDEST = 3_200_000
_STEP = 4


def difficulty(suspicion: int) -> int:
    """The most numbers to try: four times as many with each point of suspicion, up to the hardest."""
    return min(HARDEST, EASIEST * _STEP ** max(0, min(suspicion, 3)))
