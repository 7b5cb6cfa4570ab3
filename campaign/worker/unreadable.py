"""The jobs of a worker, each by itself: one that cannot read something keeps no other from being done.

What cannot be read in a queue is taken out of it by whoever takes from that queue; this is for the rest.
"""

import logging
import time
from collections.abc import Callable

from campaign.store.data_cipher import UnreadableError

# A job that came upon something it cannot read rests so long: it may come upon it again.
REST_SECONDS = 5.0

log = logging.getLogger(__name__)


class Apart:
    """A job whose errors of this kind are told and stay its own; called, it says whether it found work."""

    def __init__(self, job: Callable[..., object]) -> None:
        self._job = job
        self._rests_until = 0.0

    def __call__(self, *args: object, **kwargs: object) -> bool:
        if time.monotonic() < self._rests_until:
            return False
        try:
            return bool(self._job(*args, **kwargs))
        except UnreadableError as error:
            log.error("a job is left out this time: %s", error)
            self._rests_until = time.monotonic() + REST_SECONDS
            return False
