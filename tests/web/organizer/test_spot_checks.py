"""Organizers announce a spot check, enter the value once it is known, and follow it to its result."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.transparency import appending
from campaign.store.tables import Campaign, SpotCheck
from campaign.worker import spot_checks as worker
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.domain.test_witnesses import KEY
from tests.updating import agree

LogIn = Callable[[Role], Browser]
AT = f"/organizer/campaigns/{make.SLUG}/spot-checks"
VALUE = "5e" * 32


@pytest.mark.slow
def test_a_witness_from_the_desk(logged_in: LogIn, runtime: Runtime, clock: Clock) -> None:
    browser = logged_in(Role.EDITOR)
    added = browser.send(browser.get(AT), "/witnesses", name="River Watch", public_key=KEY)
    assert "Registered." in added.text
    again = browser.send(browser.get(AT), "/witnesses", name="Another", public_key=KEY)
    assert (again.status, "already registered" in again.text) == (409, True)
    assert "River Watch" in browser.client.get(f"/c/{make.SLUG}/count-log").text
    assert "Removed." in browser.send(browser.get(AT), "/witnesses/remove").text
    assert "River Watch" not in browser.get(AT).text
    said = logged_in(Role.OWNER).get("/organizer/audit").text
    assert "registered “River Watch” as a witness" in said
    assert "removed “River Watch” from the witnesses" in said


@pytest.mark.slow
def test_a_spot_check_from_the_desk(logged_in: LogIn, runtime: Runtime, clock: Clock) -> None:
    browser = logged_in(Role.EDITOR)
    assert "There are 0 so far." in browser.get(AT).text
    page = make.page(runtime)
    agree(runtime, page, 60, now=clock())
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(signature_count=61))
        appending.append(session, page.head.id, now=clock())
    form = browser.get(AT)
    soon = f"{clock():%Y-%m-%dT%H}:09"
    refused = browser.send(form, "/spot-checks", wanted="20", known_at=soon)
    assert refused.status == 422
    assert "at least 10 minutes from now" in refused.text
    proposed = browser.send(form, "/spot-checks", wanted="20", known_at=f"{clock():%Y-%m-%dT%H}:30")
    assert "It is waiting for somebody else" in proposed.text
    assert "Spot check 1" not in browser.client.get(f"/c/{make.SLUG}/count-log").text
    assert browser.client.get(f"/c/{make.SLUG}/count-log/spot-checks.json").json["spot_checks"] == []
    assert "Nothing of it was public." in browser.send(proposed, "/spot-checks/1/take-back").text
    browser.send(browser.get(AT), "/spot-checks", wanted="20", known_at=f"{clock():%Y-%m-%dT%H}:30")
    second = logged_in(Role.OWNER)
    looked_at = second.get(AT)
    browser.send(browser.get(AT), "/spot-checks/1/take-back")
    clock.forward(seconds=1)
    browser.send(browser.get(AT), "/spot-checks", wanted="30", known_at=f"{clock():%Y-%m-%dT%H}:30")
    swapped = second.send(looked_at, "/spot-checks/1/announce")
    assert (swapped.status, "has changed in the meantime" in swapped.text) == (409, True)
    assert second.send(looked_at, "/spot-checks/1/announce", seen="").status == 409
    announced = second.send(second.get(AT), "/spot-checks/1/announce")
    assert "Announced. It is on the public page of the count." in announced.text
    with runtime.database.reading() as session:
        number = session.scalars(select(SpotCheck.source_name)).one()
    assert f"Round {number}" in announced.text
    assert "enter the value here" in announced.text
    assert f">{number}</bdi>" in browser.client.get(f"/c/{make.SLUG}/count-log").text
    clock.forward(minutes=31)
    browser = logged_in(Role.EDITOR)
    drawn = browser.send(browser.get(AT), "/value", published=VALUE.upper())
    assert "Drawn. The questions go out by email now." in drawn.text
    worker.go_on(runtime, clock())
    asking = browser.get(AT).text
    assert "Asked so far" in asking
    assert "“Yes, I signed”" not in asking
    clock.forward(days=16)
    worker.go_on(runtime, clock())
    assert "So few answered" in logged_in(Role.VIEWER).get(AT).text
    said = logged_in(Role.OWNER).get("/organizer/audit").text
    for sentence in (
        "editor@desk.example proposed spot check 1 of",
        "editor@desk.example took back the proposal of spot check 1 of",
        "owner@desk.example announced spot check 1 of",
        "editor@desk.example entered the value that decided spot check 1 of",
        "The program itself published the result of spot check 1 of",
    ):
        assert sentence in said
