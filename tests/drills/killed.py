"""A worker that is started again whenever it has been killed, and serving processes to kill."""

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.cli.processes import family
from tests.drills.servers import within


class WorkerProcess:
    """`campaign worker`; with the block it is told to end."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._process = self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Kill it at whatever it is doing, and start another."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "campaign", "worker"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(30)


def kill_serving(server: int, chance: random.Random) -> None:
    """Kill one of the server's processes as soon as there is any: dead ones come back after a pause."""

    def is_killed() -> bool:
        pids = family(server)
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(chance.choice(pids), signal.SIGKILL)
            return True
        return False

    if not within(30, is_killed):
        raise RuntimeError("no serving process came back")
