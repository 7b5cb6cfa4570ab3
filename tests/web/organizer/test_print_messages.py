"""Printing what supporters wrote to an official without an address, as an organizer does it."""

import re
from collections.abc import Callable

import pytest

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.signatures import self_service
from campaign.web.organizer.officials import hand_delivery
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import PASSWORD

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.fixture
def mayor(logged_in: LogIn, runtime: Runtime) -> int:
    """The id of Paul Brandt, for whom there is no address."""
    return next(one.id for one in make.page(runtime).officials if not one.has_email)


def write(
    runtime: Runtime, clock: Clock, mayor: int, words: str, *, name: str = "Lea Moor", **more: object
) -> None:
    """Write to the mayor and confirm it."""
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), **letter(mayor, words, name, **more))


def letter(mayor: int, words: str, name: str, **more: object) -> dict[str, object]:
    address = f"{name.split()[0].lower()}@mail.example"
    return {"name": name, "email": address, "officials": (mayor,), "words": words, **more}


def test_a_confirmed_message_is_printed_as_the_official_would_read_it(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    ask = make.page(runtime).asks[2].id
    write(runtime, clock, mayor, "My well ran dry.\n\nCome and see.", asks=(ask,), country="CH", role="Baker")
    browser = logged_in(Role.OWNER)
    listed = browser.get(f"{HERE}/officials/{mayor}")
    assert "One confirmed message to print." in listed.text
    (address,) = listed.links("/messages$")
    page = browser.get(address)
    (sheet,) = page.tree.find_class("desk-sheet")
    words = " ".join(" ".join(sheet.itertext()).split())
    assert words.startswith("Paul Brandt Mayor of Port Ondra November 23, 2026 The dam at Upper Ondra Dear")
    assert "Dear Mayor Paul Brandt, My well ran dry. Come and see." in words
    assert "this matters most to me: - Pay those who lost their wells." in words
    assert "Sincerely, Lea Moor Baker Switzerland" in words
    assert "confirmed it by email. It was printed by the organizers of the letter. For offices:" in words
    assert re.search("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$", words)
    assert "lea@" not in page.text


def test_what_is_unconfirmed_withdrawn_or_erased_is_neither_counted_nor_printed(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    write(runtime, clock, mayor, "These words stand.")
    make.sign(runtime, make.page(runtime), now=clock(), **letter(mayor, "Nobody confirmed this.", "Ole Brun"))
    for name, take_back, purpose in (
        ("Kim Sand", self_service.withdraw, "withdraw"),
        ("Pia Lund", self_service.erase, "manage"),
    ):
        write(runtime, clock, mayor, f"{name} took this back.", name=name)
        token = make.link(make.emails(runtime, kind="thanks")[-1], purpose)
        with runtime.database.transaction() as session:
            take_back(session, token, now=clock())
    browser = logged_in(Role.OWNER)
    assert "One confirmed message to print" in browser.get(f"{HERE}/officials/{mayor}").text
    page = browser.get(f"{HERE}/officials/{mayor}/messages")
    assert "These words stand." in page.text
    assert "Nobody confirmed this." not in page.text
    assert "took this back" not in page.text


def test_an_official_to_whom_everything_goes_by_email_has_nothing_to_print(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    minister = make.page(runtime).officials[0]
    write(runtime, clock, minister.id, "By email, please.")
    browser = logged_in(Role.OWNER)
    assert not browser.get(f"{HERE}/officials/{minister.id}").links("/messages$")
    page = browser.get(f"{HERE}/officials/{minister.id}/messages")
    assert "There are no confirmed messages to print here." in page.text


def test_what_was_promised_on_paper_stays_to_be_printed_when_an_address_turns_up(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    write(runtime, clock, mayor, "On paper, as you said.")
    with runtime.database.transaction() as session:
        make.set_email(session, make.SLUG, "Paul Brandt", "mayor@port.example", now=clock())
    page = logged_in(Role.OWNER).get(f"{HERE}/officials/{mayor}/messages")
    assert "Dear Mayor Paul Brandt, On paper, as you said." in page.text
    assert "It was printed by the organizers of the letter." in page.text


@pytest.mark.slow
def test_newer_messages_are_a_page_away(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_delivery, "A_PAGE", 2)
    for name in ("Ann Ek", "Bo Ek", "Cy Ek"):
        write(runtime, clock, mayor, f"Words of {name}.", name=name)
    browser = logged_in(Role.OWNER)
    first = browser.get(f"{HERE}/officials/{mayor}/messages")
    assert first.text.index("Words of Ann Ek.") < first.text.index("Words of Bo Ek.")
    assert "Words of Cy Ek." not in first.text
    (newer,) = first.links(r"after=\d+$")
    second = browser.get(newer)
    assert len(second.tree.find_class("desk-sheet")) == 1
    assert "Words of Cy Ek." in second.text
    assert not second.links(r"after=\d+$")
    for false in ("x", "-1", str(2**31), "9" * 40):
        assert browser.get(f"{HERE}/officials/{mayor}/messages?after={false}").status == 404


def test_who_may_not_see_people_sees_the_number_and_not_the_messages(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    write(runtime, clock, mayor, "For the mayor alone.")
    browser = logged_in(Role.VIEWER)
    listed = browser.get(f"{HERE}/officials/{mayor}")
    assert "One confirmed message to print." in listed.text
    assert not listed.links("/messages$")
    page = browser.get(f"{HERE}/officials/{mayor}/messages")
    assert page.status == 403
    assert "For the mayor alone." not in page.text


@pytest.mark.both_databases
def test_printing_asks_for_the_password_again_and_is_noted_without_names(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    write(runtime, clock, mayor, "For the mayor alone.")
    browser = logged_in(Role.OWNER)
    clock.forward(minutes=6)
    asked = browser.get(f"{HERE}/officials/{mayor}/messages")
    assert asked.path == "/organizer/confirm-password"
    assert printed(runtime) == []
    page = browser.send(asked, "/confirm-password", password=PASSWORD)
    assert page.path == f"{HERE}/officials/{mayor}/messages"
    assert "For the mayor alone." in page.text
    campaign_id = make.page(runtime).head.id
    assert printed(runtime) == [{"campaign": campaign_id, "official": mayor, "messages": 1}]


def test_an_official_of_another_campaign_is_not_found_in_this_one(
    logged_in: LogIn, runtime: Runtime, clock: Clock, mayor: int
) -> None:
    make.campaign(runtime, now=clock(), slug="other")
    theirs = make.page(runtime, "other").officials[-1]
    assert logged_in(Role.OWNER).get(f"{HERE}/officials/{theirs.id}/messages").status == 404


def printed(runtime: Runtime) -> list[object]:
    with runtime.database.reading() as session:
        return [entry.details for entry in audit_log.entries(session) if entry.action == "message.print"]
