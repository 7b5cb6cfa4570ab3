"""Threads with one call to a provider each."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue

from campaign.domain.circuit_breaker import FAILURES_TO_REST, failures_after
from campaign.domain.outcomes import NotBegun, Outcome, Throttled, Unauthorized, Unknown
from campaign.mail.email import GroupingProvider, Provider
from campaign.services.outbox.claim import Claimed

# Outcomes are worth a transaction in groups of this many, or when nothing is left to do.
GROUP = 100
# Where calls are answered at once, more threads than these only take the processor from each other.
FEWEST_THREADS = 2
# What a call takes of the processor: while one of this length waits for its answer, another could be made.
BUSY_SECONDS = 0.0002
# A call takes at most 30 s and has to be over before its lease is: later than this it is not begun.
START_SECONDS = 25.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Job:
    """One call: an email, or several that travel as one request."""

    claimed: Sequence[Claimed]
    start_by: float


class Senders:
    """The threads of one provider: as many as its answers take long, and more when none is free."""

    def __init__(self, provider: Provider, clock: Callable[[], datetime]) -> None:
        self.is_halted = False
        self._failures = 0
        self._provider = provider
        self._grouping = provider if isinstance(provider, GroupingProvider) else None
        self._clock = clock
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._outcomes: deque[tuple[Claimed, Outcome]] = deque()
        self._has_enough = threading.Event()
        self._threads: list[threading.Thread] = []
        self._most_threads = FEWEST_THREADS
        self._shortest_call = 0.0
        self._begun = 0
        self._begun_before = 0

    def go_on(self) -> None:
        """Begin calls again after a halt."""
        self._failures = 0
        self.is_halted = False

    def hand_over(self, claimed: Sequence[Claimed], *, threads: int) -> None:
        """Let threads send these, up to `threads` of them at a time."""
        start_by = time.monotonic() + START_SECONDS
        for together in self._calls(claimed):
            self._jobs.put(_Job(together, start_by))
        self._most_threads = threads
        self._start(max(FEWEST_THREADS, round(self._shortest_call / BUSY_SECONDS)))
        self._shortest_call = 0.0

    def finished(self, seconds: float) -> list[tuple[Claimed, Outcome]]:
        """The outcomes since the last look; waits until there is a group of them or the time is over."""
        self._has_enough.wait(seconds)
        self._has_enough.clear()
        if self._begun == self._begun_before and not self._jobs.empty():
            # All threads wait for answers, however quick the others were.
            self._start(2 * len(self._threads))
        self._begun_before = self._begun
        return [self._outcomes.popleft() for _ in range(len(self._outcomes))]

    def close(self) -> None:
        """Let the threads end once they have nothing to do."""
        for _ in self._threads:
            self._jobs.put(None)

    def _start(self, number: int) -> None:
        """Have so many threads, within what was asked for last."""
        while len(self._threads) < min(number, self._most_threads):
            # A daemon, so that a call that hangs does not keep a stopped worker alive.
            thread = threading.Thread(target=self._work, name="sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _calls(self, claimed: Sequence[Claimed]) -> Iterable[Sequence[Claimed]]:
        if self._grouping is None or len(claimed) < 2:
            return [[one] for one in claimed]
        by_email = {one.email.public_id: one for one in claimed}
        groups = self._grouping.groups([one.email for one in claimed])
        return [[by_email[email.public_id] for email in group] for group in groups]

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._begun += 1  # threads may overwrite each other's count: that it has changed is enough
            began = time.perf_counter()
            outcomes = self._made(job)
            seconds = time.perf_counter() - began
            self._shortest_call = min(self._shortest_call or seconds, seconds)
            # Decided here, at once: the loop may be in the middle of a transaction.
            for outcome in outcomes:
                self._failures = failures_after(self._failures, outcome)
                if isinstance(outcome, (Throttled, Unauthorized)) or self._failures >= FAILURES_TO_REST:
                    self.is_halted = True
            self._outcomes.extend(zip(job.claimed, outcomes, strict=True))
            if len(self._outcomes) >= GROUP or self._jobs.empty():
                self._has_enough.set()

    def _made(self, job: _Job) -> Sequence[Outcome]:
        """What became of each email of a call."""
        if self.is_halted or time.monotonic() > job.start_by:
            return [NotBegun() for _ in job.claimed]
        try:
            now = self._clock()
            if self._grouping and len(job.claimed) > 1:
                return self._grouping.send_together([one.email for one in job.claimed], now=now)
            return [self._provider.send(one.email, now=now) for one in job.claimed]
        except Exception as error:  # noqa: BLE001
            # A provider that raises has a defect, and where is not known: the request may have left. One such
            # email must not stop the others. The error's own words may quote the email: keep only its name.
            name = type(error).__name__
            for one in job.claimed:
                log.error("email %s: %s in the provider", one.email.public_id, name)
            return [Unknown(f"defect in the provider: {name}") for _ in job.claimed]
