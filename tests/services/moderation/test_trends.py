"""Organizers hear of a flood of signatures from one mail domain, and of nothing that is as usual."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.domain.alerts import AlertKind
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.roles import Role, everywhere
from campaign.runtime import Runtime
from campaign.services.moderation import trends
from campaign.services.monitoring import alerts, health
from campaign.services.outbox.rate_limits import limits_of
from campaign.store.tables import DomainTally, Signature, Supporter
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), email="first@mail.example")
    return page


def confirm_many(runtime: Runtime, clock: Clock, domains: Iterable[str]) -> None:
    """Signatures like the first, one from each of these domains, confirmed now."""
    with runtime.database.transaction() as session:
        first = session.scalars(select(Signature).order_by(Signature.id).limit(1)).one()
        same = {
            column.name: getattr(first, column.name)
            for column in Signature.__table__.columns
            if column.name not in {"id", "supporter_id", "confirmed_at"}
        }
        number = session.query(Supporter).count()
        for offset, domain in enumerate(domains):
            who = f"{number + offset:064}"
            supporter = Supporter(address_hash=who, email=f"p{offset}@{domain}", created_at=clock())
            session.add(supporter)
            session.flush()
            session.add(Signature(**same, supporter_id=supporter.id, confirmed_at=clock()))


def look(runtime: Runtime, clock: Clock) -> None:
    clock.forward(seconds=301)
    trends.run_if_due(runtime.database, now=clock())


def rushes(runtime: Runtime, clock: Clock) -> list[tuple[str, str | None]]:
    with runtime.database.reading() as session:
        report = health.check(
            session, limits=limits_of(runtime.settings), providers=runtime.provider_names, now=clock()
        )
        shown = alerts.alerts_shown(session, report, everywhere(Role.OWNER))
    return [(alert.name, alert.campaign) for alert in shown if alert.kind is AlertKind.RUSH]


def tallies(runtime: Runtime) -> dict[str, int]:
    with runtime.database.reading() as session:
        return {row.domain: round(row.recent) for row in session.scalars(select(DomainTally))}


def test_a_flood_from_one_domain_is_an_alert_as_long_as_it_lasts(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    confirm_many(runtime, clock, [f"own{number}.example" for number in range(10)])
    look(runtime, clock)
    assert rushes(runtime, clock) == []
    confirm_many(runtime, clock, ["Forge.example"] * 60)
    look(runtime, clock)
    assert rushes(runtime, clock) == [("forge.example", make.SLUG)]
    clock.forward(minutes=31)
    assert rushes(runtime, clock) == []


def test_every_signature_is_counted_once_and_by_one_worker(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    confirm_many(runtime, clock, ["a.example", "b.example"])
    look(runtime, clock)
    assert tallies(runtime) == {"": 3, "a.example": 1, "b.example": 1, "mail.example": 1}
    trends.run_if_due(runtime.database, now=clock())
    look(runtime, clock)
    assert tallies(runtime) == {"": 3, "a.example": 1, "b.example": 1, "mail.example": 1}
    confirm_many(runtime, clock, ["a.example"])
    look(runtime, clock)
    assert tallies(runtime)["a.example"] == 2


def test_who_erased_themselves_is_in_no_tally_and_a_domain_is_forgotten_after_two_weeks(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Supporter).values(email=None))
    look(runtime, clock)
    assert tallies(runtime) == {}
    confirm_many(runtime, clock, ["a.example"])
    look(runtime, clock)
    assert set(tallies(runtime)) == {"", "a.example"}
    clock.forward(days=15)
    look(runtime, clock)
    assert tallies(runtime) == {}


def test_a_clock_that_was_ahead_keeps_nobody_from_counting_once_it_is_right_again(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    look(runtime, clock)
    with runtime.database.transaction() as session:
        session.execute(update(DomainTally).values(counted_until=clock() + timedelta(days=30)))
    confirm_many(runtime, clock, ["a.example"])
    look(runtime, clock)
    assert tallies(runtime)["a.example"] == 1
    look(runtime, clock)
    assert tallies(runtime)["a.example"] == 1
