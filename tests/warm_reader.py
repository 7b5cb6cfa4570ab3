"""Letters are read by a process of its own each; in tests it is the fork of one that has loaded all code.

To start Python and load what reads letters takes ten times as long as to read one. The forks keep all limits,
and one letter is read by each. Tests about these limits ask for the fixture `cold_reader`.
"""

import atexit
import gc
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

from campaign.documents import limited_process
from campaign.documents.limited_process import ProcessAnswer

READER = "campaign.documents.read_letter.process"
_run = limited_process.run
_lock = threading.Lock()


def warm_readers() -> None:
    """Let letters be read by forks from now on."""
    limited_process.run = run_warm


def cold_readers() -> None:
    """Let each reader be a program that is started for its letter, as everywhere but in tests."""
    limited_process.run = _run


def run_warm(
    module: str, request: bytes, *, seconds: float, stop: threading.Event | None = None
) -> ProcessAnswer:
    """As `limited_process.run`."""
    if module != READER:
        return _run(module, request, seconds=seconds, stop=stop)
    ours, theirs = socket.socketpair()
    told, tells = os.pipe()
    with theirs, _lock:
        socket.send_fds(_loaded(), [b"1"], [theirs.fileno(), tells])
    os.close(tells)
    with closing(ours), os.fdopen(told, "rb") as said:
        (pid,) = struct.unpack("i", said.read(4))
        ours.settimeout(seconds)
        try:
            output = _exchanged(ours, request)
            done = said.read() == b"\0"
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            output, done = b"", False
    head, _, body = output.partition(b"\n")
    with suppress(ValueError):
        found: Any = json.loads(head)
        return ProcessAnswer(done, found if isinstance(found, dict) else {}, body)
    return ProcessAnswer(done, {}, body)


def _exchanged(ours: socket.socket, request: bytes) -> bytes:
    with suppress(BrokenPipeError):
        ours.sendall(request)
        ours.shutdown(socket.SHUT_WR)
    parts = []
    with suppress(ConnectionResetError):
        while part := ours.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


@cache
def _loaded() -> socket.socket:
    """Where to ask the process that has loaded the code for a fork; it ends with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_reader", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(control: socket.socket) -> None:
    from campaign.documents.read_letter.process import main

    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, files, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            letter, tells = files
            os.write(tells, struct.pack("i", os.getpid()))
            os.dup2(letter, 0)
            os.dup2(letter, 1)
            os.close(letter)
            status = main()
            os.write(tells, bytes([status]))
            os._exit(status)
        for file in files:
            os.close(file)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
