"""Web and worker that start before their database: they wait and say so; wrong settings still end at once."""

import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from sqlalchemy import make_url

from campaign.store import schema
from campaign.store.database import Database
from tests.cli.processes import answers
from tests.databases import NoServerError, PostgreSQLServer
from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQLServer]:
    """A server of its own, with an empty installation."""
    try:
        server = PostgreSQLServer()
    except NoServerError as error:
        pytest.skip(str(error))
    database = Database(server.url)
    schema.upgrade(database)
    database.close()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def database_url(
    server: PostgreSQLServer, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the commands of a test find it by."""
    environment["DATABASE_URL"] = server.url
    monkeypatch.setenv("DATABASE_URL", server.url)


def waited(running: subprocess.Popen[str]) -> list[str]:
    """The ends of the first two lines on standard error: how long it waits for a server that is not there."""
    assert running.stderr
    return [running.stderr.readline().rpartition("Connection refused. ")[2].strip() for _ in range(2)]


def complaints(running: subprocess.Popen[str]) -> str:
    """What it has said on standard error, once it has ended."""
    return running.communicate(timeout=PATIENCE_SECONDS)[1]


def test_who_starts_before_the_database_waits_for_it_and_says_so(
    program: Program, server: PostgreSQLServer
) -> None:
    server.kill()
    ports = {"serve": free_port(), "run": free_port()}
    started = [
        program("serve", "--port", str(ports["serve"]), "--workers", "1"),
        program("run", "--port", str(ports["run"]), "--workers", "1"),
        program("worker"),
    ]
    told_to_end = program("worker")
    for each in [*started, told_to_end]:
        assert waited(each) == ["Trying again in 1 s.", "Trying again in 2 s."]
    told_to_end.send_signal(signal.SIGTERM)
    assert "Traceback" not in complaints(told_to_end)
    assert told_to_end.returncode == 0

    server.start()
    assert comes_true(lambda: all(answers(port) for port in ports.values()))
    for each in started:
        assert each.poll() is None
        each.send_signal(signal.SIGTERM)
    for each in started:
        assert "The database is there.\n" in complaints(each)
        assert each.returncode == 0


def test_wrong_settings_and_a_run_that_is_to_be_short_do_not_wait(
    campaign: Callable[..., Result], server: PostgreSQLServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = make_url(server.url).set(password="another")
    monkeypatch.setenv("DATABASE_URL", wrong.render_as_string(hide_password=False))
    for command in ("serve", "run"):
        result = campaign(command, "--port", str(free_port()))
        assert result.exit_code == 1
        assert "password authentication failed" in result.stderr
    assert "password authentication failed" in campaign("worker").stderr

    nobody_listens = make_url(server.url).set(port=free_port())
    monkeypatch.setenv("DATABASE_URL", nobody_listens.render_as_string(hide_password=False))
    result = campaign("worker", "--once")
    assert result.exit_code == 1
    assert "Connection refused" in result.stderr
