"""The worker: takes due emails out of the queue, hands them to the provider, writes down what became of them.

One loop talks to the database, many threads talk to the provider, and no transaction is open during a call.
Each turn of the loop is one transaction: it records the outcomes that came in, claims the next emails and
marks them as sending. Only after its commit do they reach the threads. A worker killed at any instant leaves
emails in doubt at worst, and never one that somebody else would send again by itself.
"""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue

from campaign.domain.breaker import FAILURES_TO_REST, failures_after
from campaign.domain.outcomes import Accepted, NotBegun, Outcome, Refused, Throttled, Unauthorized, Unknown
from campaign.errors import UnavailableError
from campaign.mail.email import Provider
from campaign.runtime import Runtime
from campaign.services import delivery, events, official_rests, pacing, pauses
from campaign.services.claiming import Claimed, Route, has_due
from campaign.services.pauses import Gate
from campaign.store.clock import shared_clock

CONNECTIONS = 64
# Emails marked as sending beyond those on a connection, so that none waits for a commit: twice what came back
# since the last commit, within these bounds. A killed worker leaves them in doubt though they never left.
LEAST_READY = 32
MOST_READY = 300
# Outcomes are written down in groups of this many, or when the oldest has waited for this long.
GROUP = 100
GROUP_SECONDS = 0.02
IDLE_SECONDS = 0.25
# How long what a supporter erased may live on in the write-ahead log of a quiet site.
FORGETTING_SECONDS = 600.0
HOUSEKEEPING_SECONDS = 5.0
RETURNED_MAIL_SECONDS = 30.0
LEASE = timedelta(seconds=60)
# A call takes at most 30 s and has to be over before its lease is: later than this it is not begun.
START_SECONDS = 25.0
# What is still under way this long after the order to stop is written down as being in doubt.
STOP_SECONDS = 10.0
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
        self.accepted = 0
        self._database = runtime.database
        self._provider = runtime.provider.name
        self._clock = clock or shared_clock(runtime.database)
        self._limits = pacing.Limits(
            official_rate=runtime.settings.official_rate,
            provider_rate=runtime.settings.provider_rate,
            domain_rate=runtime.settings.domain_rate,
        )
        self._senders = _Senders(runtime.provider, self._clock)
        self._pending: dict[tuple[int, str], Claimed] = {}
        self._done: list[tuple[Claimed, Outcome]] = []
        self._ready = LEAST_READY
        self._failures = 0
        self._is_probing = False
        self._look_again_at = 0.0
        self._kept_house_at: float | None = None
        self._read_reports_at = -IDLE_SECONDS
        self._forgets_at = 0.0
        self._returned_mail = runtime.returned_mail
        self._returned_mail_at = 0.0

    def turn(self) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        self._keep_house()
        has_read = self._read_reports()
        if self._pending:
            self._collect(GROUP_SECONDS)
        if self._done or (self._may_claim() and self._anything_due()):
            self._exchange(is_stopping=False)
        return bool(self._pending) or has_read

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down."""
        self._senders.is_halted = True
        while self._pending and time.monotonic() < until:
            self._collect(GROUP_SECONDS)
        late = Unknown("the worker was stopped before the provider answered")
        self._done += [(one, late) for one in self._pending.values()]
        self._pending.clear()
        while True:
            try:
                if self._done:
                    self._exchange(is_stopping=True)
                with self._database.transaction() as session:
                    delivery.retire(session, self.id)
                break
            except UnavailableError as error:
                # What cannot be written down now is in doubt once its lease is over.
                log.warning("worker %s cannot write down its last outcomes: %s", self.id, error)
                if time.monotonic() > until:
                    break
                time.sleep(IDLE_SECONDS)
        self._senders.close()

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
                pauses.look_again(session, self._provider, now=now)
        self._read_returned_mail(now)
        self._kept_house_at = time.monotonic()
        if self._kept_house_at >= self._forgets_at:
            self._database.forget_erased()
            self._forgets_at = self._kept_house_at + FORGETTING_SECONDS
        if freed.queued or freed.in_doubt:
            log.warning("freed from dead workers: %d queued, %d in doubt", freed.queued, freed.in_doubt)

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

    def _may_claim(self) -> bool:
        has_room = len(self._pending) <= CONNECTIONS + self._ready - LEAST_READY // 2
        return has_room and time.monotonic() >= self._look_again_at

    def _anything_due(self) -> bool:
        with self._database.reading() as session:
            return has_due(session, now=self._clock())

    def _collect(self, seconds: float) -> None:
        for one, outcome in self._senders.finished(seconds):
            if self._pending.pop((one.id, one.lease), None) is not None:
                self._done.append((one, outcome))

    def _exchange(self, *, is_stopping: bool) -> None:
        """One transaction: outcomes in, the next emails out. Nothing of it counts before its commit."""
        now = self._clock()
        self._ready = min(MOST_READY, max(LEAST_READY, 2 * len(self._done)))
        with self._database.transaction() as session:
            delivery.record(session, self._done, now=now)
            verdict = pauses.judge(
                session,
                self._provider,
                [outcome for _, outcome in self._done],
                failures=self._failures,
                is_probing=self._is_probing,
                now=now,
            )
            self._senders.is_halted |= verdict.must_rest
            room = 0 if is_stopping else self._room(pauses.gate(session, self._provider, now=now))
            taken = delivery.take(
                session,
                self.id,
                route=Route(self._provider),
                limits=self._limits,
                batch=room,
                lease=LEASE,
                now=now,
            )
        if verdict.must_rest:
            log.warning("worker %s lets %s rest", self.id, self._provider)
        if room and not taken:
            self._look_again_at = time.monotonic() + IDLE_SECONDS
        self._note(self._done)
        self._failures = verdict.failures
        self._done = []
        self._pending.update(((one.id, one.lease), one) for one in taken)
        self._senders.hand_over(taken, threads=min(CONNECTIONS, len(self._pending)))

    def _room(self, gate: Gate) -> int:
        """How many emails may be claimed now."""
        if self._senders.is_halted or gate is not Gate.OPEN:
            # Everything handed over has to come back first: then all outcomes are in the database, and with
            # them the pauses they ask for.
            if self._pending:
                return 0
            self._senders.go_on()
        self._is_probing = gate is Gate.PROBING
        if gate is Gate.CLOSED or time.monotonic() < self._look_again_at:
            return 0
        return 1 if self._is_probing else max(0, CONNECTIONS + self._ready - len(self._pending))

    def _note(self, done: Iterable[tuple[Claimed, Outcome]]) -> None:
        for one, outcome in done:
            self.accepted += isinstance(outcome, Accepted)
            if isinstance(outcome, (Refused, Unknown)):
                log.warning("email %s: %s", one.email.public_id, type(outcome).__name__.lower())


@dataclass(frozen=True)
class _Job:
    claimed: Claimed
    start_by: float


class _Senders:
    """Threads with one call each; more are started only while emails wait for one."""

    def __init__(self, provider: Provider, clock: Callable[[], datetime]) -> None:
        self.is_halted = False
        self._failures = 0
        self._provider = provider
        self._clock = clock
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._outcomes: deque[tuple[Claimed, Outcome]] = deque()
        self._has_enough = threading.Event()
        self._threads: list[threading.Thread] = []

    def go_on(self) -> None:
        """Begin calls again after a halt."""
        self._failures = 0
        self.is_halted = False

    def hand_over(self, claimed: Iterable[Claimed], *, threads: int) -> None:
        start_by = time.monotonic() + START_SECONDS
        for one in claimed:
            self._jobs.put(_Job(one, start_by))
        while len(self._threads) < threads:
            # A daemon, so that a call that hangs does not keep a stopped worker alive.
            thread = threading.Thread(target=self._work, name="sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def finished(self, seconds: float) -> list[tuple[Claimed, Outcome]]:
        """The outcomes since the last look; waits until there is a group of them or the time is over."""
        self._has_enough.wait(seconds)
        self._has_enough.clear()
        return [self._outcomes.popleft() for _ in range(len(self._outcomes))]

    def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            outcome = self._outcome(job)
            # Decided here, at once: the loop may be in the middle of a transaction.
            self._failures = failures_after(self._failures, outcome)
            if isinstance(outcome, (Throttled, Unauthorized)) or self._failures >= FAILURES_TO_REST:
                self.is_halted = True
            self._outcomes.append((job.claimed, outcome))
            if len(self._outcomes) >= GROUP or self._jobs.empty():
                self._has_enough.set()

    def _outcome(self, job: _Job) -> Outcome:
        if self.is_halted or time.monotonic() > job.start_by:
            return NotBegun()
        try:
            return self._provider.send(job.claimed.email, now=self._clock())
        except Exception as error:  # noqa: BLE001
            # A provider that raises has a defect, and where is not known: the request may have left. One such
            # email must not stop the others. The error's own words may quote the email: keep only its name.
            log.error("email %s: %s in the provider", job.claimed.email.public_id, type(error).__name__)
            return Unknown(f"defect in the provider: {type(error).__name__}")
