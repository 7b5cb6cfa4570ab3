"""What organizers set for a campaign's sending, why its messages wait, and that nobody is alarmed by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.digest import DigestMode
from campaign.domain.outbox import EmailKind
from campaign.domain.sending_plan import Wait
from campaign.errors import RefusedError
from campaign.services.campaigns import campaigns
from campaign.services.monitoring import health
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.outbox import claim as claiming
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.queue import counts, schedule
from campaign.services.queue.schedule import Delay, PlanDetails
from campaign.store.database import Database
from campaign.store.tables import AuditEntry, Campaign, Official
from tests.queueing import campaign_with_officials, enqueue

HOUR = timedelta(hours=1)
UNLIMITED = Limits()


@pytest.fixture
def officials(database: Database, now: datetime) -> list[int]:
    return campaign_with_officials(database, now, 2)[1]


def change(database: Database, table: Any, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(table).values(**values))


def claim(database: Database, at: datetime) -> int:
    with database.transaction() as session:
        return len(
            claiming.claim(
                session, "worker", route=Route("local"), limits=UNLIMITED, batch=50, lease=HOUR, now=at
            )
        )


def why(database: Database, official_id: int, at: datetime, *, usual_rate: int = 30) -> Delay | None:
    with database.reading() as session:
        campaign = campaigns.by_slug(session, "dam")
        return schedule.why_waiting(session, campaign, usual_rate=usual_rate, now=at).get(official_id)


def why_all(database: Database, at: datetime) -> Delay | None:
    with database.reading() as session:
        return schedule.why_all_wait(session, campaigns.by_slug(session, "dam"), now=at)


def late(database: Database, at: datetime) -> bool:
    """Whether organizers would be told that the queue is late."""
    with database.reading() as session:
        found = health.check(session, limits=UNLIMITED, providers=("local",), now=at)
    return found.oldest_ready is not None and at - found.oldest_ready >= HOUR


def test_a_plan_is_kept_in_the_record_once_and_what_is_not_named_stays(
    database: Database, now: datetime, officials: list[int]
) -> None:
    details = PlanDetails(time_zone="asia/tokyo", sending_from="2026-12-01T09:00", hourly_rate="12")
    for given in (details, details, PlanDetails(daily_limit="5")):
        with database.transaction() as session:
            schedule.change(session, "dam", given, actor=COMMAND_LINE, now=now)

    with database.reading() as session:
        campaign = session.scalars(select(Campaign)).one()
        record = [(one.action, one.details["fields"]) for one in session.scalars(select(AuditEntry))]
    assert (campaign.time_zone, campaign.official_rate, campaign.daily_limit) == ("Asia/Tokyo", 12, 5)
    assert campaign.sending_from == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert record == [
        ("campaign.sending", ["official_rate", "time_zone", "sending_from"]),
        ("campaign.sending", ["daily_limit"]),
    ]


def test_an_officials_times_are_read_in_the_campaigns_zone_where_they_have_none(
    database: Database, now: datetime, officials: list[int]
) -> None:
    change(database, Campaign, time_zone="Europe/Berlin")
    with database.transaction() as session:
        campaign_id = session.scalars(select(Campaign.id)).one()

        def say(**typed: str) -> Official:
            return directory.change(
                session, campaign_id, officials[0], OfficialDetails(**typed), actor=COMMAND_LINE, now=now
            )

        assert say(sending_from="2026-07-01 09:00").sending_from == datetime(2026, 7, 1, 7, tzinfo=UTC)
        assert say(sending_from="2026-12-01 09:00").sending_from == datetime(2026, 12, 1, 8, tzinfo=UTC)
        with pytest.raises(RefusedError):
            say(sending_until="2026-12-01 09:00")


def test_the_desk_tells_the_first_thing_that_holds_messages_and_until_when(
    database: Database, now: datetime, officials: list[int]
) -> None:
    one, other = officials
    assert why(database, one, now) is None

    change(database, Official, time_zone="Asia/Tokyo")  # where it is nine in the evening
    assert why(database, one, now) == Delay(Wait.OUTSIDE_HOURS)
    assert why(database, one, now, usual_rate=0) is None

    with database.transaction() as session:
        session.execute(update(Official).where(Official.id == one).values(daily_limit=1))
    enqueue(database, now, 2, official_id=one)
    assert claim(database, now) == 1
    midnight_there = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert why(database, one, now) == Delay(Wait.DAILY_LIMIT, midnight_there)
    assert why(database, other, now) == Delay(Wait.OUTSIDE_HOURS)

    change(database, Campaign, sending_from=now + HOUR)
    assert why(database, other, now) == why_all(database, now) == Delay(Wait.NOT_YET, now + HOUR)
    change(database, Campaign, sending_from=None, sending_until=now)
    assert why(database, other, now) == why_all(database, now) == Delay(Wait.OVER, now)
    change(database, Campaign, sending_paused_at=now)
    assert why(database, other, now) == why_all(database, now) == Delay(Wait.CAMPAIGN_PAUSED)
    change(database, Official, paused_at=now)
    assert why(database, one, now) == Delay(Wait.OFFICIAL_PAUSED)


def test_what_goes_together_in_one_email_waits_for_its_morning(
    database: Database, now: datetime, officials: list[int]
) -> None:
    change(database, Official, digest_mode=DigestMode.DAILY, time_zone="Asia/Tokyo")
    eight_there = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert why(database, officials[0], eight_there - HOUR) == Delay(Wait.DIGEST, eight_there)


def test_why_emails_wait_is_told_of_each_once(
    database: Database, now: datetime, officials: list[int]
) -> None:
    daily, alike = officials
    with database.transaction() as session:
        for official, mode in ((daily, DigestMode.DAILY), (alike, DigestMode.ALIKE)):
            session.execute(update(Official).where(Official.id == official).values(digest_mode=mode))
    enqueue(database, now - HOUR, 3, official_id=daily)
    enqueue(database, now + HOUR, 2, official_id=alike)  # kept back
    enqueue(database, now, official_id=alike)
    enqueue(database, now + HOUR, kind=EmailKind.THANKS)
    with database.reading() as session:
        found = counts.waiting(session, now=now)
    assert (found.for_digest, found.not_due, found.paused, found.first_due_at) == (5, 1, 0, now)
    change(database, Campaign, sending_paused_at=now)
    with database.reading() as session:
        found = counts.waiting(session, now=now)
    assert (found.for_digest, found.not_due, found.paused) == (0, 1, 6)
    assert found.first_due_at == now + HOUR


def test_a_limit_of_the_campaign_holds_all_its_officials_until_midnight_there(
    database: Database, now: datetime, officials: list[int]
) -> None:
    change(database, Campaign, daily_limit=3, time_zone="America/New_York")
    for official in officials:
        enqueue(database, now, 5, official_id=official)
    assert why_all(database, now) is None
    assert claim(database, now) == 3

    midnight_there = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert why_all(database, now) == Delay(Wait.DAILY_LIMIT, midnight_there)
    assert {why(database, one, now) for one in officials} == {Delay(Wait.DAILY_LIMIT, midnight_there)}
    assert why_all(database, midnight_there) is None
    with database.reading() as session:
        campaign_id = session.scalars(select(Campaign.id)).one()
        assert sum(schedule.queued_counts(session, campaign_id).values()) == 7


def test_nobody_is_alarmed_about_messages_that_wait_for_their_time_or_their_day(
    database: Database, now: datetime, officials: list[int]
) -> None:
    enqueue(database, now, 4, official_id=officials[0])
    assert late(database, now + 2 * HOUR)

    change(database, Official, sending_from=now + 5 * HOUR)
    assert not late(database, now + 2 * HOUR)
    assert not late(database, now + 5 * HOUR)  # it has only just begun
    assert late(database, now + 7 * HOUR)

    change(database, Official, sending_from=None, daily_limit=1)
    assert claim(database, now) == 1
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert not late(database, midnight - HOUR / 60)
    assert not late(database, midnight)
    assert late(database, midnight + 2 * HOUR)
