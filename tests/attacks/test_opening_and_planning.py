"""Two organizers at the same moment: one opens a campaign, the other still plans when it opens."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.publisher import Publisher
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.opening import preview_links, schedule
from campaign.services.opening.checklist import Premises
from tests import make
from tests.attacks.test_at_the_same_moment import at_once

PREMISES = Premises(True, False, "local", Publisher(name="Friends of the Ondra"))


def close(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=now)


def state(runtime: Runtime) -> CampaignState:
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, make.SLUG).state


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_plan_that_outlived_the_opening_opens_nothing_again(
    runtime: Runtime, now: datetime, is_closed: bool
) -> None:
    campaign_id = make.campaign(runtime, now=now).head.id
    with runtime.database.transaction() as session:
        preview_links.keep(session, campaign_id, opens_at=now + timedelta(hours=1), opens_zone=None)
    if is_closed:
        close(runtime, now)
    before, later = state(runtime), now + timedelta(hours=2)
    with runtime.database.transaction() as session:
        assert not schedule.open_due(session, campaign_id, PREMISES, now=later)
        assert schedule.due(session, now=later) == []
    assert state(runtime) is before


def test_no_plan_is_left_of_a_campaign_that_is_opened_while_its_time_is_set(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    make.campaign(runtime, now=now, publish=False)
    other_process = make_runtime()

    def opening() -> None:
        with runtime.database.transaction() as session:
            schedule.open_now(session, make.SLUG, PREMISES, actor=COMMAND_LINE, now=now)

    def planning() -> None:
        at = (now + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
        with suppress(ConflictError), other_process.database.transaction() as session:
            schedule.set_time(session, make.SLUG, opens_at=at, zone="", actor=COMMAND_LINE, now=now)

    at_once(opening, planning)
    with runtime.database.reading() as session:
        assert schedule.plan_of(session, make.SLUG) == schedule.OpeningPlan()
    assert state(runtime) is CampaignState.OPEN
