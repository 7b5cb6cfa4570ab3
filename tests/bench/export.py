"""Exports of a million supporters: speed beside the bare driver's in the same run, memory, first byte."""

import csv
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.stocked import stock

ROWS = 1_000_000
_RAW = (
    "SELECT p.email, s.name, s.name, s.name, s.organization, s.role, s.country, s.postal_code, s.language,"
    " s.visibility, s.updates, s.signed_at, s.confirmed_at, s.source, NULL"
    " FROM signature s JOIN supporter p ON p.id = s.supporter_id"
    " WHERE s.campaign_id = 1 AND s.state = 'confirmed' ORDER BY s.id"
)


def figures() -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of each figure; every file is written by a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        stocked = stock(Path(folder), signatures=ROWS, now=datetime(2026, 11, 23, tzinfo=UTC))
        target = str(Path(folder) / "out")
        raw, _, _ = _measured("raw", str(stocked.database), target)
        yield "export.csv.raw", ROWS / raw, "rows/s"
        for kind in ("csv", "xlsx", "json"):
            seconds, first, grown = _measured(kind, str(stocked.database), target)
            yield f"export.{kind}", ROWS / seconds, "rows/s"
            yield f"export.{kind}.seconds", seconds, "s"
            if kind == "csv":
                yield "export.csv.share_of_raw", 100 * raw / seconds, "%"
            yield f"export.{kind}.first_byte", first, "s"
            yield f"export.{kind}.memory_growth", grown, "MB"


def _measured(kind: str, database: str, target: str) -> tuple[float, float, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.export", kind, database, target],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, first, grown = map(float, done.stdout.split())
    return seconds, first, grown


def _write(kind: str, database: str, target: str) -> None:
    if kind == "raw":
        began = time.perf_counter()
        connection = sqlite3.connect(database)
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(connection.execute(_RAW))
        print(time.perf_counter() - began, 0, 0)
        return

    from campaign.domain.actor import COMMAND_LINE
    from campaign.domain.audit_chain import chain_keys
    from campaign.domain.data_keys import data_keys
    from campaign.services.documents import exports
    from campaign.settings import load_settings
    from campaign.store.database import Database

    settings = load_settings({"CAMPAIGN_INSTANCE": str(Path(database).parent)})
    store = Database(
        f"sqlite:///{database}",
        chain_keys=chain_keys(settings.secret_key),
        data_keys=data_keys(settings.secret_key),
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = 0.0
    began = time.perf_counter()
    with store.transaction() as session:
        ordered = exports.request_export(
            session, "save-the-river", format=kind, preset=None, actor=COMMAND_LINE, now=datetime.now(UTC)
        )
    with Path(target).open("wb") as file:
        for chunk in exports.chunks(store, ordered):
            first = first or time.perf_counter() - began
            file.write(chunk)
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(seconds, first, grown)


if __name__ == "__main__":
    _write(*sys.argv[1:])
