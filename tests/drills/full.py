"""The disk of an installation filled twice under load: forms are refused with all that was typed.

The instance folder is on a small file system of its own, which takes root to mount; else nothing is tried.
"""

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from campaign.services.monitoring import process_deaths
from tests.bench.stocked import stock
from tests.cli.processes import family
from tests.drills.form_senders import Confirmers, Senders
from tests.drills.forms import told
from tests.drills.forms_kept import look, number_under_way
from tests.drills.locked import ask, visit
from tests.drills.servers import Figure, serving, within

MEGABYTES = 128
FORMS_A_SECOND = 8
FORMS_BETWEEN = 60
TIMES = 2
FULL_SECONDS = 40
PATIENCE_SECONDS = 180
BACK_SECONDS = 15.0


def figures() -> Iterator[Figure]:
    """What was answered while there was no room, what became of each form, and how soon all was well."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        disk = Path(folder) / "disk"
        if not _is_mounted(Path(folder) / "image", disk, stack):
            print("# full: left out, for a small file system cannot be mounted here", flush=True)
            return
        site = stock(disk / "site", signatures=100, now=datetime.now(UTC))
        yield from _drill(disk, site.environment, site.path)


def _is_mounted(image: Path, place: Path, stack: ExitStack) -> bool:
    with image.open("wb") as file:
        file.truncate(MEGABYTES << 20)
    place.mkdir()
    for command in (["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, place]):
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
    stack.callback(subprocess.run, ["umount", place], check=True)
    return True


@dataclass
class _Seen:
    """What one who looks again and again was answered while the disk was full."""

    posts: Counter[str] = field(default_factory=Counter)
    longest_post: float = 0.0
    pages: Counter[int] = field(default_factory=Counter)
    ready: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)


def _drill(disk: Path, environment: dict[str, str], path: str) -> Iterator[Figure]:
    instance = Path(environment["CAMPAIGN_INSTANCE"])
    seen, longest = _Seen(), 0.0
    with ExitStack() as stack:
        site = stack.enter_context(serving(environment, command="run"))
        token = visit(site.port, (path, f"{path}/signatures"))
        first = set(family(site.pid))
        senders = stack.enter_context(Senders(site.port, path, token, each_second=FORMS_A_SECOND))
        confirmers = stack.enter_context(Confirmers(site.port, instance / "outbox"))
        for number in range(TIMES):
            _wait_for_forms(senders)
            with _filled(disk):
                _watch(site.port, path, senders, f"full{number}", seen)
            began = time.monotonic()
            forms, confirmed = senders.number(), confirmers.number()
            within(PATIENCE_SECONDS, lambda: senders.number() > forms)  # noqa: B023
            within(PATIENCE_SECONDS, lambda: confirmers.number() > confirmed)  # noqa: B023
            within(PATIENCE_SECONDS, lambda: ask(site.port, "GET", "/readyz", "en")[0] == 200)
            longest = max(longest, time.monotonic() - began)
        _wait_for_forms(senders)
        senders.stop()
        senders.kept |= seen.kept
        within(PATIENCE_SECONDS, lambda: confirmers.number() >= len(senders.kept))
        within(PATIENCE_SECONDS, lambda: number_under_way(environment) == 0)
        replaced = len(first - set(family(site.pid)))
    kept = look(environment, instance / "outbox", senders.kept)
    yield from _told_while_full(seen)
    yield "full.longest_until_all_was_well", longest, "s", BACK_SECONDS
    yield "full.processes_replaced", max(replaced, process_deaths.counts(instance).total()), "processes", 0
    yield from told("full", senders, confirmers, kept)


def _told_while_full(seen: _Seen) -> Iterator[Figure]:
    for words, number in seen.ready.items():
        print(f"# full: /readyz {words} ({number} times)", flush=True)
    for answer, number in seen.posts.items():
        print(f"# full: a form was {answer} ({number} times)", flush=True)
    yield "full.posts_given_back", seen.posts["given back"], "posts", 1e9
    wrong = seen.posts.total() - seen.posts["given back"] - seen.posts["kept"]
    yield "full.posts_neither_kept_nor_given_back", wrong, "posts", 0
    yield "full.longest_post", seen.longest_post, "s", 8.0
    yield "full.pages_without_200", seen.pages.total() - seen.pages[200], "pages", 0
    red = sum(number for words, number in seen.ready.items() if words.startswith("503"))
    yield "full.times_ready_was_green_or_silent", seen.ready.total() - red, "times", 0


def _watch(port: int, path: str, senders: Senders, name: str, seen: _Seen) -> None:
    ends_at = time.monotonic() + FULL_SECONDS
    number = 0
    while time.monotonic() < ends_at:
        number += 1
        address = f"{name}.{number}@mail.example"
        before = time.monotonic()
        form = senders.form(address, f"{name}.{number}")
        status, headers, body = ask(port, "POST", f"{path}/sign", ("en", "fr")[number % 2], form)
        seen.longest_post = max(seen.longest_post, time.monotonic() - before)
        is_given_back = status == 503 and "retry-after" in headers and b"Rana Idris" in body
        seen.posts["kept" if status == 303 else "given back" if is_given_back else str(status)] += 1
        if status == 303:
            seen.kept.add(address)
        for page in (path, f"{path}/signatures", "/healthz", f"/fr{path}"):
            seen.pages[ask(port, "GET", page, "en")[0]] += 1
        status, _, body = ask(port, "GET", "/readyz", "en")
        seen.ready[f"{status} {body.decode()}"] += 1
        time.sleep(0.5)


def _wait_for_forms(senders: Senders) -> None:
    enough = senders.number() + FORMS_BETWEEN
    if not within(PATIENCE_SECONDS, lambda: senders.number() >= enough):
        raise RuntimeError("no form is kept any more")


@contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """The file system has no byte left, and whatever becomes free is taken, until the end of the block."""
    with _Ballast(disk / "ballast"):
        within(10, lambda: shutil.disk_usage(disk).free < 1 << 14)
        yield


class _Ballast(threading.Thread):
    def __init__(self, file: Path) -> None:
        super().__init__(daemon=True)
        self._file = file
        self._stopped = threading.Event()

    def run(self) -> None:
        """Write until there is no room, again and again."""
        with self._file.open("ab", buffering=0) as file:
            while not self._stopped.wait(0.02):
                for size in (1 << 20, 1 << 12):
                    try:
                        while file.write(bytes(size)):
                            pass
                    except OSError:
                        continue

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopped.set()
        self.join()
        self._file.unlink()


if __name__ == "__main__":
    from tests.drills.__main__ import report

    sys.exit(report(figures()))
