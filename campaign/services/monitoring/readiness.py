"""Whether a form that comes in now would be kept, and whether anybody would send its mail."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, column, func, select, table

from campaign.domain.alerts import AlertKind
from campaign.errors import CampaignError
from campaign.services.monitoring import health
from campaign.services.outbox import heartbeat
from campaign.services.outbox.rate_limits import Limits
from campaign.services.statistics import counting
from campaign.store import schema
from campaign.store.database import Database, Session
from campaign.store.statements import inserting
from campaign.store.tables.core import job, provider_pause, worker
from campaign.store.time_limits import ending_at

# Whoever asks more often gets the last answer again: the check writes to the disk.
SECONDS_KEPT = 1.0
# A database that is held for longer keeps no form for now.
PATIENCE_SECONDS = 3.0
# No pause of the program's own lasts longer, and none begins later than now: else a clock has jumped.
LONGEST_PAUSE = timedelta(minutes=65)
CLOCKS_MAY_DIFFER = timedelta(minutes=1)
OK = "ok"

_revision: Select[tuple[str]] = select(column("version_num")).select_from(table("alembic_version"))

_WORDS = {
    AlertKind.NO_WORKER: "Mail is due and no worker was heard of for two minutes.",
    AlertKind.KEY_REFUSED: "The provider refuses the key.",
    AlertKind.QUEUE_LATE: "Mail that could leave has waited for more than 15 minutes.",
}


@dataclass(frozen=True)
class Readiness:
    """What was found, each `ok` or one sentence; `workers` is how many were heard of within a minute.

    `forms_waiting` counts the signing forms that no worker has looked at yet.

    `mail` does not count against being ready: what is wrong with it is told, and forms are kept all the same.
    """

    database: str
    pauses: str = OK
    mail: str = OK
    workers: int = 0
    worker: str = OK
    forms_waiting: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether forms are kept and somebody works on them."""
        return self.database == self.pauses == self.worker == OK


class ReadinessCheck:
    """Checks one installation, and keeps the answer for a moment; for all threads of a process."""

    def __init__(self, database: Database, *, limits: Limits, providers: Sequence[str]) -> None:
        self._database = database
        self._limits = limits
        self._providers = providers
        self._lock = threading.Lock()
        self._last: tuple[float, Readiness] | None = None

    def __call__(self, *, now: datetime) -> Readiness:
        """The state now, or that of a moment ago."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > SECONDS_KEPT:
                with ending_at(time.monotonic() + PATIENCE_SECONDS):
                    found = self._check(now)
                self._last = (time.monotonic(), found)
            return self._last[1]

    def _check(self, now: datetime) -> Readiness:
        try:
            problem = self._schema_problem()
            if problem:
                return Readiness(problem)
            with self._database.transaction() as session:
                # Nothing less than a write tells whether writing is possible.
                written = inserting(session, job).values(name="readiness", next_at=now)
                session.execute(written.on_conflict_do_update(index_elements=["name"], set_={"next_at": now}))
            with self._database.reading() as session:
                look = health.check(session, limits=self._limits, providers=self._providers, now=now)
                return Readiness(
                    OK,
                    pauses=_pauses(session, now),
                    mail=next((words for kind, words in _WORDS.items() if look.has(kind)), OK),
                    workers=heartbeat.workers_alive(session, now=now),
                    forms_waiting=counting.waiting_forms(session).number,
                    worker=_worker(session, now, is_missed=look.has(AlertKind.NO_WORKER)),
                )
        except CampaignError as error:
            return Readiness(error.sentence)

    def _schema_problem(self) -> str:
        """What is wrong with the file and its schema, by two cheap looks; the whole check has the words."""
        if not self._database.has_its_file:
            return "The database file is gone, or another is in its place. Put it back, or start this anew."
        row = self._database.peek(_revision)
        if row is None or row[0] != schema.head_revision():
            schema.check(self._database)
        return ""


def _worker(session: Session, now: datetime, *, is_missed: bool) -> str:
    """A web may stand alone until there is mail; a worker that was there and fell silent is missed."""
    if is_missed:
        return _WORDS[AlertKind.NO_WORKER]
    last_seen = session.scalar(select(func.max(worker.c.seen_at)))
    if last_seen is not None and last_seen <= now - heartbeat.SILENT_AFTER:
        return "No worker was heard of for a minute."
    return OK


def _pauses(session: Session, now: datetime) -> str:
    for row in session.execute(select(provider_pause.c.paused_at, provider_pause.c.resumes_at)):
        if row.paused_at > now + CLOCKS_MAY_DIFFER:
            return "A pause of a provider begins in the future: a clock has jumped."
        if row.resumes_at is not None and row.resumes_at > now + LONGEST_PAUSE:
            return "A provider is paused for longer than an hour."
    return OK
