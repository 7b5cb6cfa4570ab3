"""Organizers choose whether an official gets messages one by one or many in one mail."""

from collections.abc import Callable

import pytest

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.officials import directory
from tests import make
from tests.browsing import Browser

HERE = f"/organizer/campaigns/{make.SLUG}/officials"
LogIn = Callable[[Role], Browser]


@pytest.mark.both_databases
def test_a_threshold_is_set_and_the_page_says_what_waits_and_until_when(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    with runtime.database.reading() as session:
        mara = directory.by_name(session, make.SLUG, "Mara Lindqvist").id
    wrong = browser.send(browser.get(f"{HERE}/{mara}"), f"/{mara}/digest", digest="above", threshold="none")
    assert wrong.status == 422
    assert wrong.form(f"/{mara}/digest").fields["threshold"] == "none"
    assert "a whole number from 1 to 100,000" in wrong.text.replace("100000", "100,000")

    page = browser.send(wrong, f"/{mara}/digest", digest="above", threshold="20")

    assert "Saved." in page.text
    shown = " ".join(page.text.split())
    assert "together in one email when more than 20 wait in the morning" in shown
    assert "The next look: Nov 24, 2026, 08:00 GMT." in shown
    assert page.form(f"/{mara}/digest").fields["digest"] == "above"
    page = browser.send(page, f"/{mara}", time_zone="Asia/Tokyo")
    page = browser.send(page, f"/{mara}/digest", digest="daily")
    assert "The next one: Nov 24, 2026, 08:00 (Tokyo)." in " ".join(page.text.split())

    looking = logged_in(Role.VIEWER)
    assert "in one email a day" in looking.get(f"{HERE}/{mara}").text
