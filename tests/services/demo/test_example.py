from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, letters, pages
from campaign.services.demo import example
from campaign.services.officials import directory
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

SLUG = "human-rights-first"


def set_up(runtime: Runtime, now: datetime) -> example.FirstLogin | None:
    with runtime.database.transaction() as session:
        return example.set_up(session, actor=COMMAND_LINE, now=now)


@pytest.mark.slow
def test_the_example_letter_is_read_without_a_doubt(runtime: Runtime, now: datetime) -> None:
    set_up(runtime, now)
    with runtime.database.reading() as session:
        letter = letters.stored_letter(session, SLUG)
    assert letter.warnings == ()
    assert (len(letter.asks), len(letter.signatories), len(letter.copied)) == (8, 24, 9)
    assert all(ask.title and ask.title.endswith(".") and ask.text for ask in letter.asks)
    assert letter.addressees[0].address[0] == "The White House"
    assert letter.page_on
    assert letter.dated_on
    assert letter.page_on > letter.dated_on


@pytest.mark.slow
def test_its_count_follows_the_names_below_it(runtime: Runtime, now: datetime) -> None:
    set_up(runtime, now)
    with runtime.database.reading() as session:
        page = pages.page(session, SLUG, language="en")
    assert page.head.state is CampaignState.OPEN
    assert page.letter.introduction[0].startswith("We are 24 groups and advocates")


def test_none_of_its_officials_can_be_reached_by_a_real_mail(runtime: Runtime, now: datetime) -> None:
    set_up(runtime, now)
    with runtime.database.reading() as session:
        [head] = pages.open_campaigns(session)
        addresses = [official.email for official in directory.list_officials(session, head.id)]
    assert len(addresses) == 10
    assert all(address and address.endswith(".example") for address in addresses)


@pytest.mark.slow
def test_a_second_start_changes_nothing_and_gives_no_second_password(runtime: Runtime, now: datetime) -> None:
    first = set_up(runtime, now)
    assert first
    assert first.email == "organizer@coalition.example"
    assert len(first.password) >= 15
    assert set_up(runtime, now) is None
    with runtime.database.reading() as session:
        assert len(campaigns.all_campaigns(session)) == 1


@pytest.mark.slow
def test_an_installation_with_a_campaign_of_its_own_is_spared_the_example(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    set_up(runtime, now)
    with runtime.database.reading() as session:
        assert [head.slug for head in campaigns.all_campaigns(session)] == [make.SLUG]


@pytest.mark.slow
def test_whoever_brings_the_example_in_is_in_the_audit_log(runtime: Runtime, now: datetime) -> None:
    set_up(runtime, now)
    with runtime.database.reading() as session:
        entries = audit_log.entries(session, limit=1_000)
    assert {entry.details["by"] for entry in entries} == {"command line"}
    assert {entry.action for entry in entries} >= {
        "campaign.import",
        "campaign.state",
        "official.change",
        "letter.import",
        "organizer.add",
    }
