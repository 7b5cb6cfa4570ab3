"""An organizer without personal data narrows an update down to one person, to learn whether they signed."""

import pytest
from sqlalchemy import select

from campaign.domain.updates import Audience, UpdateState
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.store.tables import CampaignUpdate, Signature
from campaign.web import create_app
from campaign.worker import loop
from tests import make, updating
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import enter

UPDATES = f"/organizer/campaigns/{make.SLUG}/updates"


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("country", ["KI", "TV"])
def test_nobody_is_singled_out_and_a_list_of_one_reads_like_a_list_of_nobody(
    runtime: Runtime, clock: Clock, country: str
) -> None:
    """From Kiribati there is one, and nobody from Tuvalu."""
    page = make.campaign(runtime, now=clock())
    updating.agree(runtime, page, 12, now=clock())
    make.sign_and_confirm(
        runtime, page, now=clock(), country="KI", updates=True, consent_wording="Yes, write to me."
    )
    with pytest.raises(RefusedError, match="at least"):
        updating.approved(runtime, now=clock(), audience=Audience(country=country))
    browser = Browser(create_app(runtime, clock=clock))
    assert enter(browser, "writer@desk.example", "marble otter kiosk plum").status == 200
    with runtime.database.reading() as session:
        (update_id,) = session.scalars(select(CampaignUpdate.id))
    shown = browser.get(f"{UPDATES}/{update_id}")
    assert "fewer than 10" in shown.text
    assert "has to reach at least 10 people" in shown.text
    refused = browser.send(shown, f"{UPDATES}/{update_id}/ask")
    assert (refused.status, "nobody is singled out" in refused.text) == (422, True)


@pytest.mark.slow
def test_a_list_that_has_become_too_short_since_the_approval_is_written_to_by_nobody(
    runtime: Runtime, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    updating.agree(runtime, page, 10, now=clock())
    update_id = updating.approved(runtime, now=clock(), audience=Audience(language="en"))
    with runtime.database.transaction() as session:
        leaving = session.scalars(select(Signature).order_by(Signature.id).limit(9))
        for one in leaving:
            one.updates = False
    loop.drain(runtime, clock=clock)
    assert make.emails(runtime, kind="update") == []
    assert updating.found(runtime, update_id).state is UpdateState.STOPPED
    browser = Browser(create_app(runtime, clock=clock))
    enter(browser, "writer@desk.example", "marble otter kiosk plum")
    shown = browser.get(f"{UPDATES}/{update_id}").text
    assert "would single somebody out" in shown
    for told in ("Emails written", "On the list", "Delivered", "Left out"):
        assert told not in shown


def test_an_update_to_everyone_goes_to_however_few_they_are(runtime: Runtime, clock: Clock) -> None:
    updating.agree(runtime, make.campaign(runtime, now=clock()), 2, now=clock())
    updating.approved(runtime, now=clock())
    loop.drain(runtime, clock=clock)
    assert len(make.emails(runtime, kind="update")) == 2


@pytest.mark.slow
def test_how_far_an_update_to_many_has_come_is_told(runtime: Runtime, clock: Clock) -> None:
    page = make.campaign(runtime, now=clock())
    updating.agree(runtime, page, 12, now=clock())
    update_id = updating.approved(runtime, now=clock(), audience=Audience(language="en"))
    loop.drain(runtime, clock=clock)
    browser = Browser(create_app(runtime, clock=clock))
    enter(browser, "writer@desk.example", "marble otter kiosk plum")
    assert "On the list 12" in browser.get(f"{UPDATES}/{update_id}").text.replace("list12", "list 12")
