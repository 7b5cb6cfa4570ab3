"""Forms that come in together are stored together: one transaction, one flush to disk, for all that wait."""

import threading
from dataclasses import dataclass

from campaign.errors import UnavailableError
from campaign.services.signatures.signing import sign_all
from campaign.services.signatures.submission import Submission
from campaign.store.database import Database

# Twenty share a flush: with more, the first waits longer than the last gains.
MOST_TOGETHER = 20


@dataclass
class _WaitingForm:
    submission: Submission
    is_stored: bool = False
    goes_alone: bool = False
    refusal: UnavailableError | None = None


class SigningQueue:
    """Takes submissions from the threads of one process; whoever has the turn stores those that wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_WaitingForm] = []

    def sign(self, submission: Submission) -> None:
        """Store one submission durably, with others if any wait.

        Raises UnavailableError when the database is. After any other failure of a group its members are
        stored one by one, each by its own thread, so that what is wrong with one meets its own sender.
        """
        mine = _WaitingForm(submission)
        with self._lock:
            self._waiting.append(mine)
        with self._turn:
            while not mine.is_stored and mine.refusal is None:
                self._store(self._next_group(mine))
        if mine.refusal is not None:
            raise UnavailableError(mine.refusal.message, **mine.refusal.values) from mine.refusal

    def _next_group(self, mine: _WaitingForm) -> list[_WaitingForm]:
        if mine.goes_alone:
            return [mine]
        with self._lock:
            group = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
        return group

    def _store(self, group: list[_WaitingForm]) -> None:
        try:
            with self._database.writing() as connection:
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
