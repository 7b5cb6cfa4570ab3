"""What a worker does beside sending: shows that it lives, frees what the dead held, reads what was reported.

Each look is cheap where there is nothing; what may take longer has a transaction of its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from campaign.runtime import Runtime
from campaign.services.digests import composer
from campaign.services.feedback import counters, events
from campaign.services.monitoring import alerts
from campaign.services.officials import pauses
from campaign.services.outbox import delivery, provider_pauses, rate_limits
from campaign.store.database import Session
from campaign.worker.activity import LookUps
from campaign.worker.dispatcher import IDLE_SECONDS, Line

# How long what a supporter erased may live on in the write-ahead log of a quiet site.
FORGETTING_SECONDS = 600.0
HOUSEKEEPING_SECONDS = 5.0
RETURNED_MAIL_SECONDS = 30.0
# Each takes about a tenth of a second, in which this worker sends nothing; others follow at the next look.
DIGESTS_AT_A_TIME = 10

log = logging.getLogger(__name__)


class House:
    """The housekeeping of one worker with its lines."""

    def __init__(
        self,
        runtime: Runtime,
        worker_id: str,
        *,
        lines: Sequence[Line],
        limits: rate_limits.Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._worker_id = worker_id
        self._runtime = runtime
        self._database = runtime.database
        self._clock = clock
        self._lines = lines
        self._alerts = alerts.AlertDesk(
            runtime.renderer, runtime.settings.public_url, limits, runtime.provider_names
        )
        self._look_ups = LookUps(runtime.activity, self._database, clock) if runtime.activity else None
        self._kept_at: float | None = None
        self._read_reports_at = -IDLE_SECONDS
        self._read_returned_mail_at = 0.0
        self._forgets_at = 0.0

    def keep(self) -> None:
        """Look after everything, once in some seconds."""
        last = self._kept_at
        if last is not None and time.monotonic() - last < HOUSEKEEPING_SECONDS:
            return
        now = self._clock()
        with self._database.transaction() as session:
            delivery.heartbeat(session, self._worker_id, now=now)
            freed = delivery.expire_leases(session, now=now)
            rate_limits.forget_full_buckets(session, now=now)
            pauses.end_rests(session, now=now)
            if last is None:
                for line in self._lines:
                    provider_pauses.look_again(session, line.provider, now=now)
            alerts.keep_watch(session, self._alerts, now=now)
            self._count(session)
        self._forget_counts()
        self._compose_digests(now)
        if self._look_ups:
            self._look_ups.go_on()
        self._read_returned_mail(now)
        self._kept_at = time.monotonic()
        if self._kept_at >= self._forgets_at:
            self._database.forget_erased()
            self._forgets_at = self._kept_at + FORGETTING_SECONDS
        if freed.queued or freed.in_doubt:
            log.warning("freed from dead workers: %d queued, %d in doubt", freed.queued, freed.in_doubt)

    def read_reports(self) -> bool:
        """Digest what providers have reported; False when there was nothing, or it was looked for lately."""
        if time.monotonic() - self._read_reports_at < IDLE_SECONDS:
            return False
        with self._database.reading() as session:
            are_waiting = events.are_waiting(session)
        if not are_waiting:
            self._read_reports_at = time.monotonic()
            return False
        with self._database.transaction() as session:
            return events.digest(session, now=self._clock()) > 0

    def leave(self) -> None:
        """Take the worker off the list in good order; it may be called again when that failed."""
        with self._database.transaction() as session:
            delivery.retire(session, self._worker_id)
            self._count(session)
        self._forget_counts()

    def close(self) -> None:
        """Let the threads end."""
        if self._look_ups:
            self._look_ups.close()

    def _compose_digests(self, now: datetime) -> None:
        """Put the messages together that are due in one mail: a transaction for each, and some at a time."""
        with self._database.reading() as session:
            officials = composer.officials_due(session, now=now)
        room = DIGESTS_AT_A_TIME
        for official_id in officials:
            is_more = True
            while is_more and room:
                room -= 1
                with self._database.transaction() as session:
                    is_more = composer.compose(
                        session,
                        official_id,
                        renderer=self._runtime.renderer,
                        public_url=self._runtime.settings.public_url,
                        now=now,
                    )

    def _read_returned_mail(self, now: datetime) -> None:
        """Store what the mailbox of undeliverable mail reports; one out of reach stops nothing else."""
        mailbox = self._runtime.returned_mail
        if mailbox is None or time.monotonic() < self._read_returned_mail_at:
            return
        self._read_returned_mail_at = time.monotonic() + RETURNED_MAIL_SECONDS
        try:
            with mailbox.reports(now=now) as reports:
                if reports:
                    with self._database.transaction() as session:
                        events.store(session, reports, now=now)
        except OSError as error:
            log.warning("the mailbox of returned mail cannot be read: %s", error.strerror)

    def _count(self, session: Session) -> None:
        for line in self._lines:
            counters.add(session, line.tally)

    def _forget_counts(self) -> None:
        """What was counted is durable now."""
        for line in self._lines:
            line.tally.clear()
