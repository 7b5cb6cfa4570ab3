"""`campaign serve`: the web alone, on granian."""

import os
import resource
import time
from contextlib import suppress
from multiprocessing import parent_process

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from campaign.cli.context import log_to_terminal, opened_runtime, switch_threads_often
from campaign.cli.lifetime import end_with_parent
from campaign.cli.listening import announce_address, check_free, listening_options
from campaign.cli.respawning_server import RespawningServer
from campaign.errors import UnavailableError
from campaign.runtime import build_runtime
from campaign.services.installation import database_key
from campaign.services.monitoring import process_deaths
from campaign.settings import load_settings
from campaign.store.clock import utc_now
from campaign.store.time_limits import ending_at
from campaign.web import create_app
from campaign.web.asgi import AsgiApp

# Threads of each kind in one process: while one waits for the disk, others read and render, and forms that
# wait together are stored together. More only contend for the interpreter.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
# Granian counts open connections here, not requests: a low number would let a few dozen idle browsers keep
# everybody else out.
CONNECTIONS = 10_000
# How long a serving process that starts waits to be told the time, before it takes that of its machine.
CLOCK_SECONDS = 2.5
# How long requests under way may take to finish after the order to stop.
STOP_SECONDS = 6
# How long a connection may take over its headers, or rest between two requests.
HEADER_MILLISECONDS = 15_000


@click.command()
@listening_options
@click.option("--with-parent", type=int, hidden=True, help="End when this process has gone.")
@click.option("--log-requests", is_flag=True, help="A line for each request: its route, never who or what.")
def serve(host: str, port: int, workers: int, log_requests: bool, with_parent: int | None) -> None:
    """Serve the pages; the worker may run elsewhere."""
    if with_parent is not None:
        end_with_parent(with_parent)
    announce_address(host, port)
    check_free(host, port)
    with opened_runtime(waits=True) as runtime:
        public_url, instance = runtime.settings.web.public_url, runtime.settings.instance
    # Again, for the database may have been waited for.
    check_free(host, port)
    if with_parent is None:
        click.echo(f"Serving {public_url} (listening on {host} port {port}). Stop with Ctrl-C.")
    _allow_connections()
    log_to_terminal(requests=log_requests)
    RespawningServer(
        f"{__name__}:application",
        record_death=lambda: process_deaths.record(instance, "serving", now=utc_now()),
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
    switch_threads_often()
    runtime = build_runtime(load_settings(key_source=database_key.key_of_start))
    with suppress(UnavailableError), ending_at(time.monotonic() + CLOCK_SECONDS):
        runtime.clock()
    return AsgiApp(create_app(runtime), runtime.database, threads=THREADS)
