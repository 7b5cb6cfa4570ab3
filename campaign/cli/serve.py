"""`campaign serve`: the web alone, on granian."""

import errno
import os
import resource
import socket
import sys
from collections.abc import Callable
from multiprocessing import parent_process
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from campaign.cli.context import log_to_terminal, now, opened_runtime
from campaign.cli.lifetime import end_with_parent
from campaign.cli.respawning_server import RespawningServer
from campaign.errors import RefusedError, UnavailableError
from campaign.runtime import build_runtime
from campaign.services import installation
from campaign.services.monitoring import process_deaths
from campaign.settings import load_settings
from campaign.web import create_app
from campaign.web.asgi import AsgiApp

WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - names to compare with, not to bind to
# A process for each core, and no more than four unless asked: every process opens its own connections.
DEFAULT_WORKERS = min(4, os.cpu_count() or 1)
# Threads of each kind in one process: while one waits for the disk, others read and render, and forms that
# wait together are stored together. More only contend for the interpreter.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
# A thread that comes back from the database waits this long for the interpreter, perhaps holding the
# one writer lock. Python's own 5 ms would be ten times what a signature takes.
SWITCH_SECONDS = 0.0005
# Granian counts open connections here, not requests: a low number would let a few dozen idle browsers keep
# everybody else out.
CONNECTIONS = 10_000
# How long requests under way may take to finish after the order to stop.
STOP_SECONDS = 6
# How long a connection may take over its headers, or rest between two requests.
HEADER_MILLISECONDS = 15_000


def listening_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --host, --port and --workers, the same for every command that serves."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(1, 64),
            default=DEFAULT_WORKERS,
            show_default="one for each core, up to 4",
            help="Processes that answer requests.",
        ),
        click.option(
            "--port",
            type=click.IntRange(1, 65535),
            envvar="PORT",
            show_envvar=True,
            default=8000,
            show_default=True,
            help="The port to listen on.",
        ),
        click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on."),
    ):
        command = option(command)
    return command


@click.command()
@listening_options
@click.option("--with-parent", type=int, hidden=True, help="End when this process has gone.")
@click.option("--log-requests", is_flag=True, help="A line for each request: its route, never who or what.")
def serve(host: str, port: int, workers: int, log_requests: bool, with_parent: int | None) -> None:
    """Serve the pages; the worker may run elsewhere."""
    if with_parent is not None:
        end_with_parent(with_parent)
    announce_address(host, port)
    with opened_runtime() as runtime:
        public_url, instance = runtime.settings.web.public_url, runtime.settings.instance
    check_free(host, port)
    if with_parent is None:
        click.echo(f"Serving {public_url} (listening on {host} port {port}). Stop with Ctrl-C.")
    _allow_connections()
    log_to_terminal(requests=log_requests)
    RespawningServer(
        f"{__name__}:application",
        record_death=lambda: process_deaths.record(instance, "serving", now=now()),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        factory=True,
        workers=workers,
        backlog=2048,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=False,
        # Access logs would keep addresses of people and the secrets in their links.
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


def _allow_connections() -> None:
    """Raise the number of files this process may open: each connection is one."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, CONNECTIONS + 1_000)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def application() -> AsgiApp:
    """The application of one serving process, which ends with the process that made it."""
    parent = parent_process()
    if parent is not None and parent.pid is not None:
        end_with_parent(parent.pid)
    sys.setswitchinterval(SWITCH_SECONDS)
    runtime = build_runtime(load_settings(key_source=installation.key_of_start))
    return AsgiApp(create_app(runtime), runtime.database, threads=THREADS)


def announce_address(host: str, port: int) -> None:
    """Make the address served on the default of CAMPAIGN_PUBLIC_URL, here and in every child process."""
    os.environ["PORT"] = str(port)
    if host not in WILDCARDS:
        authority = f"[{host}]" if ":" in host else host
        os.environ.setdefault("CAMPAIGN_PUBLIC_URL", f"http://{authority}:{port}")


def check_free(host: str, port: int) -> None:
    """RefusedError or UnavailableError unless this port can be listened on.

    The server's own sockets share a port among its processes, and would share it with another program's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise RefusedError("There is no address %(host)s on this machine.", host=host) from error
    except OSError as error:
        raise _refusal(error, host, port) from error


def _refusal(error: OSError, host: str, port: int) -> UnavailableError:
    if error.errno == errno.EADDRINUSE:
        return UnavailableError(
            "Port %(port)d on %(host)s is in use by another program. Stop it, or choose another with --port.",
            host=host,
            port=port,
        )
    return UnavailableError(
        "Port %(port)d on %(host)s cannot be listened on: %(reason)s.",
        host=host,
        port=port,
        reason=error.strerror,
    )
