"""The worker: takes due emails out of the queue, hands them to the provider, writes down what became of them.

One loop talks to the database, many threads talk to the provider, and no transaction is open during a call.
A worker killed at any instant leaves emails in doubt at worst, and never one that somebody else would send
again by itself. While the first provider rests, a second one takes what the first has not been given.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime

from campaign.errors import UnavailableError
from campaign.mail.email import Provider
from campaign.runtime import Runtime
from campaign.services import (
    alerts,
    delivery,
    digests,
    events,
    official_rests,
    outcome_counts,
    pacing,
    pauses,
)
from campaign.store.clock import shared_clock
from campaign.store.database import Session
from campaign.worker.evidence import LookUps
from campaign.worker.line import IDLE_SECONDS, Line

# How long what a supporter erased may live on in the write-ahead log of a quiet site.
FORGETTING_SECONDS = 600.0
HOUSEKEEPING_SECONDS = 5.0
RETURNED_MAIL_SECONDS = 30.0
# What is still under way this long after the order to stop is written down as being in doubt.
STOP_SECONDS = 10.0
# Each takes about a tenth of a second, in which this worker sends nothing; others follow at the next look.
DIGESTS_AT_A_TIME = 10
LONGEST_BACKOFF_SECONDS = 5.0

log = logging.getLogger(__name__)


def run(runtime: Runtime, *, stop: threading.Event, clock: Callable[[], datetime] | None = None) -> None:
    """Work until `stop` is set, then finish what is under way within 15 seconds.

    Without a `clock` the time is that of the database, which all workers share. A database out of reach is
    waited for.
    """
    worker = _Worker(runtime, clock)
    backoff = 0.0
    log.info("worker %s started", worker.id)
    while not stop.is_set():
        try:
            is_busy = worker.turn()
        except UnavailableError as error:
            backoff = min(LONGEST_BACKOFF_SECONDS, backoff * 2 or 0.25)
            log.warning("worker %s waits %.2f s: %s", worker.id, backoff, error)
            stop.wait(backoff)
            continue
        backoff = 0.0
        if not is_busy:
            stop.wait(IDLE_SECONDS)
    worker.finish(time.monotonic() + STOP_SECONDS)
    log.info("worker %s stopped; %d emails accepted", worker.id, worker.accepted)


def drain(runtime: Runtime, *, clock: Callable[[], datetime] | None = None) -> int:
    """Send what is due and what the paces let go now, and say how many emails the provider accepted.

    Raises UnavailableError when the database is out of reach.
    """
    worker = _Worker(runtime, clock)
    try:
        while worker.turn():
            pass
    finally:
        worker.finish(time.monotonic() + STOP_SECONDS)
    return worker.accepted


class _Worker:
    def __init__(self, runtime: Runtime, clock: Callable[[], datetime] | None) -> None:
        self.id = secrets.token_hex(8)
        self._database = runtime.database
        self._clock = clock or shared_clock(runtime.database)
        limits = pacing.Limits(
            official_rate=runtime.settings.official_rate,
            provider_rate=runtime.settings.provider_rate,
            domain_rate=runtime.settings.domain_rate,
        )

        self._alerts = alerts.AlertDesk(
            runtime.renderer, runtime.settings.public_url, limits, runtime.provider_names
        )

        self._renderer = runtime.renderer
        self._public_url = runtime.settings.public_url

        def line(provider: Provider, other: Provider | None) -> Line:
            return Line(
                provider,
                others=(other.name,) if other else (),
                worker_id=self.id,
                database=runtime.database,
                limits=limits,
                clock=self._clock,
            )

        self._first = line(runtime.provider, runtime.second_provider)
        self._second = line(runtime.second_provider, runtime.provider) if runtime.second_provider else None
        self._lines = [self._first, self._second] if self._second else [self._first]
        self._look_ups = (
            LookUps(runtime.activity, runtime.database, self._clock) if runtime.activity else None
        )
        self._kept_house_at: float | None = None
        self._read_reports_at = -IDLE_SECONDS
        self._forgets_at = 0.0
        self._returned_mail = runtime.returned_mail
        self._returned_mail_at = 0.0

    @property
    def accepted(self) -> int:
        """How many emails were handed over, by whichever provider."""
        return sum(line.accepted for line in self._lines)

    def turn(self) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        self._keep_house()
        is_busy = self._read_reports()
        is_busy |= self._first.turn()
        if self._second:
            is_busy |= self._second.turn(may_claim=self._first.is_resting)
        return is_busy

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down."""
        for line in self._lines:
            line.wind_down()
        while True:
            try:
                for line in self._lines:
                    line.finish(until)
                with self._database.transaction() as session:
                    delivery.retire(session, self.id)
                    self._count(session)
                self._forget_counts()
                break
            except UnavailableError as error:
                # What cannot be written down now is in doubt once its lease is over.
                log.warning("worker %s cannot write down its last outcomes: %s", self.id, error)
                if time.monotonic() > until:
                    break
                time.sleep(IDLE_SECONDS)
        for line in self._lines:
            line.close()
        if self._look_ups:
            self._look_ups.close()

    def _keep_house(self) -> None:
        last = self._kept_house_at
        if last is not None and time.monotonic() - last < HOUSEKEEPING_SECONDS:
            return
        now = self._clock()
        with self._database.transaction() as session:
            delivery.heartbeat(session, self.id, now=now)
            freed = delivery.expire_leases(session, now=now)
            pacing.forget_full_buckets(session, now=now)
            official_rests.end_rests(session, now=now)
            if last is None:
                for line in self._lines:
                    pauses.look_again(session, line.provider, now=now)
            alerts.keep_watch(session, self._alerts, now=now)
            self._count(session)
        self._forget_counts()
        self._compose_digests(now)
        if self._look_ups:
            self._look_ups.go_on()
        self._read_returned_mail(now)
        self._kept_house_at = time.monotonic()
        if self._kept_house_at >= self._forgets_at:
            self._database.forget_erased()
            self._forgets_at = self._kept_house_at + FORGETTING_SECONDS
        if freed.queued or freed.in_doubt:
            log.warning("freed from dead workers: %d queued, %d in doubt", freed.queued, freed.in_doubt)

    def _compose_digests(self, now: datetime) -> None:
        """Put the messages together that are due in one mail: a transaction for each, and some at a time."""
        with self._database.reading() as session:
            officials = digests.officials_due(session, now=now)
        room = DIGESTS_AT_A_TIME
        for official_id in officials:
            is_more = True
            while is_more and room:
                room -= 1
                with self._database.transaction() as session:
                    is_more = digests.compose(
                        session, official_id, renderer=self._renderer, public_url=self._public_url, now=now
                    )

    def _read_returned_mail(self, now: datetime) -> None:
        """Store what the mailbox of undeliverable mail reports; one out of reach stops nothing else."""
        if self._returned_mail is None or time.monotonic() < self._returned_mail_at:
            return
        self._returned_mail_at = time.monotonic() + RETURNED_MAIL_SECONDS
        try:
            with self._returned_mail.reports(now=now) as reports:
                if reports:
                    with self._database.transaction() as session:
                        events.store(session, reports, now=now)
        except OSError as error:
            log.warning("the mailbox of returned mail cannot be read: %s", error.strerror)

    def _count(self, session: Session) -> None:
        for line in self._lines:
            outcome_counts.add(session, line.tally)

    def _forget_counts(self) -> None:
        """What was counted is durable now."""
        for line in self._lines:
            line.tally.clear()

    def _read_reports(self) -> bool:
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
