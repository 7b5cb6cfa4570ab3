"""Granian, but that its serving processes come back however often they die."""

import logging
import time
from collections.abc import Callable
from typing import Any

from granian.server.mp import MPServer

from campaign.cli.lifetime import RestartPause
from campaign.cli.supervisor import POLL_SECONDS, reason

# Short, for with few processes the others may be dead as well.
LONGEST_PAUSE_SECONDS = 10.0
_log = logging.getLogger("campaign.serve")


class RespawningServer(MPServer):
    """A Granian that starts dead processes again after growing pauses, and is ended by signals alone.

    Granian itself ends when one dies twice within seconds. `record_death` is called for each that died.
    """

    def __init__(self, *arguments: Any, record_death: Callable[[], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._record_death = record_death
        self._pauses = [RestartPause(first=0.0, longest=LONGEST_PAUSE_SECONDS) for _ in range(self.workers)]

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        if delay:  # an orderly change of all processes, after SIGHUP
            super()._respawn_workers(workers, spawn_target, target_loader, delay)
            return
        died = list(workers)
        due: dict[int, float] = {}
        while (died or due) and not self.interrupt_signal:
            for index in died:
                due[index] = time.monotonic() + self._noted(index)
            for index in [index for index, moment in due.items() if moment <= time.monotonic()]:
                del due[index]
                super()._respawn_workers([index], spawn_target, target_loader)
                # What it would count as a loop of crashes is what the pauses are for.
                self.respawned_wrks.clear()
            time.sleep(POLL_SECONDS)
            died = [self.interrupt_children.pop() for _ in list(self.interrupt_children)]

    def shutdown(self, exit_code: int = 0) -> None:
        """End all; a process that died just before is no reason for another exit status."""
        self.interrupt_children.clear()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _noted(self, index: int) -> float:
        """Say and count that a process has died, and give the pause before the next."""
        process = self.wrks[index]
        pause = self._pauses[index].after(lived=time.monotonic() - process.birth)
        _log.error(
            "serving process %d ended by itself %s; starting another in %.0f s",
            index + 1,
            reason(process.inner.exitcode),
            pause,
        )
        self._record_death()
        return pause
