"""Work on what strangers have written, in a process of its own with limits on time and memory.

Both ends are here. A request goes in on standard input; out comes a line of JSON, and bytes after it.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from campaign.errors import CampaignError

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class ProcessAnswer:
    """What a process said: whether it was done, its line of JSON (empty if there was none), and the rest."""

    done: bool
    head: dict[str, Any]
    body: bytes


def run(module: str, request: bytes, *, seconds: float, stop: threading.Event | None = None) -> ProcessAnswer:
    """Run a module on a request; it is ended after so many seconds of waiting, or when `stop` is set."""
    with subprocess.Popen(  # noqa: S603 - this interpreter, and modules of our own
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        output = _communicate(process, request, time.monotonic() + seconds, stop)
    head, _, body = output.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        said = {}
    return ProcessAnswer(process.returncode == 0, said if isinstance(said, dict) else {}, body)


def limit(*, seconds: float, memory: int, niceness: int = 0, most_seconds: float = 0.0) -> None:
    """Let this process end after so many seconds of processor time, and take so many bytes more of memory.

    `allow` may give it more time later, up to `most_seconds` in all.
    """
    os.nice(niceness)
    whole = int(max(seconds, most_seconds)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    # Beyond what it begins with: where every language is installed, each process has 200 MB of them mapped.
    most = memory + _size()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def allow(seconds: float) -> None:
    """Let this process go on for so many seconds of processor time from now."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _size() -> int:
    """The bytes of address space this process has; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def answer(head: dict[str, Any], body: bytes = b"") -> int:
    """Write what was made, and the exit status for it."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    return 0


def refuse(error: CampaignError) -> int:
    """Write the sentence in parts, so that it can be translated where it is shown; the exit status for it."""
    answer({"message": error.message, "values": error.values})
    return 1


def _communicate(
    process: "subprocess.Popen[bytes]", request: bytes, until: float, stop: threading.Event | None
) -> bytes:
    # Popen.communicate forgets what it has not yet written of its input when it is interrupted.
    writer = threading.Thread(target=_write, args=(process.stdin, request), daemon=True)
    process.stdin = None
    writer.start()
    while True:
        wait = min(_POLL_SECONDS, max(0.01, until - time.monotonic()))
        try:
            return process.communicate(timeout=wait)[0]
        except subprocess.TimeoutExpired:
            if (stop is not None and stop.is_set()) or time.monotonic() > until:
                process.kill()


def _write(pipe: IO[bytes], request: bytes) -> None:
    with suppress(BrokenPipeError), pipe:
        pipe.write(request)
