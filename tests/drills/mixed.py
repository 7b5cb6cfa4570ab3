"""An hour of everything at once, with rests: no process is replaced, no request lost, and memory stays flat.

`python -m tests.drills.mixed 5 sqlite` tries it for five minutes on one of the two databases.
"""

import random
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import build_runtime
from campaign.services.accounts import organizers
from campaign.services.monitoring import process_deaths
from campaign.settings import load_settings
from tests import databases
from tests.bench.stocked import stock
from tests.cli.processes import command_line, family
from tests.drills.form_senders import Confirmers, Crowd, Senders
from tests.drills.forms_kept import look, number_under_way
from tests.drills.locked import ask, on_postgresql, visit
from tests.drills.servers import Figure, Server, serving, within
from tests.drills.visitors import Organizers, Provider, Readers, Reporters

MINUTES = 60.0
DATABASES = ("sqlite", "postgresql")
# About 25 requests a second: the drill is about rests and length, and shares its machine.
FORMS_A_SECOND = 2.0
PAGES_A_SECOND = 16.0
DESK_PAGES_A_SECOND = 1.0
REPORTS_A_SECOND = 0.5
WORK_SECONDS = (60.0, 120.0)
# The server ends threads after 30 seconds of idleness, and connections to PostgreSQL are given up after 60.
REST_SECONDS = (40.0, 70.0)
SAMPLE_SECONDS = 30.0
# A sixth of the time is for getting warm: caches fill, threads start.
WARM_SHARE = 1 / 6
FLAT_MB = 8.0
PATIENCE_SECONDS = 120
EMAIL = "ada@river.example"


def figures(minutes: float = MINUTES, names: Sequence[str] = DATABASES) -> Iterator[Figure]:
    """What was lost or replaced, and how much memory each process took, on each database."""
    for name in names:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            if name == "sqlite":
                site = stock(Path(folder), signatures=100, now=datetime.now(UTC))
                environment, path = site.environment, site.path
            else:
                server = databases.PostgreSQLServer(durable=True)
                stack.callback(server.close)
                environment, path = on_postgresql(Path(folder), server.url)
            yield from _drill(f"mixed.{name}", environment, path, minutes)


@dataclass
class _Seen:
    """What all who came were answered, and the forms that were acknowledged."""

    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    kept: set[str] = field(default_factory=set)
    confirmed: int = 0


def _drill(name: str, environment: dict[str, str], path: str, minutes: float) -> Iterator[Figure]:
    provider, password = Provider(), organizers.new_password()
    environment = {**environment, "CAMPAIGN_SENDGRID_WEBHOOK_KEY": provider.public_key}
    _add_organizer(environment, password)
    outbox = Path(environment["CAMPAIGN_INSTANCE"]) / "outbox"
    seen, read = _Seen(), set[str]()
    with serving(environment, command="run") as server, _Samples(server) as samples:
        token = visit(server.port, (path,))
        ends_at = time.monotonic() + 60 * minutes
        chance = random.Random(1)
        number = 0
        while time.monotonic() < ends_at:
            crowds: dict[str, Crowd] = {
                "sending": Senders(server.port, path, token, each_second=FORMS_A_SECOND, name=f"r{number}."),
                "confirming": Confirmers(server.port, outbox, seen=read),
                "reading": Readers(server.port, path, each_second=PAGES_A_SECOND),
                "reporting": Reporters(server.port, outbox, provider, each_second=REPORTS_A_SECOND),
                "desk": Organizers(server.port, path, EMAIL, password, each_second=DESK_PAGES_A_SECOND),
            }
            _let_work(crowds, min(chance.uniform(*WORK_SECONDS), ends_at - time.monotonic()), seen)
            time.sleep(max(0.0, min(chance.uniform(*REST_SECONDS), ends_at - time.monotonic())))
            number += 1
        samples.stop()
        last = Confirmers(server.port, outbox, seen=read)
        with last:
            within(PATIENCE_SECONDS, lambda: seen.confirmed + last.number() >= len(seen.kept))
            within(PATIENCE_SECONDS, lambda: number_under_way(environment) == 0)
        seen.answers["confirming"].update(last.answers)
        replaced = samples.replaced()
    deaths = process_deaths.counts(Path(environment["CAMPAIGN_INSTANCE"])).total()
    yield from _told(name, seen, samples)
    yield f"{name}.processes_replaced", max(replaced, deaths), "processes", 0
    found = look(environment, outbox, seen.kept)
    yield f"{name}.forms_lost", found.lost, "forms", 0
    yield f"{name}.forms_not_confirmed", found.waiting_in_doubt + found.not_confirmed, "forms", 0
    yield f"{name}.counted_wrongly", found.miscounted, "signatures", 0
    yield f"{name}.messages_missing_or_twice", found.messages_missing + found.messages_twice, "messages", 0
    yield f"{name}.without_one_thanks", found.without_one_thanks, "signatures", 0
    yield f"{name}.emails_not_delivered", found.emails_in_doubt + found.emails_not_accepted, "emails", 0


def _let_work(crowds: dict[str, Crowd], seconds: float, seen: _Seen) -> None:
    with ExitStack() as stack:
        for crowd in crowds.values():
            stack.enter_context(crowd)
        time.sleep(max(0.0, seconds))
    for name, crowd in crowds.items():
        seen.answers[name].update(crowd.answers)
        if isinstance(crowd, Senders):
            seen.kept |= crowd.kept
        if isinstance(crowd, Confirmers):
            seen.confirmed += crowd.number()


_RIGHT = {"sending": 303, "confirming": 200, "reading": 200, "reporting": 204, "desk": 200}


def _told(name: str, seen: _Seen, samples: "_Samples") -> Iterator[Figure]:
    for kind, answers in seen.answers.items():
        for status, number in sorted(answers.items()):
            print(f"# {name}: {kind} was answered with {status} ({number} times)", flush=True)
    asked = sum(answers.total() for answers in seen.answers.values())
    right = sum(answers[_RIGHT[kind]] for kind, answers in seen.answers.items())
    yield f"{name}.requests", asked, "requests", 1e9
    yield f"{name}.requests_lost", asked - right, "requests", 0
    yield f"{name}.forms_kept", len(seen.kept), "forms", 1e9
    yield f"{name}.times_not_ready", samples.times_not_ready, "times", 0
    for process, (warm, end, most) in samples.memory().items():
        print(f"# {name}: {process} {warm:.1f} MB warm, {end:.1f} MB at the end, {most:.1f} MB at most")
    growth = [end - warm for warm, end, _ in samples.memory().values()]
    yield f"{name}.most_growth_once_warm", max(growth), "MB", FLAT_MB


class _Samples(threading.Thread):
    """Notes the memory of every process twice a minute, and whether the site says that all is well."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._stopped = threading.Event()
        self._began = time.monotonic()
        self._first = _lasting(server.pid)
        self._megabytes: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.times_not_ready = 0

    def run(self) -> None:
        """Look until the block ends."""
        while not self._stopped.wait(SAMPLE_SECONDS):
            status, _, body = ask(self._server.port, "GET", "/readyz", "en")
            if status != 200:
                self.times_not_ready += 1
                print(f"# not ready: {status} {body.decode()}", flush=True)
            moment = time.monotonic() - self._began
            for pid in self._first:
                with suppress(OSError):
                    self._megabytes[pid].append((moment, _resident_megabytes(pid)))

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self.join()

    def replaced(self) -> int:
        """How many of the processes that were there at the start are not there now."""
        return len(set(self._first) - set(_lasting(self._server.pid)))

    def memory(self) -> dict[str, tuple[float, float, float]]:
        """Of each process: megabytes once it is warm, as much time before the end, and at most."""
        told = {}
        for pid, samples in self._megabytes.items():
            span = samples[-1][0] * WARM_SHARE
            warm = [size for moment, size in samples if span <= moment <= 2 * span]
            end = [size for moment, size in samples if moment >= samples[-1][0] - span]
            sizes = [size for _, size in samples]
            if warm:
                told[f"{self._first[pid]} {pid}"] = (
                    statistics.median(warm),
                    statistics.median(end),
                    max(sizes),
                )
        return told

    def __enter__(self) -> "_Samples":
        within(30, lambda: len(_lasting(self._server.pid)) >= 5)
        self._first = _lasting(self._server.pid)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _lasting(server: int) -> dict[int, str]:
    """The supervisor, web and worker and the serving processes, with what each is."""
    found = {server: "run"}
    for pid in family(server):
        with suppress(OSError):
            words = command_line(pid)
            if "campaign" in words:
                found[pid] = words[words.index("campaign") + 1]
            elif any("spawn_main" in word or "forkserver" in word for word in words):
                found[pid] = "serving"
    return found


def _resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("it has ended")


def _add_organizer(environment: dict[str, str], password: str) -> None:
    runtime = build_runtime(load_settings(environment))
    with runtime.database.transaction() as session:
        organizers.add(
            session,
            EMAIL,
            role=Role.OWNER,
            password=password,
            actor=COMMAND_LINE,
            now=datetime.now(UTC),
        )
    runtime.close()


if __name__ == "__main__":
    from tests.drills.__main__ import report

    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    sys.exit(report(figures(minutes, sys.argv[2:] or DATABASES)))
