"""PostgreSQL restarted again and again under load: nothing is lost, and all come back by themselves.

`python -m tests.drills.restarted` runs it alone, in about five minutes.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.services.monitoring import process_deaths
from tests.cli.processes import family
from tests.databases import PostgreSQLServer
from tests.drills.form_senders import Confirmers, Senders
from tests.drills.forms import told
from tests.drills.forms_kept import look, number_under_way
from tests.drills.locked import ask, on_postgresql, visit
from tests.drills.servers import Figure, serving, within

FORMS_A_SECOND = 12
FORMS_BETWEEN = 60
AWAY_SECONDS = 30
PATIENCE_SECONDS = 180
# A worker, or a request, that has just been refused waits for five seconds before it asks again.
BACK_SECONDS = 10.0


def figures() -> Iterator[Figure]:
    """What became of each form, how soon all was well again, and which processes did not live through it."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        server = PostgreSQLServer(durable=True)
        stack.callback(server.close)
        environment, path = on_postgresql(Path(folder), server.url)
        yield from _drill(server, environment, path)


def _restarts(server: PostgreSQLServer) -> dict[str, tuple[Callable[[], None], float]]:
    """How the server ends, and for how many seconds it is away."""
    return {
        "shut_down": (server.stop, 0.0),
        "shut_down_again": (server.stop, 2.0),
        "shut_down_at_once": (server.kill, 0.0),
        "crashed": (server.crash, 0.0),
        "away": (server.stop, AWAY_SECONDS),
    }


def _drill(server: PostgreSQLServer, environment: dict[str, str], path: str) -> Iterator[Figure]:
    instance = Path(environment["CAMPAIGN_INSTANCE"])
    with ExitStack() as stack:
        site = stack.enter_context(serving(environment, command="run"))
        token = visit(site.port, (path,))
        first = set(family(site.pid))
        senders = stack.enter_context(Senders(site.port, path, token, each_second=FORMS_A_SECOND))
        confirmers = stack.enter_context(Confirmers(site.port, instance / "outbox"))
        longest = {"form": 0.0, "confirmed": 0.0, "ready": 0.0}
        for name, (end, seconds) in _restarts(server).items():
            _wait_for(lambda: senders.number(), FORMS_BETWEEN)
            end()
            time.sleep(seconds)
            server.start()
            for what, wait in _until_well(site.port, senders, confirmers).items():
                print(f"# restarted.{name}: {what} again after {wait:.1f} s", flush=True)
                longest[what] = max(longest[what], wait)
        _wait_for(lambda: senders.number(), FORMS_BETWEEN)
        senders.stop()
        within(PATIENCE_SECONDS, lambda: confirmers.number() >= len(senders.kept))
        within(PATIENCE_SECONDS, lambda: number_under_way(environment) == 0)
        replaced = len(first - set(family(site.pid)))
    kept = look(environment, instance / "outbox", senders.kept)
    yield from told("restarted", senders, confirmers, kept)
    for what, wait in longest.items():
        yield f"restarted.longest_until_{what}", wait, "s", BACK_SECONDS
    deaths = process_deaths.counts(instance).total()
    yield "restarted.processes_replaced", max(replaced, deaths), "processes", 0


def _wait_for(number: Callable[[], int], more: int) -> None:
    enough = number() + more
    if not within(PATIENCE_SECONDS, lambda: number() >= enough):
        raise RuntimeError("no form is kept any more")


def _until_well(port: int, senders: Senders, confirmers: Confirmers) -> dict[str, float]:
    """Seconds until a form is kept, one confirmed, and the site says that it is ready."""
    began = time.monotonic()
    forms, confirmed = senders.number(), confirmers.number()
    claims: dict[str, Callable[[], bool]] = {
        "form": lambda: senders.number() > forms,
        "confirmed": lambda: confirmers.number() > confirmed,
        "ready": lambda: ask(port, "GET", "/readyz", "en")[0] == 200,
    }
    waits: dict[str, float] = {}
    for what, claim in claims.items():
        within(PATIENCE_SECONDS, claim)
        waits[what] = time.monotonic() - began
    return waits


if __name__ == "__main__":
    from tests.drills.__main__ import report

    sys.exit(report(figures()))
