"""Processes killed again and again, and a database that is away for a minute: all comes back by itself."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.services.monitoring import process_deaths
from tests.cli.processes import answers, command_line, family
from tests.databases import PostgreSQLServer
from tests.drills.locked import ask, on_postgresql
from tests.drills.servers import Figure, Server, serving, within

SERVING_KILLS = 12
OTHER_KILLS = 3
AWAY_SECONDS = 60
# Longer than any pause between the death of a child and the next.
LONGEST_SECONDS = 75


def figures() -> Iterator[Figure]:
    """How soon the site answered after each kind of death, and whether any ended the whole."""
    database = PostgreSQLServer()
    try:
        with TemporaryDirectory() as folder:
            environment, path = on_postgresql(Path(folder), database.url)
            with serving(environment, command="run") as server:
                yield from _kill_processes(server, path, Path(folder))
                yield from _take_database_away(server, path, database)
    finally:
        database.close()


def _kill_processes(server: Server, path: str, folder: Path) -> Iterator[Figure]:
    chance = random.Random(1)
    longest = 0.0
    for number in range(SERVING_KILLS):
        [web] = _children(server, "serve")
        os.kill(chance.choice(family(web)), (signal.SIGKILL, signal.SIGSEGV)[number % 2])
        longest = max(longest, _until_answered(server, path))
        time.sleep(chance.random())
    yield "deaths.serving_longest_silence", longest, "s", 12.0
    for command in ("serve", "worker"):
        longest = 0.0
        for _ in range(OTHER_KILLS):
            [victim] = _children(server, command)
            os.kill(victim, signal.SIGKILL)
            began = time.monotonic()
            within(LONGEST_SECONDS, lambda: _children(server, command) not in ([], [victim]))  # noqa: B023
            _until_answered(server, path)
            longest = max(longest, time.monotonic() - began)
        yield f"deaths.{command}_longest_absence", longest, "s", 20.0
    counted = process_deaths.counts(folder)
    yield "deaths.not_counted", 2 * OTHER_KILLS - counted["web"] - counted["worker"], "deaths", 0
    yield "deaths.run_ended", float(server.process.poll() is not None), "times", 0


def _take_database_away(server: Server, path: str, database: PostgreSQLServer) -> Iterator[Figure]:
    database.kill()
    longest, began = 0.0, time.monotonic()
    while time.monotonic() - began < AWAY_SECONDS:
        before = time.monotonic()
        answers(server.port)
        longest = max(longest, time.monotonic() - before)
        time.sleep(0.5)
    database.start()
    back = _until_answered(server, path)
    yield "deaths.health_while_the_database_was_away", longest, "s", 1.0
    yield "deaths.pages_after_the_database_came_back", back, "s", 5.0
    ready = time.monotonic()
    within(LONGEST_SECONDS, lambda: ask(server.port, "GET", "/readyz", "en")[0] == 200)
    yield "deaths.ready_after_the_database_came_back", time.monotonic() - ready, "s", LONGEST_SECONDS - 1
    yield "deaths.run_ended_without_a_database", float(server.process.poll() is not None), "times", 0


def _until_answered(server: Server, path: str) -> float:
    """How long it takes until the site gives a page anew."""
    began = time.monotonic()
    within(LONGEST_SECONDS, lambda: ask(server.port, "GET", f"{path}?source=drill", "en")[0] == 200)
    return time.monotonic() - began


def _children(server: Server, command: str) -> list[int]:
    """The processes that `campaign run` itself has started with a command."""
    found = []
    for pid in family(server.pid):
        try:
            words = command_line(pid)
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if command in words and parent == words[-2] == str(server.pid):
            found.append(pid)
    return found
