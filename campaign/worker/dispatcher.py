"""One worker's line to one provider: what it has claimed, what came back, and whether more may follow."""

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
from campaign.services.outbox.provider_pauses import Gate
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database
from campaign.worker.sender_pool import Senders

CONNECTIONS = 64
# Emails marked as sending beyond those on a connection, so that none waits for a commit: twice what came back
# since the last commit, within these bounds. A killed worker leaves them in doubt though they never left.
LEAST_READY = 32
MOST_READY = 300
# Outcomes are written down when this long has passed since the first of a group.
GROUP_SECONDS = 0.02
# How often a queue in which nothing may go is looked at.
IDLE_SECONDS = 0.25
LEASE = timedelta(seconds=60)

log = logging.getLogger(__name__)


class Line:
    """Each turn is one transaction: outcomes are recorded, the next emails claimed and marked as sending.

    Nothing of it counts before its commit, and only after that do the emails reach the threads.
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
        self.is_resting = False
        self.tally: Counter[counters.Key] = Counter()
        self.provider = provider.name
        self._route = Route(provider.name, others)
        self._worker_id = worker_id
        self._database = database
        self._limits = limits
        self._clock = clock
        self._senders = Senders(provider, clock)
        self._pending: dict[tuple[int, str], Claimed] = {}
        self._done: list[tuple[Claimed, Outcome]] = []
        self._ready = LEAST_READY
        self._failures = 0
        self._is_probing = False
        self._look_again_at = 0.0

    def turn(self, *, may_claim: bool = True) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        if self._pending:
            self._collect(GROUP_SECONDS)
        if self._done or (may_claim and self._has_room() and self._anything_due()):
            self._exchange(may_claim=may_claim)
        return bool(self._pending)

    def wind_down(self) -> None:
        """Begin no further call."""
        self._senders.is_halted = True

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down.

        Raises UnavailableError when it cannot be written down; it may be called again.
        """
        self.wind_down()
        while self._pending and time.monotonic() < until:
            self._collect(GROUP_SECONDS)
        late = Unknown("the worker was stopped before the provider answered")
        self._done += [(one, late) for one in self._pending.values()]
        self._pending.clear()
        if self._done:
            self._exchange(may_claim=False)

    def close(self) -> None:
        """Let the threads end."""
        self._senders.close()

    def _has_room(self) -> bool:
        has_room = len(self._pending) <= CONNECTIONS + self._ready - LEAST_READY // 2
        return has_room and time.monotonic() >= self._look_again_at

    def _anything_due(self) -> bool:
        with self._database.reading() as session:
            return has_due(session, route=self._route, now=self._clock())

    def _collect(self, seconds: float) -> None:
        for one, outcome in self._senders.finished(seconds):
            if self._pending.pop((one.id, one.lease), None) is not None:
                self._done.append((one, outcome))

    def _exchange(self, *, may_claim: bool) -> None:
        now = self._clock()
        self._ready = min(MOST_READY, max(LEAST_READY, 2 * len(self._done)))
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
            self._senders.is_halted |= verdict.must_rest
            gate = provider_pauses.gate(session, self.provider, now=now)
            room = self._room(gate) if may_claim else 0
            taken = delivery.take(
                session,
                self._worker_id,
                route=self._route,
                limits=self._limits,
                batch=room,
                lease=LEASE,
                now=now,
            )
        if verdict.must_rest:
            log.warning("worker %s lets %s rest", self._worker_id, self.provider)
        if room and not taken:
            self._look_again_at = time.monotonic() + IDLE_SECONDS
        # Of an organizer's pause nobody is to find a way round.
        self.is_resting = gate in (Gate.CLOSED, Gate.PROBING)
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
        if gate in (Gate.CLOSED, Gate.STOPPED) or time.monotonic() < self._look_again_at:
            return 0
        return 1 if self._is_probing else max(0, CONNECTIONS + self._ready - len(self._pending))

    def _note(self, done: Iterable[tuple[Claimed, Outcome]]) -> None:
        for one, outcome in done:
            self.accepted += isinstance(outcome, Accepted)
            if key := counters.key_of(self.provider, outcome):
                self.tally[key] += 1
            if isinstance(outcome, (Refused, Unknown)):
                log.warning("email %s: %s", one.email.public_id, type(outcome).__name__.lower())
