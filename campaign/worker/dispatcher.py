"""Claims the emails due for one provider, hands them to sender threads, and records what became of them."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from campaign.domain.outcomes import Accepted, NotBegun, Outcome, Refused, Unknown
from campaign.mail.email import Provider
from campaign.services.feedback import counters, events
from campaign.services.outbox import delivery, provider_pauses
from campaign.services.outbox.claim import Claimed, Route, claim, has_due
from campaign.services.outbox.provider_pauses import BreakerState
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database, Session
from campaign.worker.sender_pool import SenderPool

# Calls under way at most. A fifth of the senders wait for the commit that lets them begin, so that some 64
# are on the wire; what a killed worker leaves in doubt is one of these.
CONNECTIONS = 80
# Emails leased beyond those, so that few claims are needed: as many as go out in this time, within bounds.
AHEAD_SECONDS = 0.5
MIN_AHEAD = 32
MAX_AHEAD = 300
# Outcomes are written down when this long has passed since the first of a group.
COLLECT_SECONDS = 0.02
# How often a queue in which nothing may go is looked at.
IDLE_SECONDS = 0.25
LEASE = timedelta(seconds=60)

log = logging.getLogger(__name__)


class Dispatcher:
    """What one worker sends through one provider.

    Outcomes are recorded, and as many emails marked as sending as there are free senders, in one transaction;
    only after its commit do they reach the sender threads. Others stand ready, leased: whoever is killed with
    them has not begun to send them.
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
        self._ready: list[Sequence[Claimed]] = []
        self._done: list[tuple[Claimed, Outcome]] = []
        self._ahead = CONNECTIONS
        self._claimed_at = time.monotonic()
        self._sent_since = 0
        self._failures = 0
        self._is_probing = False
        self._is_sending = False
        self._idle_until = 0.0
        self._is_more_due = False
        self._has_lost_some = False

    def step(self, *, may_claim: bool = True) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        self._has_lost_some = False
        if self._pending:
            self._collect(COLLECT_SECONDS)
        can_send = self._ready and (not may_claim or self._pool.free_senders(CONNECTIONS) > 0)
        if self._done or can_send or (may_claim and self._may_claim_more() and self._has_due()):
            self._record_and_send(may_claim=may_claim)
        if self._pending and self._is_sending and self._may_claim_more() and self._has_due():
            self._claim_ahead()
        return bool(self._pending or self._ready or self._has_lost_some)

    def halt(self) -> None:
        """Begin no further call."""
        self._pool.is_halted = True

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down.

        Raises UnavailableError when it cannot be written down; it may be called again.
        """
        self.halt()
        self._settle((claimed, NotBegun()) for claimed in self._pool.take_back())
        while self._pending and time.monotonic() < until:
            self._collect(COLLECT_SECONDS)
        late = Unknown("the worker was stopped before the provider answered")
        self._done += [(claimed, late) for claimed in self._pending.values()]
        self._pending.clear()
        if self._done or self._ready:
            self._record_and_send(may_claim=False)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.close()

    def _may_claim_more(self) -> bool:
        return self._stock() <= self._ahead // 2 and time.monotonic() >= self._idle_until

    def _stock(self) -> int:
        """How many emails stand ready."""
        return sum(map(len, self._ready))

    def _has_due(self) -> bool:
        # A look costs half of what a claim does, which finds out itself.
        if self._is_more_due:
            return True
        with self._database.reading() as session:
            return has_due(session, route=self._route, now=self._clock())

    def _collect(self, seconds: float) -> None:
        self._settle(self._pool.collect(seconds))

    def _settle(self, outcomes: Iterable[tuple[Claimed, Outcome]]) -> None:
        for claimed, outcome in outcomes:
            if self._pending.pop((claimed.id, claimed.lease), None) is not None:
                self._done.append((claimed, outcome))

    def _record_and_send(self, *, may_claim: bool) -> None:
        now = self._clock()
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
            if may_claim and self._may_send(gate):
                free = 1 if self._is_probing else self._pool.free_senders(CONNECTIONS)
                room = self._room() if len(self._ready) < free else 0
                ready = self._ready + self._pool.batches(self._claim(session, room, now))
                batches = self._marked(session, ready[:free], now)
            else:
                delivery.release(session, _flat(self._ready), now=now)
                room, free, ready, batches = 0, 0, [], []
        if verdict.must_pause:
            log.warning("worker %s pauses %s: %s", self._worker_id, self.provider, verdict.pause_reason)
        # A pause that an organizer asked for is not worked around by the other provider.
        self.is_paused = gate in (BreakerState.OPEN, BreakerState.HALF_OPEN)
        self._is_sending = may_claim and gate is BreakerState.CLOSED and not self._pool.is_halted
        self._failures = verdict.failures
        self._count(self._done)
        if room:
            self._after_claim(is_empty=len(_flat(ready)) == self._stock())
        self._done = []
        self._ready = ready[free:]
        self._pending.update(((email.id, email.lease), email) for email in _flat(batches))
        self._pool.submit(batches)

    def _claim_ahead(self) -> None:
        """Have emails stand ready for the senders that are still busy."""
        with self._database.transaction() as session:
            claimed = self._claim(session, self._room(), self._clock())
        self._after_claim(is_empty=not claimed)
        self._ready += self._pool.batches(claimed)

    def _may_send(self, gate: BreakerState) -> bool:
        """Whether calls may begin now."""
        if self._pool.is_halted or gate is not BreakerState.CLOSED:
            # Everything handed over has to come back first: then all outcomes are in the database, and with
            # them the pauses they ask for.
            if self._pending:
                return False
            self._pool.resume()
        self._is_probing = gate is BreakerState.HALF_OPEN
        return gate in (BreakerState.CLOSED, BreakerState.HALF_OPEN)

    def _room(self) -> int:
        """How many emails may be claimed now."""
        if time.monotonic() < self._idle_until:
            return 0
        if self._is_probing:
            return 0 if self._ready else 1
        return self._ahead - self._stock() if self._may_claim_more() else 0

    def _claim(self, session: Session, room: int, now: datetime) -> Sequence[Claimed]:
        if room <= 0:
            return ()
        return claim(
            session,
            self._worker_id,
            route=self._route,
            limits=self._limits,
            batch=room,
            lease=LEASE,
            now=now,
        )

    def _marked(
        self, session: Session, batches: Sequence[Sequence[Claimed]], now: datetime
    ) -> list[Sequence[Claimed]]:
        """Those of the batches that are ours still, marked as sending."""
        emails = delivery.mark_sending(session, _flat(batches), provider=self.provider, lease=LEASE, now=now)
        marked = {email.id: email for email in emails}
        # They may be in the queue again.
        self._has_lost_some = len(marked) < len(_flat(batches))
        ours = ([marked[email.id] for email in batch if email.id in marked] for batch in batches)
        return [batch for batch in ours if batch]

    def _after_claim(self, *, is_empty: bool) -> None:
        """Plan the next claim: later when this one found nothing, and the larger the faster mail goes out."""
        moment = time.monotonic()
        self._is_more_due = not is_empty
        if is_empty:
            self._idle_until = moment + IDLE_SECONDS
        pace = self._sent_since / max(moment - self._claimed_at, COLLECT_SECONDS)
        self._ahead = min(MAX_AHEAD, max(MIN_AHEAD, round(pace * AHEAD_SECONDS)))
        self._claimed_at, self._sent_since = moment, 0

    def _count(self, done: Iterable[tuple[Claimed, Outcome]]) -> None:
        for claimed, outcome in done:
            self._sent_since += 1
            self.accepted += isinstance(outcome, Accepted)
            if key := counters.key_of(self.provider, outcome):
                self.tally[key] += 1
            if isinstance(outcome, (Refused, Unknown)):
                log.warning("email %s: %s", claimed.email.public_id, type(outcome).__name__.lower())


def _flat(batches: Iterable[Sequence[Claimed]]) -> list[Claimed]:
    return [email for batch in batches for email in batch]
