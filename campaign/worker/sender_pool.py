"""Threads with one call to a provider each."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from campaign.domain.circuit_breaker import FAILURES_TO_OPEN, failures_after
from campaign.domain.outcomes import NotBegun, Outcome, Throttled, Unauthorized, Unknown
from campaign.mail.email import BatchingProvider, Provider
from campaign.services.outbox.claim import Claimed

# Outcomes are worth a transaction in groups of this many, or when nothing is left to do.
OUTCOMES_PER_COMMIT = 32
# Where calls are answered at once, more threads than these only take the processor from each other.
MIN_THREADS = 2
# What a call takes of the processor: while one of this length waits for its answer, another could be made.
BUSY_SECONDS = 0.0002
# Of threads from a time when answers took longer, so many times those wanted may stay: more cost a fifth of
# the speed where answers come at once.
SURPLUS = 4
# Calls answered within this keep few threads busy, each of which makes one call after the other.
QUICK_SECONDS = 0.001
# A call takes at most 30 s and has to be over before its lease is: later than this it is not begun.
START_SECONDS = 25.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Call:
    """One call: an email, or several that travel as one request."""

    claimed: Sequence[Claimed]
    start_by: float


class SenderPool:
    """The threads of one provider: as many as its answers take long, and more when none is free."""

    def __init__(self, provider: Provider, clock: Callable[[], datetime]) -> None:
        self.is_halted = False
        self._failures = 0
        self._provider = provider
        self._batching = provider if isinstance(provider, BatchingProvider) else None
        self._clock = clock
        self._waiting_calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._answered: deque[tuple[_Call, Sequence[Outcome]]] = deque()
        self._outcomes_ready = threading.Event()
        self._threads: list[threading.Thread] = []
        self._leaving = threading.Lock()
        self._wanted_threads = MIN_THREADS
        self._is_quick = False
        self._shortest_call = 0.0
        self._unanswered = 0
        self._started = 0
        self._started_before = 0

    def resume(self) -> None:
        """Begin calls again after a halt."""
        self._failures = 0
        self.is_halted = False

    def free_senders(self, most: int) -> int:
        """How many more calls would begin at once, with at most `most` under way.

        Where answers come at once, few threads do the work of many, and take calls up as fast.
        """
        senders = most if self._is_quick else min(most, max(self._wanted_threads, len(self._threads)))
        return max(0, senders - self._unanswered)

    def batches(self, claimed: Sequence[Claimed]) -> list[Sequence[Claimed]]:
        """The calls in which these emails go: those that may share a request are together."""
        if self._batching is None or len(claimed) < 2:
            return [[item] for item in claimed]
        by_email = {item.email.public_id: item for item in claimed}
        batches = self._batching.batches([item.email for item in claimed])
        return [[by_email[email.public_id] for email in batch] for batch in batches]

    def submit(self, batches: Iterable[Sequence[Claimed]]) -> None:
        """Make a call of each of these."""
        start_by = time.monotonic() + START_SECONDS
        for batch in batches:
            self._unanswered += 1
            self._waiting_calls.put(_Call(batch, start_by))
        self._start(self._wanted_threads)

    def collect(self, seconds: float) -> list[tuple[Claimed, Outcome]]:
        """The outcomes since the last call; waits until there is a group of them or the time is over."""
        self._outcomes_ready.wait(seconds)
        self._outcomes_ready.clear()
        calls = [self._answered.popleft() for _ in range(len(self._answered))]
        self._unanswered -= len(calls)
        self._adapt(is_stuck=self._started == self._started_before and self._unanswered > 0)
        self._started_before = self._started
        return [pair for call, outcomes in calls for pair in zip(call.claimed, outcomes, strict=True)]

    def take_back(self) -> list[Claimed]:
        """The emails of calls that no thread has begun, which none will now."""
        taken: list[Claimed] = []
        with suppress(Empty):
            while call := self._waiting_calls.get_nowait():
                self._unanswered -= 1
                taken += call.claimed
        return taken

    def close(self) -> None:
        """Let the threads end once they have nothing to do."""
        for _ in self._threads:
            self._waiting_calls.put(None)

    def _adapt(self, *, is_stuck: bool) -> None:
        """Want as many threads as suit how long calls take now."""
        shortest, self._shortest_call = self._shortest_call, 0.0
        if shortest:
            self._is_quick = shortest < QUICK_SECONDS
            self._wanted_threads = max(MIN_THREADS, round(shortest / BUSY_SECONDS))
        elif is_stuck:
            # All threads wait for answers, however quick the others were.
            self._is_quick = False
            self._wanted_threads = max(MIN_THREADS, 2 * len(self._threads))
            self._start(self._wanted_threads)

    def _start(self, number: int) -> None:
        """Have so many threads, and no more than there are calls."""
        while len(self._threads) < min(number, self._unanswered):
            # A daemon, so that a call that hangs does not keep a stopped worker alive.
            thread = threading.Thread(target=self._work, name="sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (call := self._waiting_calls.get()) is not None:
            self._started += 1  # threads may overwrite each other's count: that it has changed is enough
            began = time.perf_counter()
            outcomes = self._outcomes_of(call)
            seconds = time.perf_counter() - began
            self._shortest_call = min(self._shortest_call or seconds, seconds)
            # Decided here, at once: the loop may be in the middle of a transaction.
            for outcome in outcomes:
                self._failures = failures_after(self._failures, outcome)
                if isinstance(outcome, (Throttled, Unauthorized)) or self._failures >= FAILURES_TO_OPEN:
                    self.is_halted = True
            self._answered.append((call, outcomes))
            if len(self._answered) >= OUTCOMES_PER_COMMIT or self._waiting_calls.empty():
                self._outcomes_ready.set()
            if self._is_surplus():
                return

    def _is_surplus(self) -> bool:
        """Whether this thread is one too many where answers come at once: it is off the list then."""
        if not self._is_quick or len(self._threads) <= SURPLUS * self._wanted_threads:
            return False
        with self._leaving:
            is_surplus = len(self._threads) > SURPLUS * self._wanted_threads
            if is_surplus:
                self._threads.remove(threading.current_thread())
            return is_surplus

    def _outcomes_of(self, call: _Call) -> Sequence[Outcome]:
        """What became of each email of a call."""
        if self.is_halted or time.monotonic() > call.start_by:
            return [NotBegun() for _ in call.claimed]
        try:
            now = self._clock()
            if self._batching and len(call.claimed) > 1:
                return self._batching.send_batch([item.email for item in call.claimed], now=now)
            return [self._provider.send(item.email, now=now) for item in call.claimed]
        except Exception as error:  # noqa: BLE001
            # A provider that raises has a defect, and where is not known: the request may have left. One such
            # email must not stop the others. The error's own words may quote the email: keep only its name.
            name = type(error).__name__
            for item in call.claimed:
                log.error("email %s: %s in the provider", item.email.public_id, name)
            return [Unknown(f"defect in the provider: {name}") for _ in call.claimed]
