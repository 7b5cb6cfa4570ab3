"""The web as a process: where it listens, what stands in its way, and how it ends."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from granian._granian import ListenerSpec

from campaign.cli.respawning_server import TAKE_MILLISECONDS, listening
from campaign.services.monitoring import process_deaths
from tests.cli.processes import all_end, answers, family
from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which another program listens, one that shares its port with anybody who asks."""
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_port_in_use_is_named_before_anything_starts(
    campaign: Callable[..., Result], migrated: Path, taken_port: int, command: str
) -> None:
    result = campaign(command, "--port", str(taken_port))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"Port {taken_port} on 127.0.0.1 is in use by another program."
        " Stop it, or choose another with --port.\n"
    )


def test_an_address_of_another_machine_is_refused_in_a_sentence(
    campaign: Callable[..., Result], migrated: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_PUBLIC_URL", "https://letters.example")
    result = campaign("serve", "--host", "192.0.2.1", "--port", str(port))
    assert result.exit_code == 1
    assert (
        f"Port {port} on 192.0.2.1 cannot be listened on: Cannot assign requested address." in result.stderr
    )


def test_a_port_that_is_none_is_wrong_usage(campaign: Callable[..., Result], migrated: Path) -> None:
    assert campaign("serve", "--port", "70000").exit_code == 2


def test_the_web_answers_without_a_worker_and_ends_cleanly_when_told(
    program: Program, migrated: Path, port: int
) -> None:
    web = program("serve", "--port", str(port), "--workers", "2")
    assert comes_true(lambda: answers(port))
    below = family(web.pid)
    assert len(below) == 2
    web.send_signal(signal.SIGTERM)
    said, complaints = web.communicate(timeout=PATIENCE_SECONDS)
    assert (web.returncode, complaints) == (0, "")
    assert f"http://127.0.0.1:{port} " in said
    assert all_end(below)


def test_visitors_who_only_hold_the_line_keep_nobody_out_and_the_web_from_ending_neither(
    program: Program, migrated: Path, port: int
) -> None:
    web = program("serve", "--port", str(port), "--workers", "1")
    assert comes_true(lambda: answers(port))
    visitors = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    try:
        for visitor in visitors:
            visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        visitors[0].sendall(b"GET / HTTP/1.1\r\nHo")
        assert answers(port)
        web.send_signal(signal.SIGTERM)
        web.communicate(timeout=PATIENCE_SECONDS)
    finally:
        for visitor in visitors:
            visitor.close()
    assert web.returncode == 0


def test_a_serving_process_may_die_again_and_again(
    program: Program, migrated: Path, instance: Path, port: int
) -> None:
    web = program("serve", "--port", str(port), "--workers", "1")
    assert comes_true(lambda: answers(port))
    for _ in range(3):
        [serving] = family(web.pid)
        os.kill(serving, signal.SIGSEGV)
        assert comes_true(lambda: family(web.pid) not in ([], [serving]) and answers(port))  # noqa: B023
    assert process_deaths.counts(instance) == {"serving": 3}
    web.send_signal(signal.SIGTERM)
    _, complaints = web.communicate(timeout=15)
    assert web.returncode == 0
    assert "serving process 1 ended by itself by signal 11; starting another in 2 s" in complaints


def test_an_order_to_stop_is_heard_while_a_dead_process_is_waited_for(
    program: Program, migrated: Path, port: int
) -> None:
    web = program("serve", "--port", str(port), "--workers", "1")
    for _ in range(2):
        assert comes_true(lambda: answers(port))
        os.kill(family(web.pid)[0], signal.SIGKILL)
        assert comes_true(lambda: not answers(port))
    web.send_signal(signal.SIGTERM)
    web.communicate(timeout=15)
    assert web.returncode == 0


def test_a_visitor_who_takes_no_answer_is_ended_by_the_kernel(port: int) -> None:
    # That a serving process listens so, and for how long such visitors stay, is seen in the drill `slow`.
    holder = listening(ListenerSpec("127.0.0.1", port, 16), None)
    with socket.socket(fileno=os.dup(holder.get_fd())) as listener:
        listener.listen()
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0] as visitor:
            limit = visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert limit == TAKE_MILLISECONDS


def test_a_death_while_another_is_waited_for_leaves_the_web_at_rest(
    program: Program, migrated: Path, port: int
) -> None:
    web = program("serve", "--port", str(port), "--workers", "2")
    assert comes_true(lambda: answers(port) and len(family(web.pid)) == 2)
    for _ in range(2):  # there is a pause from the second on
        first, second = family(web.pid)
        os.kill(first, signal.SIGKILL)
        assert comes_true(lambda: first not in family(web.pid))  # noqa: B023
        os.kill(second, signal.SIGKILL)
        assert comes_true(lambda: len(set(family(web.pid)) - {first, second}) == 2)  # noqa: B023
    assert comes_true(lambda: answers(port))
    before = processor_seconds(web.pid)
    time.sleep(1.5)
    assert processor_seconds(web.pid) - before < 0.5


def processor_seconds(pid: int) -> float:
    """What the process has used (proc(5), /proc/pid/stat: utime and stime)."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
