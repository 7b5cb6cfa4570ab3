"""Claims the emails due for one provider, hands them to sender threads, and records what became of them."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from campaign.domain.outcomes import Accepted, Outcome, Refused, Unknown
from campaign.mail.email import Provider
from campaign.services.feedback import counters, events
from campaign.services.outbox import delivery, provider_pauses
from campaign.services.outbox.claim import Claimed, Route, has_due
from campaign.services.outbox.provider_pauses import BreakerState
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database
from campaign.worker.sender_pool import SenderPool

CONNECTIONS = 64
# Emails marked as sending beyond those on a connection, so that none waits for a commit: twice what came back
# since the last commit, within these bounds. A killed worker leaves them in doubt though they never left.
MIN_PREFETCH = 32
MAX_PREFETCH = 300
# Outcomes are written down when this long has passed since the first of a group.
COLLECT_SECONDS = 0.02
# How often a queue in which nothing may go is looked at.
IDLE_SECONDS = 0.25
LEASE = timedelta(seconds=60)

log = logging.getLogger(__name__)


class Dispatcher:
    """What one worker sends through one provider.

    Outcomes are recorded and the next emails claimed and marked as sending in one transaction; only after its
    commit do the emails reach the sender threads.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        others: tuple[str, ...],
        worker_id: str,
        database: Database,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self.accepted = 0
        self.is_paused = False
        self.tally: Counter[counters.Key] = Counter()
        self.provider = provider.name
        self._route = Route(provider.name, others)
        self._worker_id = worker_id
        self._database = database
        self._limits = limits
        self._clock = clock
        self._pool = SenderPool(provider, clock)
        self._pending: dict[tuple[int, str], Claimed] = {}
        self._done: list[tuple[Claimed, Outcome]] = []
        self._prefetch = MIN_PREFETCH
        self._failures = 0
        self._is_probing = False
        self._idle_until = 0.0

    def step(self, *, may_claim: bool = True) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        if self._pending:
            self._collect(COLLECT_SECONDS)
        if self._done or (may_claim and self._has_capacity() and self._has_due()):
            self._record_and_claim(may_claim=may_claim)
        return bool(self._pending)

    def halt(self) -> None:
        """Begin no further call."""
        self._pool.is_halted = True

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down.

        Raises UnavailableError when it cannot be written down; it may be called again.
        """
        self.halt()
        while self._pending and time.monotonic() < until:
            self._collect(COLLECT_SECONDS)
        late = Unknown("the worker was stopped before the provider answered")
        self._done += [(claimed, late) for claimed in self._pending.values()]
        self._pending.clear()
        if self._done:
            self._record_and_claim(may_claim=False)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.close()

    def _has_capacity(self) -> bool:
        has_capacity = len(self._pending) <= CONNECTIONS + self._prefetch - MIN_PREFETCH // 2
        return has_capacity and time.monotonic() >= self._idle_until

    def _has_due(self) -> bool:
        with self._database.reading() as session:
            return has_due(session, route=self._route, now=self._clock())

    def _collect(self, seconds: float) -> None:
        for claimed, outcome in self._pool.collect(seconds):
            if self._pending.pop((claimed.id, claimed.lease), None) is not None:
                self._done.append((claimed, outcome))

    def _record_and_claim(self, *, may_claim: bool) -> None:
        now = self._clock()
        self._prefetch = min(MAX_PREFETCH, max(MIN_PREFETCH, 2 * len(self._done)))
        with self._database.transaction() as session:
            delivery.record(session, self._done, now=now)
            events.store_refusals(session, self._done, now=now)
            verdict = provider_pauses.judge(
                session,
                self.provider,
                [outcome for _, outcome in self._done],
                failures=self._failures,
                is_probing=self._is_probing,
                now=now,
            )
            self._pool.is_halted |= verdict.must_pause
            gate = provider_pauses.breaker_state(session, self.provider, now=now)
            capacity = self._capacity(gate) if may_claim else 0
            claimed = delivery.claim_and_mark(
                session,
                self._worker_id,
                route=self._route,
                limits=self._limits,
                batch=capacity,
                lease=LEASE,
                now=now,
            )
        if verdict.must_pause:
            log.warning("worker %s pauses %s: %s", self._worker_id, self.provider, verdict.pause_reason)
        if capacity and not claimed:
            self._idle_until = time.monotonic() + IDLE_SECONDS
        # A pause that an organizer asked for is not worked around by the other provider.
        self.is_paused = gate in (BreakerState.OPEN, BreakerState.HALF_OPEN)
        self._count(self._done)
        self._failures = verdict.failures
        self._done = []
        self._pending.update(((email.id, email.lease), email) for email in claimed)
        self._pool.submit(claimed, threads=min(CONNECTIONS, len(self._pending)))

    def _capacity(self, gate: BreakerState) -> int:
        """How many emails may be claimed now."""
        if self._pool.is_halted or gate is not BreakerState.CLOSED:
            # Everything handed over has to come back first: then all outcomes are in the database, and with
            # them the pauses they ask for.
            if self._pending:
                return 0
            self._pool.resume()
        self._is_probing = gate is BreakerState.HALF_OPEN
        if gate in (BreakerState.OPEN, BreakerState.STOPPED) or time.monotonic() < self._idle_until:
            return 0
        return 1 if self._is_probing else max(0, CONNECTIONS + self._prefetch - len(self._pending))

    def _count(self, done: Iterable[tuple[Claimed, Outcome]]) -> None:
        for claimed, outcome in done:
            self.accepted += isinstance(outcome, Accepted)
            if key := counters.key_of(self.provider, outcome):
                self.tally[key] += 1
            if isinstance(outcome, (Refused, Unknown)):
                log.warning("email %s: %s", claimed.email.public_id, type(outcome).__name__.lower())
