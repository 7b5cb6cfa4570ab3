"""Forms that come in together are kept together: one transaction, one flush to disk, for all that wait."""

import threading
import time
from dataclasses import dataclass, field

from campaign.errors import UnavailableError
from campaign.services.signatures import kept_forms
from campaign.services.signatures.kept_forms import NewForm
from campaign.store.database import Database
from campaign.store.time_limits import WRITE_SECONDS, ending_at, seconds_left

# Sixty-four share a flush: a row more costs a hundredth of it.
MOST_TOGETHER = 64


@dataclass(eq=False)
class _Waiting:
    """A form whose sender waits; `called` is set when it is kept or refused, and when its turn has come."""

    form: NewForm
    ends_at: float
    called: threading.Event = field(default_factory=threading.Event)
    has_turn: bool = False
    is_done: bool = False
    error: Exception | None = None


class FormQueue:
    """Takes forms from the threads of one process; whoever has the turn stores those that wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._is_storing = False
        self._waiting: list[_Waiting] = []

    def keep(self, form: NewForm) -> None:
        """Store one form durably, with others if any wait.

        Raises UnavailableError when the database is. After any other failure of a group its members are
        stored one by one, so that what is wrong with one meets its own sender.
        """
        mine = _Waiting(form, time.monotonic() + seconds_left(WRITE_SECONDS))
        with self._lock:
            self._waiting.append(mine)
            mine.has_turn = not self._is_storing
            self._is_storing = True
        if not mine.has_turn:
            self._wait(mine)
        if mine.has_turn:
            try:
                while not mine.is_done:
                    self._store_next()
            finally:
                self._pass_turn()
        if isinstance(mine.error, UnavailableError):
            raise UnavailableError(mine.error.message, **mine.error.values) from mine.error
        if mine.error is not None:
            raise mine.error

    def _wait(self, mine: _Waiting) -> None:
        if mine.called.wait(max(0.0, mine.ends_at - time.monotonic())):
            return
        with self._lock:
            if mine in self._waiting and not mine.has_turn:
                self._waiting.remove(mine)
                mine.error = UnavailableError("The database is busy. Please try again in a moment.")
                return
        # Whoever has it in a group ends in time for all of that group.
        mine.called.wait()

    def _store_next(self) -> None:
        with self._lock:
            group = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
        error = self._stored(group)
        if error is not None and not isinstance(error, UnavailableError) and len(group) > 1:
            for waiting in group:
                waiting.error = self._stored([waiting])
        else:
            for waiting in group:
                waiting.error = error
        for waiting in group:
            waiting.is_done = True
            waiting.called.set()

    def _stored(self, group: list[_Waiting]) -> Exception | None:
        """Store a group; what went wrong, or None."""
        try:
            # Nobody waits longer because somebody who came later stores for them.
            ends_at = min(waiting.ends_at for waiting in group)
            with ending_at(ends_at), self._database.writing() as transaction:
                kept_forms.store(transaction, [waiting.form for waiting in group])
        except Exception as error:  # noqa: BLE001 (raised again in the thread of each whose form it is)
            return error
        return None

    def _pass_turn(self) -> None:
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._is_storing = following is not None
            if following:
                following.has_turn = True
                following.called.set()
