"""A rush from one network on the desk: seen as numbers, and decided about; suspects, looked at one by one."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
FLOOD, CROWD = "a1b2c3d4" + "0" * 24, "b1b2c3d4" + "0" * 24
LogIn = Callable[[Role], Browser]


@pytest.fixture
def rush(app: Flask, runtime: Runtime, clock: Clock) -> None:
    """Three forms of one network are held, and two of another."""
    page = make.page(runtime)
    for network, number in ((FLOOD, 40), (CROWD, 39)):
        forms = [
            make.new_form(page, now=clock(), email=f"{network[0]}{n}@crowd.example", network=network)
            for n in range(number)
        ]
        make.keep(runtime, *forms)
        make.settle(runtime, now=clock())


@pytest.mark.usefixtures("rush")
def test_a_viewer_sees_how_many_are_held_and_nothing_of_whom(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(HERE)
    (section,) = page.tree.xpath("//section[@id='held']")
    told = " ".join(section.text_content().split())
    assert "On hold since" in told
    assert "a1b2c3d4 3" in told
    assert "b1b2c3d4 2" in told
    assert "crowd.example" not in page.text
    assert not section.xpath(".//form")


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.usefixtures("rush")
def test_an_editor_lets_one_crowd_be_asked_and_deletes_the_rest(
    runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(HERE)
    assert "Waiting for you: Forms on hold" in page.text
    assert "Nobody gets an email about them until you decide." in browser.get("/organizer/").text
    crowd = page.tree.xpath("//form[contains(@action, '/held-forms')][.//input[@value='b1b2c3d4']]")
    assert "Ask them to confirm (2)" in crowd[0].text_content()
    before = len(make.emails(runtime, kind="confirmation"))
    page = browser.send(page, "/held-forms", network="b1b2c3d4", decision="release")
    assert "They will be asked to confirm" in page.text
    assert not page.tree.xpath("//section[@id='held']//tr[contains(., 'b1b2c3d4')]")
    # What comes in while the page is looked at is not meant by its buttons.
    clock.forward(minutes=1)
    late = make.new_form(make.page(runtime), now=clock(), email="late@crowd.example", network=FLOOD)
    make.keep(runtime, *[late] * 38)
    make.settle(runtime, now=clock())
    page = browser.send(page, "/held-forms", network="", decision="delete")
    assert "Deleted. Nobody was emailed about them." in page.text
    (section,) = page.tree.xpath("//section[@id='held']")
    assert "a1b2c3d4" in section.text_content()
    clock.forward(hours=1)
    make.settle(runtime, now=clock())
    asked = {mail.to_address for mail in make.emails(runtime, kind="confirmation")[before:]}
    assert {"b37@crowd.example", "b38@crowd.example"} <= asked
    assert "a39@crowd.example" not in asked


@pytest.mark.both_databases
def test_suspects_are_counted_listed_and_accepted_one_by_one(
    app: Flask, runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    make.sign(
        runtime,
        make.page(runtime),
        now=clock(),
        name="Lin Orta",
        email="lin@mail.example",
        is_suspected=True,
        network=FLOOD,
    )
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
    browser = logged_in(Role.EDITOR)
    page = browser.get(HERE)
    assert "Waiting for you: Suspected signatures" in page.text
    assert "look as if a program made them" in browser.get("/organizer/").text
    listed = browser.get(page.links("supporters.state=suspected$")[0])
    assert "Lin Orta" in listed.text
    assert "Rana Idris" not in listed.text
    one = browser.get(listed.links("/supporters/[0-9]+$")[0])
    assert "Suspected" in one.text
    assert one.links(f"{HERE}/invalidations.network=a1b2c3d4$")
    accepted = browser.send(one, "/accept")
    assert "Accepted: the signature counts" in accepted.text
    assert make.signature_count(runtime) == 2
    assert "Waiting for you" not in browser.get(HERE).text
