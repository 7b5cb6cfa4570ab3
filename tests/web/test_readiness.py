"""What `/readyz` answers to whoever decides whether people are sent here."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import EmailKind, PauseCause
from campaign.runtime import Runtime, build_runtime
from campaign.services.monitoring import process_deaths
from campaign.services.outbox import heartbeat, provider_pauses
from campaign.web import create_app
from tests import kept_connections, make
from tests.conftest import Clock
from tests.queueing import enqueue

WELL = {
    "status": "ready",
    "database": "ok",
    "disk": "ok",
    "pauses": "ok",
    "mail": "ok",
    "worker": "ok",
    "workers": 0,
    "processes": "ok",
    "forms": {"waiting": 0},
}
IN_A_MOMENT = "The database cannot be used right now. Please try again in a moment."


@pytest.fixture
def ready(runtime: Runtime, clock: Clock) -> Callable[[], tuple[int, dict[str, Any]]]:
    """Asks an application that has not been asked before."""
    client = create_app(runtime, clock=clock).test_client()

    def ask() -> tuple[int, dict[str, Any]]:
        answer = client.get("/readyz")
        return answer.status_code, answer.get_json()

    return ask


def test_all_is_named_and_a_web_may_stand_alone(ready: Callable[[], Any]) -> None:
    assert ready() == (200, WELL)


@pytest.mark.both_databases
def test_forms_that_no_worker_has_looked_at_are_counted_and_the_site_stays_ready(
    ready: Callable[[], Any], runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), email="settled@mail.example")
    for number in range(3):
        make.keep(runtime, make.new_form(page, now=clock(), email=f"s{number}@mail.example"))
    assert ready() == (200, WELL | {"forms": {"waiting": 3}})


def test_mail_that_nobody_sends_is_red(ready: Callable[[], Any], runtime: Runtime, clock: Clock) -> None:
    enqueue(runtime.database, clock(), kind=EmailKind.CONFIRMATION)
    clock.forward(minutes=2)
    status, answer = ready()
    assert status == 503
    assert answer["worker"] == "Mail is due and no worker was heard of for two minutes."


def test_a_worker_that_fell_silent_is_red_and_one_that_said_goodbye_is_not(
    ready: Callable[[], Any], runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        heartbeat.record(session, "w-1", now=clock())
    clock.forward(minutes=2)
    status, answer = ready()
    assert (status, answer["worker"]) == (503, "No worker was heard of for a minute.")
    with runtime.database.transaction() as session:
        heartbeat.retire(session, "w-1")
    # Another process asks: this one gives the same answer for a second.
    other = create_app(build_runtime(runtime.settings), clock=clock)
    assert other.test_client().get("/readyz").status_code == 200
    other.extensions["campaign"].close()


def test_a_pause_from_the_future_is_red(ready: Callable[[], Any], runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        ahead = clock() + timedelta(days=1)
        cause = PauseCause.UNAUTHORIZED
        provider_pauses.pause_failing(session, "local", cause=cause, reason="401", now=ahead)
    status, answer = ready()
    assert (status, answer["pauses"]) == (
        503,
        "A pause of a provider begins in the future: a clock has jumped.",
    )


def test_a_process_that_died_is_told_and_counted_for_a_while(
    ready: Callable[[], Any], client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    process_deaths.record(runtime.settings.instance, "serving", now=clock())
    process_deaths.record(runtime.settings.instance, "serving", now=clock())
    process_deaths.record(runtime.settings.instance, "worker", now=clock() - timedelta(hours=1))
    assert ready() == (200, WELL | {"processes": "serving: 2 ended by itself"})
    figures = client.get("/metrics").text
    assert 'campaign_process_deaths_total{process="serving"} 2' in figures
    assert 'campaign_process_deaths_total{process="worker"} 1' in figures


@pytest.mark.both_databases
def test_a_database_that_only_reads_is_red(ready: Callable[[], Any], runtime: Runtime) -> None:
    engine = runtime.database.engine
    if runtime.database.is_sqlite:
        engine.dispose()
        event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA query_only=ON").close())
    else:
        with runtime.database.transaction() as session:
            session.execute(
                text(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = on')
            )
        engine.dispose()
        # Only connections that are opened from now on are told.
        kept_connections.begin_anew()
    try:
        status, answer = ready()
    finally:
        if not runtime.database.is_sqlite:
            with runtime.database.transaction() as session:
                session.execute(text("SET TRANSACTION READ WRITE"))
                session.execute(
                    text(f'ALTER DATABASE "{engine.url.database}" RESET default_transaction_read_only')
                )
            engine.dispose()
            kept_connections.begin_anew()
    assert (status, answer["database"]) == (503, IN_A_MOMENT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["nonsense", "cut", "gone", "empty"])
def test_a_damaged_file_is_red_and_no_crash(
    make_runtime: Callable[..., Runtime], clock: Clock, damage: str
) -> None:
    runtime = make_runtime()
    path = Path(make_url(runtime.database.url).database or "")
    runtime.database.close()
    whole = path.read_bytes()
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()
    match damage:
        case "gone":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "nonsense":
            path.write_bytes(b"no database at all " * 1000)
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
    client = create_app(runtime, clock=clock).test_client()
    try:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["database"] != "ok"
        assert client.get("/healthz").status_code == 200
        assert client.get("/c/some-letter").status_code in {404, 503}
    finally:
        runtime.database.close()
        path.write_bytes(whole)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_held_file_is_red_soon(runtime: Runtime, clock: Clock, ready: Callable[[], Any]) -> None:
    holder = sqlite3.connect(make_url(runtime.database.url).database or "", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert ready()[0] == 503
    finally:
        holder.close()
