"""A web process whose machine is a day ahead of the database's, as the others know it."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.store.clock import DatabaseClock, utc_now
from campaign.store.database import Database
from campaign.web import create_app
from campaign.web.csrf import form_token
from campaign.worker import loop
from tests import make
from tests.waiting import PATIENCE_SECONDS, comes_true
from tests.web.conftest import PAGE

on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


def tomorrow() -> datetime:
    return utc_now() + timedelta(days=1)


def close_on(database: Database, moment: datetime) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE campaign SET closes_at = :moment"), {"moment": moment})


@on_postgresql
@pytest.mark.both_databases
def test_a_web_machine_a_day_ahead_opens_pages_takes_forms_and_delays_no_mail(
    runtime: Runtime, database: Database
) -> None:
    make.campaign(runtime, now=utc_now())
    ahead = replace(runtime, clock=DatabaseClock(database, machine=tomorrow))
    ahead.clock()
    client = create_app(ahead).test_client()
    token = form_token(runtime.settings, make.SLUG, utc_now())

    assert client.get(PAGE).status_code == 200
    fields = {"csrf_token": token, "name": "Rana Idris", "email": "rana@mail.example"}
    assert client.post(f"{PAGE}/sign", data=fields).status_code == 303
    assert loop.drain(runtime) == 1


@on_postgresql
@pytest.mark.both_databases
def test_requests_do_not_wait_to_be_told_the_time(
    runtime: Runtime, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = DatabaseClock(database, machine=tomorrow)
    ask, is_answered = clock._ask, Event()

    def ask_late() -> None:
        is_answered.wait(PATIENCE_SECONDS)
        ask()

    monkeypatch.setattr(clock, "_ask", ask_late)
    assert clock.at_once() - utc_now() > timedelta(hours=23)
    is_answered.set()
    assert comes_true(lambda: abs(clock.at_once() - utc_now()) < timedelta(minutes=1))


def test_the_clock_of_a_file_is_that_of_its_machine(database: Database) -> None:
    if database.is_sqlite:
        assert DatabaseClock(database, machine=tomorrow)() - utc_now() > timedelta(hours=23)
