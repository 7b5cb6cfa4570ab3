"""Starts the commands a drill is about, as processes of their own, and ends them by their ids."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.processes import answers
from tests.waiting import free_port

# Its name, its value, its unit, and the most it may be.
Figure = tuple[str, float, str, float]


@dataclass(frozen=True)
class Server:
    """A running command that serves; `complaints` reads what it wrote to standard error so far."""

    port: int
    process: subprocess.Popen[bytes]
    errors: str

    @property
    def pid(self) -> int:
        return self.process.pid

    def complaints(self) -> str:
        return Path(self.errors).read_text("utf-8")


@contextmanager
def serving(
    environment: dict[str, str], *, command: str = "serve", workers: int = 2, port: int | None = None
) -> Iterator[Server]:
    """`campaign serve` or `campaign run` on a free loopback port, once it answers; ended with the block."""
    port = port or free_port()
    with tempfile.NamedTemporaryFile(suffix=".log") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "campaign", command, "--port", str(port), "--workers", str(workers)],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            if not within(30, lambda: answers(port)):
                raise RuntimeError("the server does not answer")
            yield Server(port, process, errors.name)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def within(seconds: float, claim: Callable[[], object]) -> bool:
    """Whether the claim comes true in time: how long a fault lasts is what a drill is about."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return False
