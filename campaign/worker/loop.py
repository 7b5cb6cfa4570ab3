"""The worker: settles forms, hands due emails to the provider, and writes down what became of them.

One loop talks to the database, many threads talk to the provider, and no transaction is open during a call.
A worker killed at any instant leaves emails in doubt at worst, and never one that somebody else would send
again by itself. While the first provider is paused, a second one takes what the first has not been given.
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
from campaign.services.outbox.rate_limits import limits_of
from campaign.worker.dispatcher import IDLE_SECONDS, Dispatcher
from campaign.worker.forms import FormsWorker
from campaign.worker.maintenance import Maintenance
from campaign.worker.unreadable import Apart

# What is still under way this long after the order to stop is written down as being in doubt.
STOP_SECONDS = 10.0
MAX_BACKOFF_SECONDS = 5.0

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
            is_busy = worker.step()
        except UnavailableError as error:
            backoff = min(MAX_BACKOFF_SECONDS, backoff * 2 or 0.25)
            log.warning("worker %s waits %.2f s: %s", worker.id, backoff, error)
            stop.wait(backoff)
            continue
        backoff = 0.0
        if not is_busy:
            stop.wait(IDLE_SECONDS)
    worker.finish(time.monotonic() + STOP_SECONDS)
    log.info("worker %s stopped; %d emails accepted", worker.id, worker.accepted)


def drain(runtime: Runtime, *, clock: Callable[[], datetime] | None = None) -> int:
    """Send what is due and what the rate limits let go now, and say how many emails the provider accepted.

    Raises UnavailableError when the database is out of reach.
    """
    worker = _Worker(runtime, clock)
    try:
        while worker.step():
            pass
    finally:
        worker.finish(time.monotonic() + STOP_SECONDS)
    return worker.accepted


class _Worker:
    def __init__(self, runtime: Runtime, clock: Callable[[], datetime] | None) -> None:
        self.id = secrets.token_hex(8)
        clock = clock or runtime.clock
        limits = limits_of(runtime.settings)

        def dispatcher_for(provider: Provider, other: Provider | None) -> Dispatcher:
            return Dispatcher(
                provider,
                others=(other.name,) if other else (),
                worker_id=self.id,
                database=runtime.database,
                limits=limits,
                clock=clock,
            )

        self._first = dispatcher_for(runtime.provider, runtime.second_provider)
        self._second = (
            dispatcher_for(runtime.second_provider, runtime.provider) if runtime.second_provider else None
        )
        self._dispatchers = [self._first, self._second] if self._second else [self._first]
        self._maintenance = Maintenance(
            runtime, self.id, dispatchers=self._dispatchers, limits=limits, clock=clock
        )
        self._keep_up = Apart(self._maintenance.run_if_due)
        self._process_events = Apart(self._maintenance.process_events)
        self._settle_forms = Apart(FormsWorker(runtime, clock).step)
        self._send = Apart(self._first.step)
        self._send_otherwise = Apart(self._second.step) if self._second else None

    @property
    def accepted(self) -> int:
        """How many emails were handed over, by whichever provider."""
        return sum(dispatcher.accepted for dispatcher in self._dispatchers)

    def step(self) -> bool:
        """Do what there is to do, waiting a moment for answers; False when there is nothing."""
        self._keep_up()
        is_busy = self._process_events()
        is_busy |= self._settle_forms()
        is_busy |= self._send()
        if self._send_otherwise:
            is_busy |= self._send_otherwise(may_claim=self._first.is_paused)
        return is_busy

    def finish(self, until: float) -> None:
        """Let calls under way come to their end, give back the rest, and write everything down."""
        for dispatcher in self._dispatchers:
            dispatcher.halt()
        while True:
            try:
                for dispatcher in self._dispatchers:
                    dispatcher.finish(until)
                self._maintenance.deregister()
                break
            except UnavailableError as error:
                # What cannot be written down now is in doubt once its lease is over.
                log.warning("worker %s cannot write down its last outcomes: %s", self.id, error)
                if time.monotonic() > until:
                    break
                time.sleep(IDLE_SECONDS)
        for dispatcher in self._dispatchers:
            dispatcher.close()
        self._maintenance.close()
