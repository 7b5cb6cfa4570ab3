"""A draft that opens at a time: once, if nothing must be mended by then, and not after it was called off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.alerts import AlertKind
from campaign.domain.campaign import CampaignState
from campaign.domain.publisher import Publisher
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.installation import publisher
from campaign.services.installation.publisher import PublisherDetails
from campaign.services.monitoring.health import check
from campaign.services.opening import schedule
from campaign.services.opening.checklist import Premises
from campaign.services.outbox.rate_limits import limits_of
from campaign.worker import loop
from tests import make
from tests.conftest import Clock

NAMED = Publisher(name="Friends of the Ondra")
PREMISES = Premises(True, False, "local", NAMED)
NAMELESS = Premises(True, False, "local", Publisher())


@pytest.fixture
def draft(runtime: Runtime, clock: Clock) -> int:
    make.campaign(runtime, now=clock(), publish=False)
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, make.SLUG).id


def state(runtime: Runtime) -> CampaignState:
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, make.SLUG).state


def plan(runtime: Runtime, clock: Clock, at: str = "2026-11-24 09:00", zone: str = "Europe/Brussels") -> None:
    with runtime.database.transaction() as session:
        schedule.set_time(session, make.SLUG, opens_at=at, zone=zone, actor=COMMAND_LINE, now=clock())


def open_due(runtime: Runtime, campaign_id: int, clock: Clock, premises: Premises = PREMISES) -> bool:
    with runtime.database.transaction() as session:
        return schedule.open_due(session, campaign_id, premises, now=clock())


def actions(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as session:
        return [entry.action for entry in audit_log.entries(session)]


def test_it_opens_at_its_time_by_the_clocks_of_its_zone_and_only_once(
    runtime: Runtime, clock: Clock, draft: int
) -> None:
    plan(runtime, clock)
    clock.time = datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC)
    with runtime.database.reading() as session:
        assert schedule.due(session, now=clock()) == []
    assert not open_due(runtime, draft, clock)
    clock.forward(seconds=1)
    with runtime.database.reading() as session:
        assert schedule.due(session, now=clock()) == [draft]
    assert [open_due(runtime, draft, clock), open_due(runtime, draft, clock)] == [True, False]
    assert state(runtime) is CampaignState.OPEN
    assert actions(runtime).count("campaign.state") == 1
    with runtime.database.reading() as session:
        assert schedule.plan_of(session, make.SLUG) == schedule.OpeningPlan()


def test_of_many_workers_one_opens_it(runtime: Runtime, clock: Clock, draft: int) -> None:
    plan(runtime, clock)
    clock.forward(days=1)
    with ThreadPoolExecutor(6) as workers:
        opened = list(workers.map(lambda _: open_due(runtime, draft, clock), range(6)))
    assert sorted(opened) == [False] * 5 + [True]
    assert actions(runtime).count("campaign.state") == 1


def test_a_plan_can_be_changed_and_called_off(runtime: Runtime, clock: Clock, draft: int) -> None:
    plan(runtime, clock)
    plan(runtime, clock, "2026-11-25 09:00")
    clock.forward(days=1)
    assert not open_due(runtime, draft, clock)
    with runtime.database.transaction() as session:
        schedule.call_off(session, make.SLUG, actor=COMMAND_LINE, now=clock())
    clock.forward(days=2)
    assert not open_due(runtime, draft, clock)
    assert state(runtime) is CampaignState.DRAFT
    assert actions(runtime)[:3] == ["opening.called-off", "opening.scheduled", "opening.scheduled"]


def test_what_must_be_mended_keeps_it_shut_and_organizers_are_told(
    runtime: Runtime, clock: Clock, draft: int
) -> None:
    plan(runtime, clock)
    clock.forward(days=1)
    assert not open_due(runtime, draft, clock, NAMELESS)
    assert state(runtime) is CampaignState.DRAFT
    assert actions(runtime)[0] == "opening.held-back"
    with runtime.database.reading() as session:
        report = check(session, limits=limits_of(runtime.settings), providers=("local",), now=clock())
    assert report.has(AlertKind.NOT_OPENED)
    # Mended an hour later, it waits for a word of its organizers.
    clock.forward(hours=1)
    assert not open_due(runtime, draft, clock)
    plan(runtime, clock, "2026-11-24 18:00")
    clock.forward(hours=8)
    assert open_due(runtime, draft, clock)


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    ("at", "zone"),
    [
        ("", ""),
        ("soon", ""),
        ("2026-11-23 12:00", ""),
        ("2028-01-01 09:00", ""),
        ("2026-11-24 09:00", "Brussels"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    runtime: Runtime, clock: Clock, draft: int, at: str, zone: str
) -> None:
    del draft
    with pytest.raises(RefusedError):
        plan(runtime, clock, at, zone)


def test_what_is_open_has_no_time_to_open_and_opening_by_hand_ends_the_plan(
    runtime: Runtime, clock: Clock, draft: int
) -> None:
    plan(runtime, clock)
    with runtime.database.transaction() as session:
        schedule.open_now(session, make.SLUG, PREMISES, actor=COMMAND_LINE, now=clock())
    clock.forward(days=1)
    assert not open_due(runtime, draft, clock)
    assert actions(runtime).count("campaign.state") == 1
    with pytest.raises(ConflictError):
        plan(runtime, clock, "2026-12-24 09:00")


def test_nothing_opens_at_once_while_something_must_be_mended(
    runtime: Runtime, clock: Clock, draft: int
) -> None:
    del draft
    with pytest.raises(ConflictError), runtime.database.transaction() as session:
        schedule.open_now(session, make.SLUG, NAMELESS, actor=COMMAND_LINE, now=clock())
    assert state(runtime) is CampaignState.DRAFT


def test_a_worker_that_starts_late_opens_what_was_due(runtime: Runtime, clock: Clock, draft: int) -> None:
    del draft
    plan(runtime, clock)
    details = PublisherDetails(
        name="Friends of the Ondra", legal_address="", contact="", time_zone="", privacy_notices={}
    )
    with runtime.database.transaction() as session:
        publisher.change(session, details, default=NAMED, actor=COMMAND_LINE, now=clock())
    clock.forward(days=3)
    loop.drain(runtime, clock=clock)
    assert state(runtime) is CampaignState.OPEN
