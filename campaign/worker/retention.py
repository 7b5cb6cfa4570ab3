"""What is deleted in time: a run over every kind, a transaction for each batch, and the worker's own pace."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from campaign.domain.actor import WORKER, Actor
from campaign.services.installation import jobs
from campaign.services.retention import purge as rows
from campaign.services.retention.purge import Cursor, DuePage, Purge
from campaign.services.retention.purges import all_purges
from campaign.store.database import Database

JOB = "retention"
EVERY = timedelta(hours=1)
# Of every few seconds, the most that goes into it while email waits to be sent.
SECONDS_AT_A_TIME = 0.3

log = logging.getLogger(__name__)


class RetentionRun:
    """One run; `deleted` and `failed` count by kind. A dry run changes nothing and counts alike."""

    def __init__(
        self,
        database: Database,
        purges: Sequence[Purge],
        *,
        actor: Actor,
        now: datetime,
        dry_run: bool = False,
    ) -> None:
        self.deleted = Counter({purge.kind: 0 for purge in purges})
        self.failed = Counter({purge.kind: 0 for purge in purges})
        self._database = database
        self._left = list(purges)
        self._actor = actor
        self._now = now
        self._dry_run = dry_run
        self._after: Cursor | None = None

    def step(self) -> bool:
        """Look at one page of rows and delete those that are due; False when all is done."""
        if not self._left:
            return False
        purge = self._left[0]
        with self._database.reading() as session:
            page = purge.due(session, self._after, self._now)
        failed = 0 if self._dry_run else self._carry_out(purge, page)
        self.failed[purge.kind] += failed
        self.deleted[purge.kind] += len(page.ids) - failed
        self._after = page.next
        if page.next is None:
            self._left.pop(0)
        return bool(self._left)

    def record(self) -> None:
        """Enter what was deleted into the audit log, unless that is nothing."""
        if not self._dry_run:
            with self._database.transaction() as session:
                rows.record(session, self.deleted, self.failed, actor=self._actor, now=self._now)

    def _carry_out(self, purge: Purge, page: DuePage) -> int:
        """Delete the rows of a page, and after the last write down that none is left; how many failed."""
        is_last = page.next is None
        if not (page.ids or is_last):
            return 0
        with self._database.transaction() as session:
            rows.begin(session, purge, now=self._now)
            failed = rows.delete_each(session, purge, page.ids, now=self._now) if page.ids else 0
            if is_last and not (failed or self.failed[purge.kind]):
                rows.finish(session, purge, now=self._now)
        return failed


class RetentionJob:
    """What a worker does of it: a run an hour, whichever worker is first, a little at a time."""

    def __init__(self, database: Database, outbox: Path, prepared_folder: Path) -> None:
        self._database = database
        self._purges = all_purges(outbox=outbox, prepared_folder=prepared_folder)
        self._run: RetentionRun | None = None

    def go_on(self, now: datetime) -> None:
        """Begin a run when one is due, and do some of the one that is under way."""
        if self._run is None and self._is_claimed(now):
            self._run = RetentionRun(self._database, self._purges, actor=WORKER, now=now)
        until = time.monotonic() + SECONDS_AT_A_TIME
        while self._run is not None and time.monotonic() < until:
            if not self._run.step():
                self.stop()

    def stop(self) -> None:
        """End the run that is under way, and write down what it has done; the next one does the rest."""
        run = self._run
        if run is None:
            return
        run.record()
        self._run = None
        deleted = ", ".join(f"{number} {kind}" for kind, number in run.deleted.items() if number)
        if deleted:
            log.info("deleted in time: %s", deleted)

    def _is_claimed(self, now: datetime) -> bool:
        with self._database.reading() as session:
            if not jobs.is_due(session, JOB, now=now):
                return False
        with self._database.transaction() as session:
            return jobs.claim(session, JOB, every=EVERY, now=now)
