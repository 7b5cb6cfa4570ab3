"""`campaign run`: everything on one machine, from the first start to the last signal."""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from campaign.services.campaigns import pages
from campaign.services.monitoring import process_deaths
from campaign.services.officials import directory
from campaign.store.database import Database
from tests.cli.processes import all_end, answers, command_line, family, lives
from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(program: Program, port: int) -> Callable[..., subprocess.Popen[str]]:
    """Starts `campaign run` and waits until it has said where everything is."""

    def start(*options: str) -> subprocess.Popen[str]:
        running = program("run", "--port", str(port), "--workers", "1", *options)
        assert running.stdout
        running.greeting = ""  # type: ignore[attr-defined]
        while "Stop with" not in running.greeting:  # type: ignore[attr-defined]
            line = running.stdout.readline()
            assert line, "It ended before it was up."
            running.greeting += line  # type: ignore[attr-defined]
        assert answers(port)
        return running

    return start


def stop(running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=PATIENCE_SECONDS)


def child(running: subprocess.Popen[str], command: str) -> int:
    """The process of one command that `run` has started, once it is there."""
    assert comes_true(lambda: len(children(running, command)) == 1)
    return children(running, command)[0]


def children(running: subprocess.Popen[str], command: str) -> list[int]:
    found = []
    for pid in family(running.pid):
        with suppress(OSError):  # it has ended meanwhile
            words = command_line(pid)
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            if command in words and words[-2] == parent == str(running.pid):
                found.append(pid)
    return found


def test_the_first_start_brings_the_example_and_a_login_and_the_second_keeps_them(
    start: Program, instance: Path, port: int
) -> None:
    first = start("--example")
    here = f"http://127.0.0.1:{port}"
    greeting = first.greeting  # type: ignore[attr-defined]
    assert f"{here}/c/human-rights-first\n" in greeting
    assert f"{here}/organizer/\n" in greeting
    assert f"{here}/outbox\n" in greeting
    assert re.search(r"organizer@coalition\.example\n +first password +\S{15,} ", greeting)
    stop(first)
    assert first.returncode == 0

    second = start("--example")
    assert "password" not in second.greeting  # type: ignore[attr-defined]
    stop(second)

    database = Database(f"sqlite:///{instance / 'campaign.db'}")
    with database.reading() as session:
        [head] = pages.open_campaigns(session)
        addresses = [official.email for official in directory.list_officials(session, head.id)]
    database.close()
    assert len(addresses) == 10
    assert all(address and address.endswith(".example") for address in addresses)


def test_a_platform_without_a_letter_starts_and_ctrl_c_ends_all_of_it_cleanly(
    start: Program, port: int
) -> None:
    running = start()
    assert f"http://127.0.0.1:{port}/\n" in running.greeting  # type: ignore[attr-defined]
    below = family(running.pid)
    assert len(below) >= 3
    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 0
    assert "Traceback" not in complaints
    assert all_end(below)
    assert not answers(port)


def test_a_worker_that_dies_is_started_again(start: Program) -> None:
    running = start()
    dead = child(running, "worker")
    os.kill(dead, signal.SIGKILL)
    assert comes_true(lambda: any("worker" in command_line(p) for p in family(running.pid) if p != dead))
    stop(running)
    assert running.returncode == 0


def test_a_web_that_dies_is_started_again_however_often_and_is_told(
    start: Program, instance: Path, port: int
) -> None:
    running = start()
    for _ in range(2):
        below = family(running.pid)
        web = child(running, "serve")
        os.kill(web, signal.SIGKILL)
        assert comes_true(lambda: children(running, "serve") not in ([], [web]))  # noqa: B023
        assert comes_true(lambda: answers(port))
        assert [pid for pid in below if lives(pid)] == [child(running, "worker")]
    stop(running)
    assert running.returncode == 0
    assert process_deaths.counts(instance) == {"web": 2}


def test_a_killed_supervisor_leaves_nothing_behind(start: Program, port: int) -> None:
    running = start()
    below = family(running.pid)
    os.kill(running.pid, signal.SIGKILL)
    assert all_end(below)
    assert not answers(port)
