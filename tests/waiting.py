"""Waiting for what comes true in its own time, and ports that nobody else is given.

Bounds here only end a test that would never end: they are no claim about speed, which depends on what else
the machine has to do. A claim about work is measured in processor time.
"""

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# Far beyond what a machine under ten times its load needs.
PATIENCE_SECONDS = 90.0
_PORTS_TO_TRY = 100


def comes_true(claim: Callable[[], object], *, every: float = 0.02) -> bool:
    """Whether the claim comes true, asked again and again for as long as patience lasts."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        if time.monotonic() > deadline:
            return bool(claim())
        time.sleep(every)
    return True


@contextmanager
def little_work(seconds: float) -> Iterator[None]:
    """Fails when the block keeps the processor busy for longer; waiting for it costs nothing."""
    began = time.process_time()
    yield
    busy = time.process_time() - began
    assert busy < seconds, f"{busy:.1f} s of work where {seconds} s are plenty"


def free_port() -> int:
    """A port to hand to a program that is to listen on it.

    Out of the range from which the kernel serves everybody who asks for any port: one of those may be taken
    again before the program has started.
    """
    for _ in range(_PORTS_TO_TRY):
        port = 10_000 + secrets.randbelow(_first_of_the_kernels() - 10_000)
        with closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


def _first_of_the_kernels() -> int:
    """Where that range begins (ip(7), ip_local_port_range); the usual place where the kernel does not say."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        first = 32_768
    return max(first, 11_000)
