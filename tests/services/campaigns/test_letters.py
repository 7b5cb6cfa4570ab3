from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.official import OfficialRole
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, letters, pages
from tests import make

pytestmark = pytest.mark.slow_on_postgresql


def test_a_letter_is_given_back_as_it_was_taken_in(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now)
    with runtime.database.reading() as session:
        assert letters.stored_letter(session, make.SLUG) == make.LETTER


def test_a_letter_becomes_a_draft_that_nobody_sees_unless_published(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now, publish=False)
    with runtime.database.reading() as session:
        assert pages.open_campaigns(session) == ()
        assert [head.state for head in campaigns.all_campaigns(session)] == [CampaignState.DRAFT]
        with pytest.raises(NotFoundError):
            pages.page(session, make.SLUG, language="en")


def test_counts_in_the_text_follow_those_who_signed_first(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    assert page.letter.introduction[0] == "We are 3 groups from the valley."
    assert page.head.title == page.letter.title == "3 groups ask the minister to save the River Ondra"


def test_those_written_to_come_before_those_copied(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    assert [(one.name, one.role, one.has_email) for one in page.officials] == [
        ("Mara Lindqvist", OfficialRole.ADDRESSEE, True),
        ("Ines Okafor", OfficialRole.COPIED, True),
        ("Paul Brandt", OfficialRole.COPIED, False),
    ]


def test_a_name_in_addresses_is_taken_once(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now)
    with pytest.raises(ConflictError, match="already a campaign named save-the-river"):
        make.campaign(runtime, now=now)


@pytest.mark.parametrize("slug", ["", "Save", "save the river", "-river", "r" * 81, "río", "a/b"])
def test_what_cannot_stand_in_an_address_is_refused(runtime: Runtime, now: datetime, slug: str) -> None:
    with pytest.raises(RefusedError, match="lowercase letters"):
        make.campaign(runtime, now=now, slug=slug)


def test_an_official_is_found_by_name_in_any_case_and_a_stranger_is_not(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    with runtime.database.transaction() as session:
        changed = make.set_email(session, make.SLUG, " paul  BRANDT", "mayor@ondra.example", now=now)
        assert changed.email == "mayor@ondra.example"
        with pytest.raises(NotFoundError, match="has no official"):
            make.set_email(session, make.SLUG, "Nobody", "n@ondra.example", now=now)
        with pytest.raises(RefusedError):
            make.set_email(session, make.SLUG, "Paul Brandt", "no address", now=now)


def test_a_campaign_that_was_open_can_be_closed_and_opened_but_is_no_draft_again(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    with runtime.database.transaction() as session:
        assert (
            campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=now).state
            is CampaignState.CLOSED
        )
        assert (
            campaigns.set_state(session, make.SLUG, CampaignState.OPEN, actor=COMMAND_LINE, now=now).state
            is CampaignState.OPEN
        )
        with pytest.raises(ConflictError):
            campaigns.set_state(session, make.SLUG, CampaignState.DRAFT, actor=COMMAND_LINE, now=now)
