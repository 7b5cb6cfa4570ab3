"""Forms that come in together are stored together: one transaction, one flush to disk, for all that wait."""

import threading
import time
from dataclasses import dataclass

from campaign.errors import UnavailableError
from campaign.services.signatures.signing import sign_all
from campaign.services.signatures.submission import Submission
from campaign.store.database import Database
from campaign.store.time_limits import WRITE_SECONDS, ending_at, seconds_left

# Twenty share a flush: with more, the first waits longer than the last gains.
MOST_TOGETHER = 20


@dataclass(eq=False)
class _WaitingForm:
    submission: Submission
    ends_at: float
    is_stored: bool = False
    goes_alone: bool = False
    refusal: UnavailableError | None = None

    @property
    def is_settled(self) -> bool:
        return self.is_stored or self.refusal is not None


class SigningQueue:
    """Takes submissions from the threads of one process; whoever has the turn stores those that wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        self._is_storing = False
        self._waiting: list[_WaitingForm] = []

    def sign(self, submission: Submission) -> None:
        """Store one submission durably, with others if any wait.

        Raises UnavailableError when the database is. After any other failure of a group its members are
        stored one by one, each by its own thread, so that what is wrong with one meets its own sender.
        """
        mine = _WaitingForm(submission, time.monotonic() + seconds_left(WRITE_SECONDS))
        if self._has_turn(mine):
            try:
                while not mine.is_settled:
                    self._store(self._next_group(mine))
            finally:
                with self._changed:
                    self._is_storing = False
                    self._changed.notify_all()
        if mine.refusal is not None:
            raise UnavailableError(mine.refusal.message, **mine.refusal.values) from mine.refusal

    def _has_turn(self, mine: _WaitingForm) -> bool:
        """Wait until it is this one's turn to store, or until another has settled it: then False."""
        with self._changed:
            self._waiting.append(mine)
            while self._is_storing and not mine.is_settled:
                # Whoever has it in a group already ends in time for all of that group.
                seconds = mine.ends_at - time.monotonic() if mine in self._waiting else None
                if seconds is not None and seconds <= 0:
                    self._waiting.remove(mine)
                    mine.refusal = UnavailableError("The database is busy. Please try again in a moment.")
                else:
                    self._changed.wait(seconds)
            if not mine.is_settled:
                self._is_storing = True
            return not mine.is_settled

    def _next_group(self, mine: _WaitingForm) -> list[_WaitingForm]:
        if mine.goes_alone:
            return [mine]
        with self._changed:
            group = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
        return group

    def _store(self, group: list[_WaitingForm]) -> None:
        try:
            # Nobody waits longer because somebody who came later stores for them.
            with ending_at(min(waiting.ends_at for waiting in group)), self._database.writing() as connection:
                sign_all(connection, [waiting.submission for waiting in group])
        except UnavailableError as error:
            for waiting in group:
                waiting.refusal = error
        except Exception:
            if len(group) == 1:
                raise
            # Nothing is swallowed: each goes alone from here, and whose fault it is meets it again.
            for waiting in group:
                waiting.goes_alone = True
        else:
            for waiting in group:
                waiting.is_stored = True
