"""How pauses and rates hold messages back, across workers."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.outbox import claim as claiming
from campaign.services.outbox import rate_limits
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database
from campaign.store.tables import Campaign, Official, PaceBucket
from tests.queueing import campaign_with_officials, enqueue, stored

LEASE = timedelta(minutes=1)
THIRTY = Limits(official_rate=30)


def claim(database: Database, now: datetime, limits: Limits = THIRTY, *, batch: int = 100) -> list[Any]:
    with database.transaction() as session:
        claimed = claiming.claim(
            session, "worker", route=Route("local"), limits=limits, batch=batch, lease=LEASE, now=now
        )
    return [one.official_id for one in claimed]


@pytest.fixture
def officials(database: Database, now: datetime) -> list[int]:
    return campaign_with_officials(database, now, 3)[1]


def change(database: Database, table: Any, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(table).values(**values))


def test_a_first_message_goes_at_once(database: Database, now: datetime, officials: list[int]) -> None:
    for official in officials:
        enqueue(database, now, official_id=official)

    assert sorted(claim(database, now)) == officials


def test_a_crowd_writing_to_one_official_goes_at_the_hourly_rate(
    database: Database, now: datetime, officials: list[int]
) -> None:
    enqueue(database, now, 100, official_id=officials[0])

    counts = [len(claim(database, now + timedelta(minutes=minute))) for minute in range(180)]

    assert counts[0] == 3
    for begin in (0, 60, 120):
        assert 25 <= sum(counts[begin : begin + 60]) <= 33


def test_a_crowd_at_one_official_does_not_hold_back_another_or_a_supporter(
    database: Database, now: datetime, officials: list[int]
) -> None:
    enqueue(database, now - timedelta(hours=1), 300, official_id=officials[0])
    claim(database, now)
    enqueue(database, now, official_id=officials[1])
    enqueue(database, now, kind=EmailKind.CONFIRMATION)

    assert set(claim(database, now)) == {officials[1], None}


def test_without_a_rate_nothing_is_held_back(database: Database, now: datetime, officials: list[int]) -> None:
    enqueue(database, now, 90, official_id=officials[0])

    assert len(claim(database, now, Limits())) == 90
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PaceBucket)) == 0


def test_an_officials_own_rate_goes_before_the_campaigns_and_that_before_the_installations(
    database: Database, now: datetime, officials: list[int]
) -> None:
    for official in officials:
        enqueue(database, now, 50, official_id=official)
    change(database, Campaign, official_rate=20)
    with database.transaction() as session:
        session.execute(update(Official).where(Official.id == officials[0]).values(hourly_rate=0))
        session.execute(update(Official).where(Official.id == officials[1]).values(hourly_rate=500))

    claimed = claim(database, now, batch=200)

    assert [claimed.count(official) for official in officials] == [50, 5, 2]


@pytest.mark.parametrize(("table", "column"), [(Official, "paused_at"), (Campaign, "sending_paused_at")])
def test_a_pause_holds_messages_and_its_end_lets_them_go_at_once(
    database: Database, now: datetime, officials: list[int], table: Any, column: str
) -> None:
    enqueue(database, now, 2, official_id=officials[0])
    enqueue(database, now, kind=EmailKind.CONFIRMATION)
    change(database, table, **{column: now})

    assert claim(database, now) == [None]
    change(database, table, **{column: None})
    assert claim(database, now) == [officials[0]] * 2


def test_at_night_an_official_gets_the_first_messages_and_then_few(
    database: Database, officials: list[int]
) -> None:
    night = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    change(database, Official, time_zone="Europe/London")
    enqueue(database, night, 60, official_id=officials[0])

    counts = [len(claim(database, night + timedelta(minutes=minute))) for minute in range(0, 180, 5)]

    assert counts[0] == 3
    assert sum(counts[1:]) <= 3


@pytest.mark.parametrize("table", [Official, Campaign])
def test_messages_wait_for_their_time_and_stay_when_it_is_over(
    database: Database, now: datetime, officials: list[int], table: Any
) -> None:
    hour = timedelta(hours=1)
    change(database, table, sending_from=now + hour, sending_until=now + 3 * hour)
    enqueue(database, now, 5, official_id=officials[0])
    enqueue(database, now, kind=EmailKind.CONFIRMATION)

    assert claim(database, now, Limits()) == [None]
    assert claim(database, now + hour - timedelta(seconds=1), Limits()) == []
    assert claim(database, now + hour, Limits(), batch=2) == [officials[0]] * 2
    assert claim(database, now + 3 * hour, Limits()) == []
    change(database, table, sending_until=None)
    assert claim(database, now + 3 * hour, Limits()) == [officials[0]] * 3


def test_an_official_gets_no_more_a_day_than_their_limit_says(
    database: Database, officials: list[int]
) -> None:
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # three in the afternoon in New York
    change(database, Official, daily_limit=4, time_zone="America/New_York")
    enqueue(database, evening, 20, official_id=officials[0])
    enqueue(database, evening, 2, official_id=officials[1])

    claimed = Counter[int]()
    for hour in range(9):
        claimed.update(claim(database, evening + timedelta(hours=hour), Limits()))

    assert claimed == {officials[0]: 4, officials[1]: 2}
    assert claim(database, datetime(2026, 11, 24, 5, 0, tzinfo=UTC), Limits()) == [officials[0]] * 4


def test_the_officials_of_a_campaign_share_its_daily_limit_evenly(
    database: Database, now: datetime, officials: list[int]
) -> None:
    change(database, Campaign, daily_limit=7)
    for official in officials:
        enqueue(database, now, 10, official_id=official)

    counts = Counter(claim(database, now, Limits()))

    assert sorted(counts.values()) == [2, 2, 3]
    assert claim(database, now + timedelta(hours=1), Limits()) == []


def test_two_workers_at_once_do_not_go_beyond_a_daily_limit(
    database: Database, now: datetime, officials: list[int]
) -> None:
    change(database, Official, daily_limit=5)
    enqueue(database, now, 40, official_id=officials[0])
    together = threading.Barrier(4)
    claimed: list[Any] = []

    def work() -> None:
        together.wait()
        for _ in range(5):
            claimed.extend(claim(database, now, Limits(), batch=3))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == 5


def test_the_campaigns_zone_is_that_of_officials_without_one(
    database: Database, officials: list[int]
) -> None:
    night = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    change(database, Campaign, time_zone="Asia/Tokyo")  # where it is noon
    enqueue(database, night, 60, official_id=officials[0])

    counts = [len(claim(database, night + timedelta(minutes=minute))) for minute in range(0, 60, 5)]

    assert 18 <= sum(counts) <= 30


def test_a_rate_for_the_provider_bounds_all_mail(
    database: Database, now: datetime, officials: list[int]
) -> None:
    limits = Limits(provider_rate=10)
    enqueue(database, now, 40, kind=EmailKind.CONFIRMATION)
    enqueue(database, now, 40, official_id=officials[0])

    counts = [len(claim(database, now + timedelta(milliseconds=250 * tick), limits)) for tick in range(21)]

    assert sum(counts) == 5 + 50
    assert claim(database, now, limits) == []


def test_a_rate_for_a_domain_makes_its_recipients_wait_and_nobody_else(
    database: Database, now: datetime
) -> None:
    limits = Limits(domain_rate=10)
    for number in range(4):
        enqueue(database, now, kind=EmailKind.CONFIRMATION, to_address=f"a{number}@mail.example")
    enqueue(database, now, kind=EmailKind.CONFIRMATION, to_address="b@else.example")

    assert len(claim(database, now, limits)) == 2

    waiting = stored(database, state=OutboxState.QUEUED)
    assert [row.due_at - now for row in waiting] == [timedelta(minutes=6 * place) for place in (1, 2, 3)]
    assert claim(database, now, limits) == []
    assert len(claim(database, now + timedelta(minutes=6), limits)) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_at_once_do_not_take_a_token_twice(
    database: Database, now: datetime, officials: list[int]
) -> None:
    enqueue(database, now, 20, official_id=officials[0])
    claim(database, now, batch=1)
    change(database, PaceBucket, tokens=2.0)

    with database.transaction() as session:
        first = claiming.claim(
            session, "first", route=Route("local"), limits=THIRTY, batch=50, lease=LEASE, now=now
        )
        second = claim(database, now)

    assert 1 <= len(first) <= 2  # the gap between two is uneven, so a token costs a little more or less
    assert second == []
    assert claim(database, now) == []


def test_more_lanes_than_a_batch_has_room_for_all_get_their_turn(database: Database, now: datetime) -> None:
    officials = campaign_with_officials(database, now, 12)[1]
    for official in officials:
        enqueue(database, now, official_id=official)

    claimed = [official for _ in range(12) for official in claim(database, now, Limits(), batch=2)]

    assert set(claimed) == set(officials)


def test_buckets_that_are_full_again_are_forgotten(
    database: Database, now: datetime, officials: list[int]
) -> None:
    enqueue(database, now, official_id=officials[0])
    claim(database, now)

    with database.transaction() as session:
        rate_limits.delete_full_buckets(session, now=now + timedelta(days=1))
        assert session.scalar(select(func.count()).select_from(PaceBucket)) == 1
        rate_limits.delete_full_buckets(session, now=now + timedelta(days=3))
        assert session.scalar(select(func.count()).select_from(PaceBucket)) == 0
