"""The list of officials on the desk, what offices answered, and what of both the letter's page shows."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign.domain.events import EventKind
from campaign.domain.roles import Role
from campaign.domain.suppressions import OfficialReport
from campaign.runtime import Runtime
from campaign.services.documents import pack
from campaign.services.documents.pack import PackParts
from campaign.services.officials import pauses
from campaign.store.tables import Campaign, Message, Official
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}/officials"
LETTER = f"/c/{make.SLUG}"
LogIn = Callable[[Role], Browser]

pytestmark = pytest.mark.both_databases


def rows(runtime: Runtime) -> list[Official]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Official).order_by(Official.position)))


def reach(runtime: Runtime, official_id: int, clock: Clock) -> None:
    report = OfficialReport("an-id", EventKind.DELIVERED, clock(), None)
    with runtime.database.transaction() as session:
        pauses.apply(session, {official_id: [report]}, now=clock())


def shown(app: Flask, name: str) -> dict[str, object]:
    document = json.loads(Browser(app).get(f"{LETTER}.json").response.get_data())
    return next(one for one in document["officials"] if one["name"] == name)


def test_one_save_adds_orders_and_corrects_and_nothing_typed_is_lost(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    mara, ines, paul = rows(runtime)
    typed = {
        f"position-{paul.id}": "1",
        f"position-{mara.id}": "2",
        f"email-{ines.id}": "director@",
        "name-new1": "Sol Ebner",
        "channel-new1": "web_form",
        "web_form-new1": "https://ebner.example/contact",
    }
    wrong = browser.send(browser.get(HERE), "/officials", **typed)
    assert wrong.status == 422
    fields = wrong.form("/officials").fields
    assert all(fields[name] == value for name, value in typed.items())
    assert rows(runtime)[0].name == "Mara Lindqvist"

    more = browser.send(wrong, "/officials", button="yes")
    assert more.form("/officials").fields["name-new2"] == ""
    assert more.form("/officials").fields["name-new1"] == "Sol Ebner"

    saved = browser.send(more, "/officials", **{f"email-{ines.id}": "office@rivers.example"})
    assert "Saved." in saved.text
    names = [row.name for row in rows(runtime)]
    assert names == ["Paul Brandt", "Mara Lindqvist", "Ines Okafor", "Sol Ebner"]
    assert rows(runtime)[2].email == "office@rivers.example"


def test_a_new_holder_freezes_what_waits_and_a_corrected_name_does_not(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    mara, ines, _ = rows(runtime)
    reach(runtime, mara.id, clock)
    name, meaning = f"name-{mara.id}", f"new_name-{mara.id}"
    asked = browser.send(browser.get(HERE), "/officials", **{name: "Juno Adler"})
    assert asked.status == 422
    assert "whether somebody else holds the office now" in asked.text

    saved = browser.send(asked, "/officials", **{meaning: "replaced"})
    assert "sending is paused: look at what is waiting" in saved.text
    assert "Paused: new holder" in saved.text
    juno = rows(runtime)[0]
    assert (juno.name, juno.reached_at) == ("Juno Adler", None)
    assert "still greets the person who held it before" in browser.get(f"{HERE}/{mara.id}").text
    # Another address does not let it go on.
    browser.send(browser.get(HERE), "/officials", **{f"email-{mara.id}": "adler@waters.example"})
    assert rows(runtime)[0].paused_at is not None

    name, meaning = f"name-{ines.id}", f"new_name-{ines.id}"
    browser.send(browser.get(HERE), "/officials", **{name: "Inès Okafor", meaning: "corrected"})
    assert (rows(runtime)[1].name, rows(runtime)[1].paused_at) == ("Inès Okafor", None)


def test_who_was_written_to_stays_and_who_was_not_can_be_removed(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    mara, ines, _ = rows(runtime)
    make.sign_and_confirm(
        runtime, make.page(runtime), now=clock(), email="ben@mail.example", officials=(mara.id,)
    )
    kept = browser.send(browser.get(HERE), "/officials", **{f"remove-{mara.id}": "y"})
    assert kept.status == 409
    assert "People have written to Mara Lindqvist" in kept.text
    gone = browser.send(browser.get(HERE), "/officials", **{f"remove-{ines.id}": "y"})
    assert "Saved." in gone.text
    assert [row.name for row in rows(runtime)] == ["Mara Lindqvist", "Paul Brandt"]


def test_two_who_change_the_list_at_once_are_told_and_lose_nothing(
    logged_in: LogIn, runtime: Runtime
) -> None:
    mine, theirs = logged_in(Role.EDITOR), logged_in(Role.OWNER)
    page, (mara, *_) = mine.get(HERE), rows(runtime)
    theirs.send(theirs.get(HERE), "/officials", **{"name-new1": "Sol Ebner"})
    told = mine.send(page, "/officials", **{f"office-{mara.id}": "Ministry for Waters"})
    assert told.status == 409
    assert "Somebody changed this list while you were working on it" in told.text
    assert told.form("/officials").fields[f"office-{mara.id}"] == "Ministry for Waters"
    assert "Saved." in mine.send(told, "/officials").text
    assert [row.name for row in rows(runtime)][-1] == "Sol Ebner"
    assert rows(runtime)[0].office == "Ministry for Waters"


def test_a_file_fills_in_the_list_and_nothing_is_stored_before_it_is_saved(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    file = (
        "\ufeffName;E-Mail;Zip codes;Shoe size\r\n"
        "ines okafor;new@rivers.example;94110,94114;41\r\nSol Ebner;sol@rivers.example;;40\r\n"
        "Minister Mara Lindqvist;waters@rivers.example;;39\r\n"
    ).encode()
    page = browser.send(browser.get(HERE), "/officials/file", officials=file)
    assert "director@rivers.example" in page.text
    assert "Nothing is saved yet." in page.text
    assert "These columns are not used: Shoe size." in page.text
    assert [cells[0].text_content() for cells in page.tree.xpath("//tr[td[.='New official']]")] == [
        "Sol Ebner"
    ]
    assert len(rows(runtime)) == 3
    assert "Saved." in browser.send(page, "/officials").text
    names = {row.name: (row.email, row.postal_codes) for row in rows(runtime)}
    assert names["Ines Okafor"] == ("new@rivers.example", ["94110", "94114"])
    assert names["Sol Ebner"] == ("sol@rivers.example", [])
    assert names["Mara Lindqvist"][0] == "waters@rivers.example"
    assert len(names) == 4


def test_an_answer_is_public_only_when_an_organizer_says_so(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    mara = rows(runtime)[0]
    ask = make.page(runtime).asks[1]
    entered = browser.send(
        browser.get(f"{HERE}/{mara.id}"),
        "/answers",
        ask=ask.id,
        stance="acted",
        answered_on="2026-11-20",
        evidence="https://waters.example/decree",
        note="The works are stopped until the hearing.",
    )
    assert "Saved." in entered.text
    assert "Only here" in entered.text
    assert "The works are stopped" not in Browser(app).get(LETTER).text

    entry = urlsplit(entered.tree.xpath("//form[contains(@action, '/entries/')]/@action")[0]).path
    browser.send(entered, entry, button="publish")
    page = Browser(app).get(LETTER)
    assert "Acted on ask 2" in page.text
    assert "The works are stopped until the hearing." in page.text
    assert page.links("^https://waters.example/decree$")
    assert shown(app, "Mara Lindqvist")["answers"] == [
        {
            "on": "2026-11-20",
            "ask": 2,
            "stance": "acted",
            "text": "The works are stopped until the hearing.",
            "evidence": "https://waters.example/decree",
            "holder": None,
        }
    ]
    browser.send(browser.get(f"{HERE}/{mara.id}"), entry, button="remove")
    assert shown(app, "Mara Lindqvist")["answers"] == []


def test_silence_is_counted_from_what_is_known_to_have_arrived(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    mara, _, paul = rows(runtime)
    reach(runtime, mara.id, clock)
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/{paul.id}")
    what = {"what": "The letter with 230 names", "handed_on": "2026-11-20"}
    browser.send(page, "/hand-overs", **what, is_public="y")

    visitor = Browser(app)
    text = visitor.get(LETTER).text
    assert "The letter with 230 names" in text
    assert "Handed over on November 20, 2026" in text
    assert "We know of no answer yet" not in text

    clock.forward(days=40)
    text = visitor.get(LETTER).text
    assert "We know of no answer yet, 40 days after the first message reached this office" in text
    assert shown(app, "Paul Brandt")["days_without_known_answer"] == 43
    assert shown(app, "Ines Okafor")["days_without_known_answer"] is None
    # What organizers know and do not publish is no silence either.
    entered = {"stance": "acknowledged", "answered_on": "2026-12-01"}
    browser = logged_in(Role.EDITOR)
    browser.send(browser.get(f"{HERE}/{mara.id}"), "/answers", **entered)
    assert shown(app, "Mara Lindqvist")["days_without_known_answer"] is None


def signed(app: Flask, **fields: object) -> Page:
    visitor = Browser(app)
    return visitor.send(
        visitor.get(LETTER),
        "/sign",
        button="/preview",
        name="Rana Idris",
        email="rana@mail.example",
        **fields,
    )


@pytest.mark.slow
def test_a_postal_code_is_asked_for_only_by_districts_and_names_their_officials(
    app: Flask, runtime: Runtime, logged_in: LogIn
) -> None:
    assert "Your postal code" not in Browser(app).get(LETTER).text
    browser, (mara, ines, _) = logged_in(Role.EDITOR), rows(runtime)
    districts = {f"postal_codes-{mara.id}": "941", f"postal_codes-{ines.id}": "10, 11"}
    browser.send(browser.get(HERE), "/officials", **districts)
    assert "It is not on any public page." in Browser(app).get(LETTER).text

    nobody = signed(app, officials="district")
    assert nobody.status == 422
    assert "Enter your postal code" in nobody.text
    elsewhere = signed(app, officials="district", postal_code="75001")
    assert "This letter lists no official for this postal code." in elsewhere.text
    mine = signed(app, officials="district", postal_code="94110-1234", message="My well is dry.")
    assert "To Mara Lindqvist" in mine.text
    assert "To Ines Okafor" not in mine.text


def test_what_goes_into_an_offices_own_form_is_neither_mailed_nor_printed(
    app: Flask, runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    browser, (mara, *_) = logged_in(Role.EDITOR), rows(runtime)
    no_form = browser.send(browser.get(HERE), "/officials", **{f"channel-{mara.id}": "web_form"})
    assert "Enter the address of the office’s web form." in no_form.text
    form = {f"web_form-{mara.id}": "https://waters.example/contact"}
    browser.send(no_form, "/officials", **form)

    page = Browser(app).get(LETTER)
    assert "Takes messages only through its own web form." in page.text
    assert "1. Publish every measurement since 2020." in page.text
    confirmed = make.sign_and_confirm(
        runtime,
        make.page(runtime),
        now=clock() + timedelta(minutes=5),
        email="ben@mail.example",
        officials=(mara.id,),
        words="My well is dry.",
    )
    assert (confirmed.messages, confirmed.by_form) == (1, 1)
    assert not make.emails(runtime, kind="message")
    with runtime.database.reading() as session:
        assert session.scalars(select(Message.channel)).one() == "web_form"
    thanks = make.emails(runtime, kind="thanks")[-1]
    assert "only through their own web forms" in " ".join(thanks.text.split())
    own = Browser(app).get(f"/manage/{make.link(thanks, 'manage')}")
    assert "for you to paste into the office’s web form" in own.text
    pasted = own.text.partition("Dear Minister Lindqvist,")[2].partition("Copy the text")[0]
    for part in ("My well is dry.", "Publish every measurement", "Please write back", "Rana Idris"):
        assert part in pasted
    assert "on paper" not in pasted
    assert "A reply to it" not in pasted


def test_whoever_writes_is_told_how_the_paper_travels_and_the_sheet_says_what_is_true_of_both(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    browser, (mara, _, paul) = logged_in(Role.EDITOR), rows(runtime)
    channels = {f"channel-{mara.id}": "hand", f"channel-{paul.id}": "post"}
    browser.send(browser.get(HERE), "/officials", **channels)
    by_hand = signed(app, officials=str(mara.id)).text
    assert "We print this message and hand it over." in by_hand
    assert "No email on file" not in by_hand
    by_post = signed(app, officials=str(paul.id)).text
    assert "We print this message and post it." in by_post
    for preview in (by_hand, by_post):
        assert "It was printed by the organizers of the letter." in " ".join(preview.split())


@pytest.mark.slow
def test_an_office_that_gets_paper_is_not_offered_what_is_for_email(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    browser, (mara, ines, paul) = logged_in(Role.EDITOR), rows(runtime)
    channels = {f"channel-{mara.id}": "web_form", f"web_form-{mara.id}": "https://waters.example/contact"}
    browser.send(browser.get(HERE), "/officials", **channels, **{f"channel-{paul.id}": "post"})
    for official, by_email in ((mara, False), (ines, True), (paul, False)):
        page = browser.get(f"{HERE}/{official.id}").text
        assert ("Pause sending" in page, "Together in one email" in page) == (by_email, by_email), (
            official.name
        )
        assert ("Messages an hour" in page, "no pace to set" in page) == (by_email, not by_email)
        kept = browser.send(browser.get(f"{HERE}/{official.id}"), f"/{official.id}", longest_message="900")
        assert "Saved." in kept.text
    assert [one.longest_message for one in rows(runtime)] == [900, 900, 900]
    queue = browser.get(f"/organizer/campaigns/{make.SLUG}/queue").text
    assert "The office’s own web form" in queue
    assert "Printed and posted" in queue
    assert "By hand" not in queue
    browser.send(browser.get(HERE), "/officials", **{f"channel-{paul.id}": ""})
    without = browser.get(f"{HERE}/{paul.id}").text
    assert "Messages an hour" in without
    assert "The pace takes effect once there is one." in without


def test_where_answers_go_to_each_supporter_the_desk_counts_none(logged_in: LogIn) -> None:
    page = logged_in(Role.EDITOR).get(f"/organizer/campaigns/{make.SLUG}/replies").text
    assert "their answers don’t appear here" in page
    assert "Automatic replies" not in page
    assert "No answers yet." not in page


def test_an_office_that_holds_the_list_back_for_review_is_named_when_its_day_comes(
    logged_in: LogIn, runtime: Runtime
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Official).where(Official.position == 1).values(review_on=date(2026, 1, 1)))
    assert "check whether this is still true: Mara Lindqvist" in logged_in(Role.VIEWER).get(HERE).text


def test_a_postal_address_goes_on_cover_and_messages_and_into_a_letter_that_nobody_has_read(
    app: Flask, runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    browser, (mara, _, paul) = logged_in(Role.EDITOR), rows(runtime)
    page = browser.get(HERE)
    typed = {f"channel-{paul.id}": "post", f"address-{mara.id}": " 3 New Quay \r\n\r\nPort Ondra "}
    page = browser.send(page, "/officials", **typed)
    assert "No postal address" in page.text
    page = browser.send(page, "/officials", **{f"address-{paul.id}": "\n".join(["a line"] * 11)})
    assert "at most 10 lines" in page.text
    page = browser.send(page, "/officials", **{f"address-{paul.id}": "Town Hall\nPort Ondra"})
    assert "No postal address" not in page.text
    shown = make.page(runtime)
    assert [one.address for one in shown.officials] == [
        ("3 New Quay", "Port Ondra"),
        (),
        ("Town Hall", "Port Ondra"),
    ]
    cover = "\n".join(
        block.text for block in pack._cover(PackParts(shown, shown.officials[2], (), ()), clock())
    )
    assert "Paul Brandt\nMayor of Port Ondra\nTown Hall\nPort Ondra" in cover
    assert shown.letter.addressees[0].address == ("12 Quay Street", "Port Ondra"), "it has been signed so"
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(opened_at=None))
    browser.send(browser.get(HERE), "/officials", **{f"address-{mara.id}": "4 New Quay"})
    assert make.page(runtime).letter.addressees[0].address == ("4 New Quay",)
