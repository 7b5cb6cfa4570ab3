"""Organizers say when messages go, and see why they wait."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.officials import directory
from campaign.store.tables import Campaign, Official
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


def official(runtime: Runtime, name: str) -> Official:
    with runtime.database.reading() as session:
        return directory.by_name(session, make.SLUG, name)


@pytest.mark.both_databases
def test_a_campaign_is_sent_from_a_local_time_on_and_so_many_a_day(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    wrong = browser.send(
        browser.get(HERE), "/when", time_zone="Mars", sending_from="2026-12-01T09:00", daily_limit="200"
    )
    assert wrong.status == 422
    assert wrong.title.startswith("Error:")
    assert "region and city" in wrong.text
    assert wrong.form("/when").fields["daily_limit"] == "200"

    page = browser.send(wrong, "/when", time_zone="America/New_York")

    assert "Saved." in page.text
    assert page.form("/when").fields["sending_from"] == "2026-12-01T09:00"
    with runtime.database.reading() as session:
        campaign = session.scalars(select(Campaign)).one()
    assert campaign.sending_from == datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    assert campaign.daily_limit == 200
    mara = official(runtime, "Mara Lindqvist")
    officials = browser.get(f"{HERE}/officials/{mara.id}")
    assert "Nothing is sent before Dec 1, 2026, 09:00 (New York)" in " ".join(officials.text.split())


@pytest.mark.both_databases
def test_an_officials_own_times_are_those_of_their_zone_and_what_is_not_named_stays(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    mara = official(runtime, "Mara Lindqvist")
    page = browser.send(
        browser.get(f"{HERE}/officials/{mara.id}"),
        f"/officials/{mara.id}",
        time_zone="Europe/Brussels",
        sending_until="2026-12-01T09:00",
        daily_limit="5",
    )
    assert "Saved." in page.text
    browser.send(page, f"/officials/{mara.id}", longest_message="900", sending_until=None)

    mara = official(runtime, "Mara Lindqvist")

    assert mara.sending_until == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert (mara.daily_limit, mara.time_zone, mara.longest_message) == (5, "Europe/Brussels", 900)
    assert mara.email == "minister@waters.example"


@pytest.mark.both_databases
def test_the_desk_says_how_many_wait_for_whom_and_why(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    mara = official(runtime, "Mara Lindqvist")
    for name in ("Ben", "Eva"):
        make.sign_and_confirm(
            *(runtime, make.page(runtime)),
            now=clock(),
            email=f"{name}@mail.example",
            name=name,
            officials=(mara.id,),
            words="Please save the river.",
        )

    def words(path: str) -> str:
        return " ".join(browser.get(path).text.split())

    assert "They are sent at each official’s pace." in words(HERE)
    assert "2 messages wait in the queue." in words(f"{HERE}/officials/{mara.id}")

    theirs = browser.get(f"{HERE}/officials/{mara.id}")
    browser.send(theirs, f"/officials/{mara.id}", sending_until="2026-11-23T11:00")
    assert "Sending ended on Nov 23, 2026, 11:00 GMT." in words(f"{HERE}/officials/{mara.id}")
    assert "Sending ended" in words(f"{HERE}/queue")
    assert "They are sent at each official’s pace." in words(HERE)

    browser.send(browser.get(HERE), "/when", sending_from="2026-11-24T09:00", time_zone="Asia/Tokyo")
    for path in (HERE, f"{HERE}/queue"):
        assert "Nothing is sent before Nov 24, 2026, 09:00 (Tokyo)." in words(path)

    ines = official(runtime, "Ines Okafor")
    assert "Nothing is sent before" in logged_in(Role.VIEWER).get(f"{HERE}/queue").text
    assert ines
