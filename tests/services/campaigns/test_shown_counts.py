"""Pages count those who are not named on them in steps, so that nobody sees the moment one of them signed."""

from datetime import datetime, timedelta

import pytest

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.shown_count import STEP
from campaign.domain.signature import Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.campaigns import shown_counts, signatories
from campaign.services.signatures import confirmation, self_service
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

QUARTER = timedelta(minutes=15)
TO_MIDNIGHT = timedelta(hours=12)


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    page = make.campaign(runtime, now=now)
    follow(runtime, now)
    return page


def follow(runtime: Runtime, now: datetime) -> bool:
    """Do what a worker does every few seconds; whether anything was due."""
    with runtime.database.transaction() as session:
        are_due = shown_counts.are_due(session, now=now)
        shown_counts.follow(session, now=now)
        assert not shown_counts.are_due(session, now=now)
    return are_due


def sign(
    runtime: Runtime, page: CampaignPage, number: int, *, now: datetime, **details: object
) -> confirmation.Confirmed:
    """Sign and confirm, and let pages be as they are."""
    return make.sign_and_confirm(
        runtime,
        page,
        now=now,
        pages_follow=False,
        name=f"Signer {number}",
        email=f"s{number}@mail.example",
        **details,
    )


def shown(runtime: Runtime) -> tuple[int, set[str | None]]:
    """The number on the campaign's page, and the names."""
    page = make.page(runtime)
    with runtime.database.reading() as session:
        names = signatories.latest(session, page.head.id)
    return page.head.shown_count, {one.name for one in names}


def test_who_is_named_counts_and_shows_at_once(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    sign(runtime, page, 1, now=now + timedelta(minutes=2))
    sign(runtime, page, 2, now=now + timedelta(minutes=2), visibility=Visibility.INITIALS)
    assert shown(runtime) == (2, {"Signer 1", "S."})


def test_five_who_are_not_named_count_together_and_none_of_them_by_itself(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(STEP):
        assert not follow(runtime, now + number * QUARTER)
        moment = now + number * QUARTER + timedelta(minutes=3)
        before = make.page(runtime)
        own = sign(runtime, page, number, now=moment, visibility=Visibility.HIDDEN)
        assert own.number == number + 1
        assert make.page(runtime) == before
    assert shown(runtime) == (0, set())
    assert follow(runtime, now + STEP * QUARTER)
    assert shown(runtime) == (5, set())


def test_one_who_is_not_named_counts_at_the_end_of_the_day_at_the_latest(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    sign(runtime, page, 1, now=now + QUARTER + timedelta(minutes=2), visibility=Visibility.HIDDEN)
    assert not follow(runtime, now + 3 * QUARTER)
    assert shown(runtime) == (0, set())
    assert follow(runtime, now + TO_MIDNIGHT)
    assert shown(runtime) == (1, set())
    # And the day after the next one waits again, though nothing had changed for long.
    assert follow(runtime, now + 3 * TO_MIDNIGHT)
    sign(runtime, page, 2, now=now + 4 * TO_MIDNIGHT, visibility=Visibility.HIDDEN)
    assert not follow(runtime, now + 4 * TO_MIDNIGHT + QUARTER)


def test_who_is_not_named_leaves_unseen_and_who_was_named_is_gone_at_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    hidden = sign(runtime, page, 1, now=now, visibility=Visibility.HIDDEN)
    named = sign(runtime, page, 2, now=now)
    follow(runtime, now + TO_MIDNIGHT)
    before = make.page(runtime)
    with runtime.database.transaction() as session:
        manage = hidden.manage_token or ""
        self_service.withdraw(session, manage, TokenPurpose.MANAGE, now=now + TO_MIDNIGHT)
    assert make.page(runtime) == before
    assert shown(runtime) == (2, {"Signer 2"})
    with runtime.database.transaction() as session:
        manage = named.manage_token or ""
        self_service.withdraw(session, manage, TokenPurpose.MANAGE, now=now + TO_MIDNIGHT)
    assert shown(runtime) == (1, set())
    assert follow(runtime, now + 3 * TO_MIDNIGHT)
    assert shown(runtime) == (0, set())
