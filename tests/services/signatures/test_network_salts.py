"""Networks are told apart for a day, by all processes alike, and nobody knows them after two."""

import threading
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select

from campaign.runtime import Runtime
from campaign.services.signatures.network_salts import NetworkValues
from campaign.store.database import Database
from campaign.store.tables import NetworkRush
from campaign.store.tables.core import network_salt
from campaign.worker import loop
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql

HERE = "203.0.113.77"
DAY = timedelta(days=1)


def days(database: Database) -> list[date]:
    with database.reading() as session:
        return list(session.scalars(select(network_salt.c.day).order_by(network_salt.c.day)))


def test_neighbours_are_one_network_on_one_day_and_nothing_ties_a_day_to_the_next(
    database: Database, now: datetime
) -> None:
    values = NetworkValues(database)
    value = values.value(HERE, now)
    assert values.value("203.0.113.1", now) == value
    assert values.value("198.51.100.1", now) != value
    assert values.value(HERE, now + DAY) != value
    assert values.value(HERE, now) == value


def test_all_processes_know_a_network_by_the_same_value(database: Database, now: datetime) -> None:
    with closing(Database(database.url)) as other:
        assert NetworkValues(other).value(HERE, now) == NetworkValues(database).value(HERE, now)


def test_processes_that_meet_a_new_day_at_the_same_moment_agree(database: Database, now: datetime) -> None:
    others = [Database(database.url) for _ in range(4)]
    together = threading.Barrier(len(others))
    values: set[str] = set()

    def meet(other: Database) -> None:
        together.wait()
        values.add(NetworkValues(other).value(HERE, now))

    threads = [threading.Thread(target=meet, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()

    assert len(values) == 1
    assert days(database) == [now.date()]


def test_only_the_first_form_of_a_day_asks_the_database(database: Database, now: datetime) -> None:
    values = NetworkValues(database)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *parts: statements.append(parts[2]))
    values.value(HERE, now)
    asked = len(statements)
    values.value(HERE, now + timedelta(hours=1))
    values.value("2001:db8::1", now)
    assert asked > 0
    assert len(statements) == asked


def test_the_worker_deletes_a_salt_that_is_48_hours_old(runtime: Runtime, clock: Clock) -> None:
    made_on = clock().date()
    for _ in range(2):
        runtime.network_values.value(HERE, clock())
        clock.forward(days=1)
    clock.time = clock().replace(hour=0, minute=0, second=0)
    loop.drain(runtime, clock=lambda: clock() - timedelta(seconds=1))
    assert days(runtime.database) == [made_on, made_on + DAY]
    loop.drain(runtime, clock=clock)
    assert days(runtime.database) == [made_on + DAY]


def test_the_worker_deletes_a_pace_that_nothing_has_used_for_48_hours(runtime: Runtime, clock: Clock) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign(runtime, page, now=clock(), network="of today")
    clock.forward(days=1)
    make.sign(runtime, page, now=clock(), network="of tomorrow")
    clock.forward(days=1, seconds=1)
    loop.drain(runtime, clock=clock)
    with runtime.database.reading() as session:
        assert session.scalars(select(NetworkRush.network)).all() == ["of tomorrow"]
