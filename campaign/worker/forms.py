"""Settles the signing forms that were kept, and writes out those that were confirmed."""

import time
from collections.abc import Callable
from datetime import datetime

from campaign.runtime import Runtime
from campaign.services.signatures import settling, writing_out
from campaign.worker.dispatcher import IDLE_SECONDS


class FormsWorker:
    """What one worker does for forms: a round of each kind at a time, with sending in between."""

    def __init__(self, runtime: Runtime, clock: Callable[[], datetime]) -> None:
        self._database = runtime.database
        self._context = runtime.mail_context
        self._holds_rushes = runtime.settings.safety.proof_of_work == "auto"
        self._clock = clock
        self._looked_at = -IDLE_SECONDS

    def step(self) -> bool:
        """Do a round; False when nothing waits or waited a moment ago."""
        if time.monotonic() - self._looked_at < IDLE_SECONDS:
            return False
        now = self._clock()
        with self._database.reading() as session:
            are_new = settling.are_waiting(session, now=now)
            are_confirmed = writing_out.are_waiting(session)
        number = 0
        if are_new:
            with self._database.transaction() as session:
                number += settling.settle(
                    session, context=self._context, holds_rushes=self._holds_rushes, now=now
                )
        if are_confirmed:
            with self._database.transaction() as session:
                number += writing_out.write_out(session, context=self._context, now=now)
        if not number:
            self._looked_at = time.monotonic()
        return number > 0
