"""What pages show of who signed follows in steps, so that nobody sees the moment at which one person did."""

from datetime import datetime, timedelta

import pytest

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.shown_count import STEP
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.campaigns import shown_counts, signatories
from campaign.services.signatures import confirmation, self_service
from tests import make

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


def test_five_show_together_and_the_fifth_tells_nobody_when_a_hidden_one_signed(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(STEP):
        assert not follow(runtime, now + number * QUARTER)
        assert shown(runtime) == (0, set())
        visibility = Visibility.HIDDEN if number == 2 else Visibility.PUBLIC
        moment = now + number * QUARTER + timedelta(minutes=3)
        own = sign(runtime, page, number, now=moment, visibility=visibility)
        assert own.number == number + 1
    assert shown(runtime) == (0, set())
    assert follow(runtime, now + STEP * QUARTER)
    assert shown(runtime) == (5, {f"Signer {number}" for number in (0, 1, 3, 4)})


def test_who_signs_after_the_last_step_shows_with_the_next_and_not_at_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(STEP):
        sign(runtime, page, number, now=now)
    assert follow(runtime, now + QUARTER)
    sign(runtime, page, 6, now=now + QUARTER + timedelta(minutes=2))
    assert not follow(runtime, now + 3 * QUARTER)
    assert shown(runtime) == (5, {f"Signer {number}" for number in range(STEP)})
    assert follow(runtime, now + TO_MIDNIGHT)
    assert shown(runtime) == (6, {f"Signer {number}" for number in (*range(STEP), 6)})


def test_a_hidden_signer_who_leaves_changes_nothing_on_the_page_and_one_who_was_named_is_gone_at_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    hidden = sign(runtime, page, 1, now=now, visibility=Visibility.HIDDEN)
    named = sign(runtime, page, 2, now=now)
    follow(runtime, now + TO_MIDNIGHT)
    before = make.page(runtime)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, hidden.manage_token or "", now=now + TO_MIDNIGHT)
    assert make.page(runtime) == before
    assert shown(runtime) == (2, {"Signer 2"})
    with runtime.database.transaction() as session:
        self_service.withdraw(session, named.manage_token or "", now=now + TO_MIDNIGHT)
    assert shown(runtime) == (2, set())
    assert follow(runtime, now + 3 * TO_MIDNIGHT)
    assert shown(runtime) == (0, set())


def test_caches_notice_new_names_where_as_many_came_as_went(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    hidden = sign(runtime, page, 1, now=now, visibility=Visibility.HIDDEN)
    follow(runtime, now + TO_MIDNIGHT)
    before = make.page(runtime).head
    later = now + TO_MIDNIGHT + QUARTER
    with runtime.database.transaction() as session:
        self_service.withdraw(session, hidden.manage_token or "", now=later)
    sign(runtime, page, 2, now=later)
    follow(runtime, now + 3 * TO_MIDNIGHT)
    after = make.page(runtime).head
    assert after.shown_count == before.shown_count == 1
    assert after != before
    follow(runtime, now + 5 * TO_MIDNIGHT)
    assert make.page(runtime).head == after
