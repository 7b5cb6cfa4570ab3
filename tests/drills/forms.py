"""Web and worker killed again and again while forms come in: none is lost, and none counts or is sent twice.

`python -m tests.drills.forms 10 5` tries it briefly, with ten kills of the web and five of the worker.
"""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import databases
from tests.bench.stocked import stock
from tests.drills.form_senders import Confirmers, Senders
from tests.drills.forms_kept import Kept, look, number_under_way
from tests.drills.killed import WorkerProcess, kill_serving
from tests.drills.locked import on_postgresql, visit
from tests.drills.servers import Figure, serving, within

FORMS_A_SECOND = 20
FORMS_BETWEEN_KILLS = 10
# What a dead worker held is free after a minute; the rest of it is work that has piled up.
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Kills:
    """How often serving processes, and the worker, are killed while forms come in."""

    web: int
    worker: int


FULL = Kills(web=100, worker=50)


def figures(kills: Kills = FULL) -> Iterator[Figure]:
    """What became of each form that was answered with 303, on both databases."""
    with TemporaryDirectory() as folder:
        site = stock(Path(folder), signatures=100, now=datetime.now(UTC))
        yield from _drill("forms.sqlite", site.environment, site.path, kills)
    server = databases.postgresql_url()
    if server is not None:
        url = databases.create_database(server, databases.unique_name("forms"))
        with TemporaryDirectory() as folder:
            environment, path = on_postgresql(Path(folder), url)
            yield from _drill("forms.postgresql", environment, path, kills)
        databases.drop_database(url)


def _drill(name: str, environment: dict[str, str], path: str, kills: Kills) -> Iterator[Figure]:
    chance = random.Random(1)
    outbox = Path(environment["CAMPAIGN_INSTANCE"]) / "outbox"
    with ExitStack() as stack:
        server = stack.enter_context(serving(environment))
        worker = stack.enter_context(WorkerProcess(environment))
        token = visit(server.port, (path,))
        senders = stack.enter_context(Senders(server.port, path, token, each_second=FORMS_A_SECOND))
        confirmers = stack.enter_context(Confirmers(server.port, outbox))
        web = _Killing(kills.web, senders.number, lambda: kill_serving(server.pid, chance))
        workers = _Killing(kills.worker, confirmers.number, worker.kill)
        for killing in (web, workers):
            killing.start()
        for killing in (web, workers):
            killing.join()
        senders.stop()
        within(PATIENCE_SECONDS, lambda: confirmers.number() >= len(senders.kept))
        within(PATIENCE_SECONDS, lambda: number_under_way(environment) == 0)
    kept = look(environment, outbox, senders.kept)
    yield f"{name}.kills_left_out", kills.web + kills.worker - web.done - workers.done, "kills", 0
    yield from told(name, senders, confirmers, kept)


class _Killing(threading.Thread):
    """Kills again and again, each time once some forms have come through since the last, at a random instant.

    Processes that are killed before they have done anything show nothing.
    """

    def __init__(self, times: int, number: Callable[[], int], kill: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._times = times
        self._number = number
        self._kill = kill
        self._chance = random.Random(times)
        self.done = 0

    def run(self) -> None:
        """Kill as often as was asked for."""
        while self.done < self._times:
            enough = self._number() + FORMS_BETWEEN_KILLS
            if not within(PATIENCE_SECONDS, lambda: self._number() >= enough):  # noqa: B023
                return
            time.sleep(self._chance.uniform(0, 2))
            self._kill()
            self.done += 1


def told(name: str, senders: Senders, confirmers: Confirmers, kept: Kept) -> Iterator[Figure]:
    """What the forms were answered, and what became of them."""
    for kind, answers in (("sending", senders.answers), ("confirming", confirmers.answers)):
        for status, number in sorted(answers.items()):
            print(f"# {name}: {kind} was answered with {status} ({number} times)", flush=True)
    yield f"{name}.kept", len(senders.kept), "forms", 1e9
    yield f"{name}.refused", _wrong(senders.answers, 0, 303, 503), "answers", 0
    yield f"{name}.links_refused", _wrong(confirmers.answers, 0, 200, 503), "answers", 0
    yield f"{name}.lost", kept.lost, "forms", 0
    yield f"{name}.not_confirmed_for_an_email_in_doubt", kept.waiting_in_doubt, "forms", 1e9
    yield f"{name}.not_confirmed_otherwise", kept.not_confirmed, "forms", 0
    yield f"{name}.counted_wrongly", kept.miscounted, "signatures", 0
    yield f"{name}.messages_missing", kept.messages_missing, "messages", 0
    yield f"{name}.messages_twice", kept.messages_twice, "messages", 0
    yield f"{name}.without_one_thanks", kept.without_one_thanks, "signatures", 0
    yield f"{name}.emails_in_doubt", kept.emails_in_doubt, "emails", 1e9
    yield f"{name}.emails_otherwise_not_accepted", kept.emails_not_accepted, "emails", 0
    yield f"{name}.files_missing", kept.files_missing, "emails", 0


def _wrong(answers: Counter[int], *right: int) -> int:
    return sum(number for status, number in answers.items() if status not in right)


if __name__ == "__main__":
    from tests.drills.__main__ import report

    sys.exit(report(figures(Kills(*map(int, sys.argv[1:3])))))
