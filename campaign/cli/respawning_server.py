"""Granian, but that its serving processes come back however often they die."""

import logging
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from granian._granian import ListenerSpec, SocketHolder
from granian.server.mp import MPServer, WorkerProcess

from campaign.cli.lifetime import RestartPause
from campaign.cli.supervisor import POLL_SECONDS, reason

# Short, for with few processes the others may be dead as well.
LONGEST_PAUSE_SECONDS = 10.0
# A visitor who takes nothing of an answer for so long is gone; else ten thousand of them would keep all
# others out for as long as they like.
TAKE_MILLISECONDS = 20_000
_log = logging.getLogger("campaign.serve")


class RespawningServer(MPServer):
    """A Granian that starts dead processes again after growing pauses, and is ended by signals alone.

    Granian itself ends when one dies twice within seconds. `record_death` is called for each that died.
    """

    def __init__(self, *arguments: Any, record_death: Callable[[], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._record_death = record_death
        self._pauses = [RestartPause(first=0.0, longest=LONGEST_PAUSE_SECONDS) for _ in range(self.workers)]

    @staticmethod
    @WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
    def _spawn_asgi_worker(
        worker_id: int,
        callback: Any,
        sock: tuple[ListenerSpec | None, SocketHolder | None],
        *arguments: Any,
        **options: Any,
    ) -> None:
        # What granian makes of its own method, without opening the socket by itself.
        serve = MPServer._spawn_asgi_worker.__wrapped__
        serve(worker_id, callback, (None, listening(*sock)), *arguments, **options)

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
        # Who died meanwhile has woken granian's loop as well, which would look for them again and again.
        self.main_loop_interrupt.clear()
        if self.interrupt_signal or self.reload_signal or self.interrupt_children:
            self.main_loop_interrupt.set()

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


def listening(spec: ListenerSpec | None, shared: SocketHolder | None) -> SocketHolder:
    """The socket that a serving process listens on, whose connections end with visitors who take nothing."""
    holder = spec.build() if spec is not None else shared
    assert holder is not None
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Connections inherit it (tcp(7)); the descriptor is another of the same socket.
        with socket.socket(fileno=os.dup(holder.get_fd())) as same:
            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKE_MILLISECONDS)
    return holder
