"""The worker end to end, beside the same HTTP client bare, against a stand-in for the provider."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.cli.context import switch_threads_often
from campaign.runtime import Runtime, build_runtime
from campaign.services.outbox import enqueue
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.database import Database
from campaign.worker import dispatcher, loop
from tests.bench.kills import kill_figures
from tests.queueing import campaign_with_officials, new_email

MESSAGES = 8_000
OFFICIALS = 5
LATENCY = 0.05
PARAGRAPH = "I live by the river and I ask you to stop the works until the hearing is over. "


def figures() -> Iterator[tuple[str, float, str]]:
    """Messages per second with and without latency, their share of what is possible, and what kills cost."""
    with TemporaryDirectory() as folder:
        yield from _throughput(Path(folder))
        yield from kill_figures(Path(folder))


def _throughput(folder: Path) -> Iterator[tuple[str, float, str]]:
    with _provider(0.0) as port:
        bare = _bare(port, MESSAGES)
        whole, per_core = _worker(folder / "fast", port, MESSAGES)
    yield "worker.bare_client", bare, "1/s"
    yield "worker.messages", whole, "1/s"
    yield "worker.messages_per_core", per_core, "1/s"
    yield "worker.share_of_bare_client", 100 * whole / bare, "%"
    with _provider(0.0) as port:
        grouped, _ = _worker(folder / "grouped", port, MESSAGES, together=OFFICIALS)
    yield f"worker.messages_in_groups_of_{OFFICIALS}", grouped, "1/s"
    with _provider(LATENCY) as port:
        slow, _ = _worker(folder / "slow", port, MESSAGES)
    yield "worker.messages_at_50_ms", slow, "1/s"
    yield "worker.share_of_connections_over_latency", 100 * slow * LATENCY / dispatcher.CONNECTIONS, "%"


@contextmanager
def _provider(latency: float) -> Iterator[int]:
    """The stand-in in a process of its own; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stand_in", str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate()


def _worker(folder: Path, port: int, number: int, *, together: int = 1) -> tuple[float, float]:
    """Messages a second, and a second of processor time, from queue to recorded outcome."""
    switch_threads_often()
    runtime = _runtime(folder, port, together)
    _fill(runtime.database, number)
    started, cpu = time.perf_counter(), time.process_time()
    accepted = loop.drain(runtime)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    runtime.close()
    if accepted != number:
        raise RuntimeError(f"{accepted} of {number} emails were accepted")
    return number / seconds, number / cpu


def _fill(database: Database, number: int) -> None:
    """Each supporter writes to every official: alike but for the salutation."""
    now = datetime.now(UTC)
    _, officials = campaign_with_officials(database, now, OFFICIALS, hourly_rate=0)
    with database.transaction() as session:
        emails = [
            new_email(
                now,
                official_id=official_id,
                to_address=f"office-{place}@waters.example",
                from_name=f"Supporter {supporter}",
                text=f"Dear Official {place},\n\n{PARAGRAPH * 24}\n\nSupporter {supporter}\n",
                html=None,
            )
            for supporter in range(number // OFFICIALS)
            for place, official_id in enumerate(officials)
        ]
        enqueue.enqueue(session, emails, now=now)


def _runtime(folder: Path, port: int, together: int) -> Runtime:
    settings = load_settings(
        {
            "CAMPAIGN_INSTANCE": str(folder),
            "CAMPAIGN_MAIL_PROVIDER": "sendgrid",
            "CAMPAIGN_MAIL_FROM": "Save the Ondra <campaign@ondra.example>",
            "SENDGRID_API_KEY": "key-1",
            "CAMPAIGN_SENDGRID_HOST": f"http://127.0.0.1:{port}",
            "CAMPAIGN_SENDGRID_TOGETHER": str(together),
        }
    )
    database = Database(settings.database_url)
    schema.upgrade(database)
    database.close()
    return build_runtime(settings)


def _bare(port: int, number: int) -> float:
    """Requests a second of `http.client` on as many connections, with a body that is ready."""
    body = json.dumps({"text": PARAGRAPH * 24, "html": f"<p>{PARAGRAPH * 24}</p>"}).encode()
    headers = {"Authorization": "Bearer key-1", "Content-Type": "application/json"}
    each = number // dispatcher.CONNECTIONS

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(each):
            connection.request("POST", "/v3/mail/send", body, headers)
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(dispatcher.CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return each * dispatcher.CONNECTIONS / (time.perf_counter() - started)
