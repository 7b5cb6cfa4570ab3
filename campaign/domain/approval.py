"""A second person: what goes to supporters needs the word of somebody who did not begin it."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

from campaign.domain.roles import Permission
from campaign.errors import ConflictError

# Whoever approves what they began themselves, for want of a second person, can think again for so long.
TIME_TO_THINK = timedelta(hours=1)


class Approvable(StrEnum):
    """What a second person approves."""

    UPDATE = "update"
    QUOTE = "quote"
    SPOT_CHECK = "spot_check"


# What approving each takes in its campaign.
TO_APPROVE: Mapping[Approvable, tuple[Permission, ...]] = {
    Approvable.UPDATE: (Permission.CHANGE,),
    Approvable.QUOTE: (Permission.PEOPLE, Permission.CHANGE),
    Approvable.SPOT_CHECK: (Permission.CHANGE,),
}


def mark_of(*facts: object) -> str:
    """What stands for all that somebody looked at before they approve: of anything else it is another one.

    A number alone may by then be that of something else, which took the place of what was taken back.
    """
    return hashlib.sha256("\n".join(map(repr, facts)).encode(errors="replace")).hexdigest()


def check_seen(seen: str, mark: str) -> None:
    """ConflictError unless it was this that somebody looked at."""
    if not hmac.compare_digest(seen.encode(errors="replace"), mark.encode()):
        raise ConflictError("This has changed in the meantime. Look at it again.")


def is_second_person(organizer_id: int, begun_by: Collection[int | None]) -> bool:
    """Whether somebody is none of those who wrote it or asked for it."""
    return organizer_id not in begun_by
