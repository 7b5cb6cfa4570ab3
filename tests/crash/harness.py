"""Kills workers again and again, and counts afterwards what was lost, sent twice or left in doubt."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from campaign.worker import loop
from tests.crash.work import CONNECTIONS
from tests.queueing import enqueue, states, stored
from tests.stand_in import StandIn
from tests.waiting import comes_true

# With the eight connections of a worker to be killed: some eighty emails a second.
LATENCY = 0.1


@dataclass(frozen=True)
class Survival:
    """What became of the emails; `ghosts` count as accepted though the provider never got them.

    `readers` are the signatures that they are for.
    """

    kills: int
    messages: int
    accepted: int
    in_doubt: int
    readers: int
    lost: int
    twice: int
    ghosts: int
    seconds: float


def survive(
    database_url: str,
    instance: Path,
    *,
    messages: int,
    kills: int,
    workers: int = 1,
    seed: int = 1,
    prepare: Callable[[Runtime], None] | None = None,
) -> Survival:
    """Send through workers that are killed at any instant, then let one finish in peace.

    What they send is so many `messages`, or what `prepare` gives them to do.
    `workers` are at work at a time; each that is killed is followed by another.
    """
    started = time.monotonic()
    chance = random.Random(seed)
    with StandIn(latency=LATENCY, keeps_requests=False) as provider:
        environment = _environment(database_url, instance, provider.url)
        runtime = build_runtime(load_settings(environment))
        if prepare:
            prepare(runtime)
        else:
            enqueue(runtime.database, datetime.now(UTC), messages)
        with _zygote(environment) as (start, alive):
            for _ in range(workers):
                start()
            for left in range(kills, 0, -1):
                if left == kills:
                    _wait_for_calls_of_each(provider, workers)
                else:
                    time.sleep(chance.uniform(0.05, 0.4))
                os.kill(alive.pop(0), signal.SIGKILL)
                provider.speak()
                if left > workers:
                    start()
        # Leases of the dead run out in a minute, which this worker's clock is ahead by.
        loop.drain(runtime, clock=lambda: datetime.now(UTC) + timedelta(seconds=61))
        rows, counts = stored(runtime.database), states(runtime.database)
        runtime.close()
    taken = Counter(provider.accepted)
    settled = {row.public_id for row in rows if row.state in ("accepted", "in_doubt")}
    return Survival(
        kills=kills,
        messages=len(rows),
        accepted=counts.get("accepted", 0),
        in_doubt=counts.get("in_doubt", 0),
        readers=len({row.signature_id for row in rows}),
        lost=len(rows) - len(settled) + len(taken.keys() - settled),
        twice=sum(number - 1 for number in taken.values()),
        ghosts=sum(row.state == "accepted" and row.public_id not in taken for row in rows),
        seconds=time.monotonic() - started,
    )


def _wait_for_calls_of_each(provider: StandIn, workers: int) -> None:
    """Return when every worker has a call under way, whose answer the provider holds back from now on.

    On a busy machine no kill at a random instant might hit one.
    """
    provider.is_mute = True
    of_all_but_one = (workers - 1) * CONNECTIONS
    assert comes_true(lambda: len(provider.unanswered) > of_all_but_one), "no calls to be killed in"


def _environment(database_url: str, instance: Path, provider_url: str) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "CAMPAIGN_INSTANCE": str(instance),
        "DATABASE_URL": database_url,
        "CAMPAIGN_MAIL_PROVIDER": "sendgrid",
        "CAMPAIGN_MAIL_FROM": "Save the Ondra <campaign@ondra.example>",
        "SENDGRID_API_KEY": "key-1",
        "CAMPAIGN_SENDGRID_HOST": provider_url,
    }


@contextmanager
def _zygote(environment: dict[str, str]) -> Iterator[tuple[Callable[[], None], list[int]]]:
    """Gives what starts a worker, and the process ids of those alive: whoever kills one takes it out."""
    alive: list[int] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.work"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        orders, answers = process.stdin, process.stdout

        def start() -> None:
            orders.write("start\n")
            orders.flush()
            alive.append(int(answers.readline()))

        try:
            yield start, alive
        finally:
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
