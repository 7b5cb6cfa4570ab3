"""A tired organizer finds somebody, corrects a slip, reads, and decides what is to be checked."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from campaign.domain.roles import Role
from campaign.domain.signature import Capacity, Visibility
from campaign.runtime import Runtime
from campaign.store.tables.core import data_key
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.fixture
def signers(app: Flask, runtime: Runtime, clock: Clock) -> None:
    page = make.page(runtime)
    for name, address, details in (
        ("María López", "maria@mail.example", {"country": "FR", "postal_code": "1000"}),
        ("Maria Lopez", "lopez@mail.example", {"country": "FR", "postal_code": "1000"}),
        (
            "Tom Reed",
            "tom@mail.example",
            {
                "organization": "River Fund",
                "capacity": Capacity.ORGANIZATION,
                "officials": (page.officials[0].id,),
                "words": "I drink from this river.",
                "visibility": Visibility.HIDDEN,
            },
        ),
    ):
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=address, **details)


def rows(page: object) -> list[str]:
    return [str(name) for name in page.tree.xpath("//tbody/tr/th//bdi/text()")]  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.both_databases
def test_words_of_a_name_find_people_and_stand_in_no_address(signers: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    found = browser.send(browser.get(f"{HERE}/supporters"), "/supporters", sought="LOPEZ maria")
    assert rows(found) == ["María López", "Maria Lopez"]
    assert "?" not in found.path
    assert "2 people." in found.text
    assert rows(browser.send(found, "/supporters", sought="river")) == ["Tom Reed"]
    nobody = browser.send(found, "/supporters", sought="nobody")
    assert "Nobody fits this." in nobody.text


def test_a_search_before_all_names_are_encrypted_says_that_it_may_miss_somebody(
    signers: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        session.execute(delete(data_key))
        first = runtime.database.data_keys.newest.id
        session.execute(insert(data_key).values(id=first, number=1))
    browser = logged_in(Role.EDITOR)
    listed = browser.get(f"{HERE}/supporters")
    assert "may not find everyone" not in listed.text
    assert "may not find everyone" in browser.send(listed, "/supporters", sought="nobody").text
    with runtime.database.transaction() as session:
        session.execute(update(data_key).values(encrypted_at=clock()))
    assert "may not find everyone" not in browser.send(listed, "/supporters", sought="nobody").text


@pytest.mark.slow
def test_filters_stand_in_the_address_and_combine(signers: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    listed = browser.send(
        browser.get(f"{HERE}/supporters"), "/supporters", sought="", country="FR", updates="no"
    )
    assert rows(listed) == ["Maria Lopez", "María López"]
    again = browser.get(f"{HERE}/supporters?country=FR&updates=yes")
    assert rows(again) == []
    assert rows(browser.get(f"{HERE}/supporters?words=yes")) == ["Tom Reed"]
    assert len(rows(browser.get(f"{HERE}/supporters?state=none"))) == 4


@pytest.mark.slow
def test_a_removal_is_undone_from_the_list(signers: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    one = browser.get(browser.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    browser.send(one, "/remove", reason="made up")
    removed = browser.get(f"{HERE}/supporters?state=removed")
    assert rows(removed) == ["Tom Reed"]
    back = browser.send(removed, "/restore")
    assert back.path == f"{HERE}/supporters"
    assert "The signature is restored" in back.text


def test_what_somebody_wrote_is_read_on_request_and_their_history_is_told(
    signers: None, logged_in: LogIn
) -> None:
    browser = logged_in(Role.EDITOR)
    one = browser.get(browser.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    assert "I drink from this river." not in one.text
    assert "They confirmed it from their mailbox." in one.text
    assert "The message to Mara Lindqvist is waiting to be sent." in one.text
    assert "I drink from this river." in browser.get(one.links("/words$")[0]).text


def test_a_slip_is_corrected_told_and_undone(signers: None, logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    one = browser.get(browser.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    form = browser.get(one.links("/correct$")[0])
    done = browser.send(form, "/correct", name="Tom Reid", reason="a slip of the pen")
    assert "We are telling the supporter by email." in done.text
    assert "editor@desk.example corrected the signature." in done.text
    assert len(make.emails(runtime, kind="correction")) == 1
    undone = browser.send(done, "/undo")
    assert "Tom Reed" in undone.title
    assert not undone.tree.xpath("//form[contains(@action, '/undo')]")


@pytest.mark.both_databases
def test_what_is_to_be_checked_is_decided_with_one_press_and_undone(signers: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/moderation")
    assert "m…@mail.example" in page.text
    organization = page.tree.xpath("//section[@aria-labelledby='organization-title']//li//b//text()")
    assert organization == ["Tom Reed"]
    duplicate = f"/moderation/{page.tree.xpath(_DUPLICATE)[0].rsplit('/', 1)[1]}"
    removed = browser.send(page, duplicate, decision="remove")
    assert "Removed. It is no longer counted or shown." in removed.text
    assert not removed.tree.xpath(_DUPLICATE)
    undone = browser.send(removed, "/undo", decision="remove")
    assert undone.tree.xpath(_DUPLICATE)
    kept = browser.send(undone, duplicate, decision="keep")
    assert "You won’t be asked about it again." in kept.text
    assert not kept.tree.xpath(_DUPLICATE)
    assert browser.send(kept, "/undo", decision="keep").tree.xpath(_DUPLICATE)


_DUPLICATE = "//section[@aria-labelledby='duplicate-title']//form/@action"


@pytest.mark.slow
def test_words_are_read_together_and_marked(signers: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/words")
    assert "I drink from this river." in page.text
    assert "Nobody has agreed to be quoted in public" in page.text
    button = "/words/" + page.tree.xpath("//article//form/@action")[0].rsplit("/", 1)[1]
    marked = browser.send(page, button, mark="yes")
    assert "I drink from this river." in browser.get(f"{HERE}/words?marked=yes").text
    browser.send(marked, button, mark="no")
    assert "No message is marked." in browser.get(f"{HERE}/words?marked=yes").text


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("path", ["moderation", "words", "supporters/1/words", "supporters/1/correct"])
def test_who_may_only_look_sees_none_of_it(signers: None, logged_in: LogIn, path: str) -> None:
    assert logged_in(Role.VIEWER).get(f"{HERE}/{path}").status == 403
