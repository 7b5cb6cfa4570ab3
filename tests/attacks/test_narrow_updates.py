"""An organizer without personal data narrows an update down to one person, to learn whether they signed."""

from datetime import datetime

import pytest

from campaign.domain.updates import Audience
from campaign.runtime import Runtime
from campaign.services.updates import progress
from campaign.web import create_app
from campaign.worker import loop
from tests import make, updating
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import enter

UPDATES = f"/organizer/campaigns/{make.SLUG}/updates"


@pytest.mark.parametrize("country", ["KI", "TV"])
def test_a_list_of_nobody_and_a_list_of_one_look_the_same_before_and_after_they_are_written_to(
    runtime: Runtime, clock: Clock, country: str
) -> None:
    """From Kiribati there is one, and nobody from Tuvalu."""
    page = make.campaign(runtime, now=clock())
    updating.agree(runtime, page, 12, now=clock())
    make.sign_and_confirm(
        runtime, page, now=clock(), country="KI", updates=True, consent_wording="Yes, write to me."
    )
    update_id = updating.approved(runtime, now=clock(), audience=Audience(country=country))
    for _ in range(3):
        updating.work(runtime, now=clock())
    _count(runtime, clock())
    assert updating.found(runtime, update_id).figures.written == (country == "KI")
    browser = Browser(create_app(runtime, clock=clock))
    assert enter(browser, "writer@desk.example", "marble otter kiosk plum").status == 200
    shown = browser.get(f"{UPDATES}/{update_id}").text
    assert "fewer than 10" in shown
    listed = browser.get(UPDATES).text
    for told in ("Written to", "On the list", "Delivered", "Left out"):
        assert told not in shown + listed


def test_how_far_an_update_to_many_has_come_is_told(runtime: Runtime, clock: Clock) -> None:
    page = make.campaign(runtime, now=clock())
    updating.agree(runtime, page, 12, now=clock())
    update_id = updating.approved(runtime, now=clock(), audience=Audience(language="en"))
    loop.drain(runtime, clock=clock)
    browser = Browser(create_app(runtime, clock=clock))
    enter(browser, "writer@desk.example", "marble otter kiosk plum")
    assert "On the list 12" in browser.get(f"{UPDATES}/{update_id}").text.replace("list12", "list 12")


def _count(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        progress.count(session, now=now)
