"""A second person: what goes to supporters needs the word of somebody who did not begin it."""

from collections.abc import Collection
from datetime import timedelta

# Whoever approves what they began themselves, for want of a second person, can think again for so long.
TIME_TO_THINK = timedelta(hours=1)


def is_second_person(organizer_id: int, begun_by: Collection[int | None]) -> bool:
    """Whether somebody is none of those who wrote it or asked for it."""
    return organizer_id not in begun_by
