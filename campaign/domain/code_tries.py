"""How long the next code of a second factor waits, after wrong ones."""

from datetime import timedelta

# Of a million codes three are good at a time. With these waits a thief of the password has some fifteen tries
# in the first day and one a day after it: one chance in a thousand in a year.
FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
# From so many wrong ones on, whose login it is hears of it, and the desk says so for as long.
TOLD_AFTER = 5
SHOWN_FOR = timedelta(days=1)


def wait_after(failures: int) -> timedelta:
    """How long after the last of so many wrong codes the next one is looked at."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES, 20)), LONGEST_WAIT)


def is_told(failures: int) -> bool:
    """Whether whose login it is hears of this wrong code: of the fifth, and of each fifth after it."""
    return failures >= TOLD_AFTER and failures % TOLD_AFTER == 0
