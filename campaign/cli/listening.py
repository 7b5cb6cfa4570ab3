"""Where the web listens: the options that say so, and whether the port is free."""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

import click

from campaign.errors import RefusedError, UnavailableError

WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - names to compare with, not to bind to
# A process for each core, and no more than four unless asked: every process opens its own connections.
DEFAULT_WORKERS = min(4, os.cpu_count() or 1)


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
