"""Watching processes from outside: which there are, whether they live, whether a port answers."""

import urllib.error
import urllib.request
from pathlib import Path

from tests.waiting import PATIENCE_SECONDS, comes_true


def answers(port: int) -> bool:
    """Whether a web server speaks on this port of this machine, whatever it says."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


def family(pid: int) -> list[int]:
    """The living processes below this one, however deep."""
    below = [child for child, state, parent in _processes() if parent == pid and state != "Z"]
    return below + [other for child in below for other in family(child)]


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def lives(pid: int) -> bool:
    return any(child == pid and state != "Z" for child, state, _ in _processes())


def all_end(pids: list[int]) -> bool:
    """Whether all of them come to their end."""
    return comes_true(lambda: not any(lives(pid) for pid in pids))


def _processes() -> list[tuple[int, str, int]]:
    """Id, state and parent of every process (proc(5), /proc/pid/stat)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        found.append((int(status.parent.name), state, int(parent)))
    return found
