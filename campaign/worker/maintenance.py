"""What a worker does beside sending: heartbeat, leases of dead workers, reports, digests, alerts, retention.

Each job is cheap where there is nothing to do; one that may take longer has a transaction of its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from campaign.domain.actor import WORKER
from campaign.mail.dns_lookup import DnsTexts
from campaign.runtime import Runtime
from campaign.services.accounts import recovery
from campaign.services.campaigns import progress, shown_counts, wordings
from campaign.services.digests import composer
from campaign.services.doctor import report
from campaign.services.doctor.examining import Examined
from campaign.services.feedback import counters, events
from campaign.services.imports import entering
from campaign.services.installation import encryption
from campaign.services.installation import publisher as publishers
from campaign.services.moderation import invalidation, trends
from campaign.services.monitoring import alerts, clock_jumps
from campaign.services.officials import pauses
from campaign.services.opening import schedule
from campaign.services.opening.checklist import Premises
from campaign.services.outbox import delivery, heartbeat, provider_pauses, rate_limits
from campaign.services.signatures import network_salts
from campaign.services.statistics import folding
from campaign.services.transparency import appending
from campaign.store.clock import utc_now
from campaign.store.data_cipher import UnreadableError
from campaign.store.database import Session
from campaign.worker import spot_checks, updates
from campaign.worker.activity import LookupThread
from campaign.worker.dispatcher import IDLE_SECONDS, Dispatcher
from campaign.worker.retention import RetentionJob
from campaign.worker.unreadable import Apart

# How long what a supporter erased may live on in the write-ahead log of a quiet site.
CHECKPOINT_SECONDS = 600.0
MAINTENANCE_SECONDS = 5.0
CLOCK_SECONDS = 20.0
RETURNED_MAIL_SECONDS = 30.0
# Each takes about a tenth of a second, in which this worker sends nothing; the rest follow the next time.
DIGESTS_AT_A_TIME = 10
# Two thirds of a second together: what is left of a new key, or of an upgrade, follows the next time.
ENCRYPTIONS_AT_A_TIME = 10
# About half a second together: three thousand signatures each time.
BATCHES_AT_A_TIME = 10

log = logging.getLogger(__name__)


class Maintenance:
    """The periodic jobs of one worker."""

    def __init__(
        self,
        runtime: Runtime,
        worker_id: str,
        *,
        dispatchers: Sequence[Dispatcher],
        limits: rate_limits.Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._worker_id = worker_id
        self._runtime = runtime
        self._database = runtime.database
        self._clock = clock
        self._dispatchers = dispatchers
        self._alerts = alerts.AlertContext(
            runtime.renderer, runtime.settings.web.public_url, limits, runtime.provider_names
        )
        self._activity_lookup = (
            LookupThread(runtime.activity, self._database, clock) if runtime.activity else None
        )
        self._retention = RetentionJob(
            self._database, runtime.settings.outbox_folder, runtime.settings.prepared_folder
        )
        # One that cannot read something keeps none of the others from being done.
        self._jobs = [
            Apart(job)
            for job in (
                *(self._show_counts, self._open_campaigns, self._compose_digests, self._answer_forgotten),
                *(self._carry_on_invalidation, self._send_updates, self._ask_for_spot_checks),
                *(self._carry_on_import, self._encrypt, self._look_for_rushes, self._add_up_figures),
                *(self._count_wordings, self._read_returned_mail, self._examine),
            )
        ]
        self._ran_at: float | None = None
        self._events_checked_at = -IDLE_SECONDS
        self._mailbox_due_at = 0.0
        self._checkpoint_due_at = 0.0
        self._clock_due_at = 0.0

    def run_if_due(self) -> None:
        """Do every job, unless that was done less than MAINTENANCE_SECONDS ago."""
        last = self._ran_at
        if last is not None and time.monotonic() - last < MAINTENANCE_SECONDS:
            return
        now = self._clock()
        self._bring_back(now)
        with self._database.transaction() as session:
            heartbeat.record(session, self._worker_id, now=now)
            freed = delivery.expire_leases(session, now=now)
            rate_limits.delete_full_buckets(session, now=now)
            network_salts.delete_old(session, now=now)
            pauses.end_pauses(session, now=now)
            if last is None:
                for dispatcher in self._dispatchers:
                    provider_pauses.probe_now(session, dispatcher.provider, now=now)
            alerts.check_and_notify(session, self._alerts, now=now)
            self._store_counters(session)
        self._clear_counters()
        for job in self._jobs:
            job(now)
        if self._activity_lookup:
            self._activity_lookup.start_next()
        self._ran_at = time.monotonic()
        if self._ran_at >= self._checkpoint_due_at:
            self._database.truncate_wal()
            self._checkpoint_due_at = self._ran_at + CHECKPOINT_SECONDS
        if freed.queued or freed.in_doubt:
            log.warning("freed from dead workers: %d queued, %d in doubt", freed.queued, freed.in_doubt)
        self._retention.go_on(now)

    def process_events(self) -> bool:
        """Apply what providers have reported; False when nothing waits or waited a moment ago."""
        if time.monotonic() - self._events_checked_at < IDLE_SECONDS:
            return False
        with self._database.reading() as session:
            are_waiting = events.are_waiting(session)
        if not are_waiting:
            self._events_checked_at = time.monotonic()
            return False
        with self._database.transaction() as session:
            return events.process(session, now=self._clock()) > 0

    def deregister(self) -> None:
        """Take the worker off the list in good order; it may be called again when that failed."""
        self._retention.stop()
        with self._database.transaction() as session:
            heartbeat.retire(session, self._worker_id)
            self._store_counters(session)
        self._clear_counters()

    def close(self) -> None:
        """Let the threads end."""
        if self._activity_lookup:
            self._activity_lookup.close()

    def _bring_back(self, now: datetime) -> None:
        """Let nothing wait for a time that only a wrong clock can have written down."""
        if time.monotonic() < self._clock_due_at:
            return
        with self._database.transaction() as session:
            changed = clock_jumps.bring_back(session, now=now)
        self._clock_due_at = time.monotonic() + CLOCK_SECONDS
        if changed:
            columns = ", ".join(f"{number} {column}" for column, number in sorted(changed.items()))
            log.warning("a clock was ahead; times brought back: %s", columns)

    def _show_counts(self, now: datetime) -> None:
        """Let pages follow who signed, where a step is due, and end campaigns whose deadline has come."""
        with self._database.reading() as session:
            are_due = shown_counts.are_due(session, now=now)
        if are_due:
            with self._database.transaction() as session:
                moved = shown_counts.follow(session, now=now)
                unlogged = [id_ for id_ in moved if appending.append(session, id_, now=now)]
            self._append_rest(unlogged, now)
        with self._database.reading() as session:
            are_due = progress.are_due(session, now=now)
        if are_due:
            with self._database.transaction() as session:
                progress.follow(session, now=now)

    def _open_campaigns(self, now: datetime) -> None:
        """Open the drafts whose time has come: a transaction for each."""
        with self._database.reading() as session:
            due = schedule.due(session, now=now)
        premises = Premises.of(self._runtime.settings, self._runtime.default_publisher)
        for campaign_id in due:
            with self._database.transaction() as session:
                is_open = schedule.open_due(session, campaign_id, premises, now=now)
            if not is_open:
                log.warning("campaign %d is not opened at its time", campaign_id)

    def _examine(self, now: datetime) -> None:
        """Look once a day whether the installation is well; questions to the DNS end within seconds."""
        with self._database.reading() as session:
            if not report.is_due(session, now=now):
                return
        with self._database.transaction() as session:
            if not report.claim(session, now=now):
                return
        here = Examined(self._runtime.settings, self._database, DnsTexts())
        found = report.make(here, now=now, machine_now=utc_now())
        with self._database.transaction() as session:
            report.keep(session, found)

    def _append_rest(self, campaign_ids: Sequence[int], now: datetime) -> None:
        """Append what one transaction could not: the first time, it is everybody who has signed so far."""
        for campaign_id in campaign_ids:
            is_more = True
            while is_more:
                with self._database.transaction() as session:
                    is_more = appending.append(session, campaign_id, now=now)

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
                        context=self._runtime.mail_context,
                        manifest_keys=self._runtime.manifest_keys,
                        now=now,
                    )

    def _answer_forgotten(self, now: datetime) -> None:
        """Mail links to organizers who asked for one on the login page."""
        with self._database.reading() as session:
            are_waiting = recovery.are_waiting(session)
        if are_waiting:
            with self._database.transaction() as session:
                recovery.answer(session, context=self._runtime.organizer_mail, now=now)

    def _carry_on_invalidation(self, now: datetime) -> None:
        """Take out or restored signatures that a rule names: a transaction a batch, and some at a time."""
        with self._database.reading() as session:
            invalidation_id = invalidation.under_way(session)
        is_more = invalidation_id is not None
        room = BATCHES_AT_A_TIME
        while invalidation_id is not None and is_more and room:
            room -= 1
            with self._database.transaction() as session:
                is_more = invalidation.carry_on(session, invalidation_id, now=now)

    def _encrypt(self, now: datetime) -> None:
        """Bring people's data under the newest key: a transaction for some rows, and some at a time."""
        with self._database.reading() as session:
            is_more = encryption.is_under_way(session)
        keys = self._database.data_keys
        room = ENCRYPTIONS_AT_A_TIME
        while keys and is_more and room:
            room -= 1
            with self._database.transaction() as session:
                progress = encryption.step(session, keys, actor=WORKER, now=now)
            is_more = not (progress.is_done or progress.is_waiting)
            for broken in progress.broken:
                log.error("%s %d: %s cannot be read", broken.table, broken.row, broken.column)

    def _look_for_rushes(self, now: datetime) -> None:
        """Bring the tallies of mail domains up to date."""
        trends.run_if_due(self._database, now=now)

    def _count_wordings(self, now: datetime) -> None:
        """Count who is counted for which version."""
        wordings.count_if_due(self._database, now=now)

    def _add_up_figures(self, _now: datetime) -> None:
        """Add what has happened to the figures of its day: a transaction a step."""
        with self._database.reading() as session:
            is_more = folding.is_due(session)
        while is_more:
            with self._database.transaction() as session:
                zone = publishers.current(session, default=self._runtime.default_publisher).time_zone
                is_more = folding.fold(session, time_zone=zone)

    def _send_updates(self, now: datetime) -> None:
        """News to those who asked for it, at its pace."""
        updates.go_on(self._runtime, now)

    def _ask_for_spot_checks(self, now: datetime) -> None:
        """Questions to those who were drawn, at their pace."""
        spot_checks.go_on(self._runtime, now)

    def _carry_on_import(self, now: datetime) -> None:
        """Enter signatures that organizers brought, or take them out again: a transaction a batch."""
        with self._database.reading() as session:
            import_id = entering.under_way(session)
        is_more = import_id is not None
        room = BATCHES_AT_A_TIME
        while import_id is not None and is_more and room:
            room -= 1
            try:
                with self._database.transaction() as session:
                    is_more = entering.carry_on(session, import_id, key=self._runtime.address_key, now=now)
            except UnreadableError as error:
                log.error("import %d ends: %s", import_id, error)
                with self._database.transaction() as session:
                    entering.give_up(session, import_id, now=now)
                is_more = False

    def _read_returned_mail(self, now: datetime) -> None:
        """Store what the mailbox of undeliverable mail reports; one out of reach stops nothing else."""
        mailbox = self._runtime.returned_mail
        if mailbox is None or time.monotonic() < self._mailbox_due_at:
            return
        self._mailbox_due_at = time.monotonic() + RETURNED_MAIL_SECONDS
        try:
            with mailbox.reports(now=now) as reports:
                if reports:
                    with self._database.transaction() as session:
                        events.store(session, reports, now=now)
        except OSError as error:
            log.warning("the mailbox of returned mail cannot be read: %s", error.strerror)

    def _store_counters(self, session: Session) -> None:
        for dispatcher in self._dispatchers:
            counters.add(session, dispatcher.tally)

    def _clear_counters(self) -> None:
        """What was counted is durable now."""
        for dispatcher in self._dispatchers:
            dispatcher.tally.clear()
