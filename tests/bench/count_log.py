"""The log behind the count at a million entries: what appending and proofs cost."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaign.runtime import Runtime, build_runtime
from campaign.services.campaigns import campaigns
from campaign.services.signatures import confirmation
from campaign.services.transparency import appending, reading, verifying
from campaign.settings import load_settings
from campaign.store.database import Session
from tests import make
from tests.bench.stocked import stock

ENTRIES = 1_000_000
PROOFS = 50
CONFIRMED = 200


def figures() -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of each figure, in processor time of one process."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        stocked = stock(Path(folder), signatures=ENTRIES, now=now)
        runtime = build_runtime(load_settings(stocked.environment))
        with runtime.database.reading() as session:
            campaign_id = campaigns.by_slug(session, make.SLUG).id
        append = 1e6 * _append_all(runtime, campaign_id, now=now) / ENTRIES
        confirm = 1e6 * _confirm_some(runtime, now=now + timedelta(hours=1)) / CONFIRMED
        yield "count_log.append", append, "µs"
        yield "count_log.append.share_of_confirming", 100 * append / confirm, "%"
        with runtime.database.reading() as session:
            proofs = list(_proofs(session, campaign_id))
            yield "count_log.proof", 1e3 * statistics.median(proofs), "ms"
            yield "count_log.proof.slowest", 1e3 * max(proofs), "ms"
            began = time.process_time()
            verifying.verify(session, campaign_id)
            yield "count_log.verify", time.process_time() - began, "s"
        runtime.close()


def _append_all(runtime: Runtime, campaign_id: int, *, now: datetime) -> float:
    began, is_more = time.process_time(), True
    while is_more:
        with runtime.database.transaction() as session:
            is_more = appending.append(session, campaign_id, now=now)
    return time.process_time() - began


def _confirm_some(runtime: Runtime, *, now: datetime) -> float:
    """Press the button of some signers without messages; what a worker writes of it comes on top."""
    page, spent = make.page(runtime), 0.0
    for place in range(CONFIRMED):
        make.sign(runtime, page, now=now, email=f"late{place}@mail.example")
        link = make.link(make.last_question(runtime), "confirm")
        seen = make.shown(runtime, link, now=now).shown
        began = time.process_time()
        with runtime.database.transaction() as session:
            confirmation.confirm(session, link, shown=seen, context=runtime.mail_context, now=now)
        spent += time.process_time() - began
    return spent


def _proofs(session: Session, campaign_id: int) -> Iterator[float]:
    """What proofs of entries all over the log take."""
    size = reading.head(session, campaign_id).size
    for turn in range(PROOFS):
        began = time.process_time()
        reading.inclusion(session, campaign_id, turn * (size // PROOFS) + turn, size)
        yield time.process_time() - began
