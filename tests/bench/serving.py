"""Starts the real server, and a trivial one beside it, for as long as a benchmark lasts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def campaign_server(environment: dict[str, str], *, workers: int = 2) -> Iterator[int]:
    """`campaign serve` on a free loopback port, which is yielded; ended by its own process id."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("campaign")), "serve", "--port", str(port)]
    with _running([*command, "--workers", str(workers)], port, environment):
        yield port


@contextmanager
def trivial_server(*, workers: int = 2) -> Iterator[int]:
    """One Flask view that answers a word, on the same server with the same number of processes."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    with _running([*command, "--workers", str(workers), "--no-ws", "tests.bench.trivial:app"], port, {}):
        yield port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait(port, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(process.stderr.read() if process.stderr else "the server ended")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server does not answer")
