"""The letter edited on the desk: freely in a draft, as a correction or a material change once it was open."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.letter import Letter, LetterAsk
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, change_log, letters, wordings
from campaign.store.tables import LetterVersion
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.test_desk import actions
from tests.web.test_progress import reword

LogIn = Callable[[Role], Browser]
HERE = f"/organizer/campaigns/{make.SLUG}/letter"
DRAFT = "/organizer/campaigns/draft/letter"
SIGNATORIES = f"{HERE}/signatories"


@pytest.fixture
def draft(app: Flask, runtime: Runtime, clock: Clock) -> str:
    make.campaign(runtime, now=clock(), slug="draft", publish=False)
    return "draft"


def keys(page: Page) -> list[str]:
    return str(page.form("/letter").fields["order"]).split(",")


def versions(runtime: Runtime, slug: str) -> list[LetterVersion]:
    with runtime.database.reading() as session:
        rows = select(LetterVersion).order_by(LetterVersion.id)
        return [row for row in session.scalars(rows) if row.campaign_id == (2 if slug == "draft" else 1)]


def test_every_part_of_a_draft_is_edited_in_one_save(logged_in: LogIn, runtime: Runtime, draft: str) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(DRAFT)
    first, second, third = keys(page)
    page = browser.send(page, "/letter", button=f"up:{third}")
    page = browser.send(page, "/letter", button=f"up:{third}")
    page = browser.send(page, "/letter", button=f"remove:{second}")
    page = browser.send(page, "/letter", button="more")
    assert keys(page) == [third, first, "new1"]
    saved = browser.send(
        page,
        "/letter",
        title="Save the Ondra",
        dated_on="2026-05-01",
        subject="",
        introduction="One.\r\n\r\nTwo,\r\nstill two.",
        **{"ask_title-new1": "Answer us.", "ask_text-new1": "By June."},
    )
    assert "Saved." in saved.text
    stored = letters_of(runtime, draft)
    assert (stored.title, stored.subject, str(stored.dated_on)) == ("Save the Ondra", None, "2026-05-01")
    assert stored.introduction == ("One.", "Two, still two.")
    assert stored.asks == (make.LETTER.asks[2], make.LETTER.asks[0], LetterAsk("By June.", "Answer us."))
    assert stored.signatories == make.LETTER.signatories
    assert actions(runtime)[0] == "letter.edit"
    assert len(versions(runtime, draft)) == 1
    with runtime.database.reading() as session:
        assert change_log.latest(session, 2) == ()


def letters_of(runtime: Runtime, slug: str = make.SLUG) -> Letter:
    with runtime.database.reading() as session:
        return letters.stored_letter(session, slug)


def test_an_ask_is_split_at_its_first_empty_line(logged_in: LogIn, runtime: Runtime, draft: str) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(DRAFT)
    first = keys(page)[0]
    refused = browser.send(page, "/letter", button=f"split:{first}")
    assert refused.status == 422
    assert "Leave an empty line where the new ask begins" in refused.text
    page = browser.send(
        page, "/letter", button=f"split:{first}", **{f"ask_text-{first}": "Publish all.\n\nSince 2020."}
    )
    browser.send(page, "/letter")
    asks = letters_of(runtime, draft).asks
    assert [ask.text for ask in asks[:2]] == ["Publish all.", "Since 2020."]
    assert len(asks) == 4


def test_a_preview_shows_what_was_typed_and_stores_nothing(
    logged_in: LogIn, runtime: Runtime, draft: str
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(DRAFT), "/letter", button="preview", conclusion="Please <b>answer</b>.")
    assert "Please <b>answer</b>." in page.tree.xpath("string(//article)")
    assert page.form("/letter").fields["conclusion"].strip() == "Please <b>answer</b>."
    assert letters_of(runtime, draft).conclusion == make.LETTER.conclusion


@pytest.mark.both_databases
def test_a_colleagues_change_is_told_and_never_overwritten_unseen(
    logged_in: LogIn, runtime: Runtime, draft: str
) -> None:
    mine, theirs = logged_in(Role.EDITOR), logged_in(Role.OWNER)
    page = mine.get(DRAFT)
    theirs.send(theirs.get(DRAFT), "/letter", closing="Theirs,")
    told = mine.send(page, "/letter", closing="Mine,")
    assert told.status == 409
    assert "Somebody changed the letter while you were working on it." in told.text
    assert told.form("/letter").fields["closing"] == "Mine,"
    assert letters_of(runtime, draft).closing == "Theirs,"
    mine.send(told, "/letter")
    assert letters_of(runtime, draft).closing == "Mine,"


@pytest.mark.both_databases
def test_once_it_was_open_an_organizer_says_what_a_change_means(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(HERE)
    asked = browser.send(page, "/letter", closing="Sincerely,")
    assert asked.status == 422
    assert "Say whether this is a small correction or a material change." in asked.text
    browser.send(asked, "/letter", size="correction")
    document = json.loads(browser.get(f"/c/{make.SLUG}.json").response.get_data())
    assert document["version"] == 1
    page = browser.get(HERE)
    first = keys(page)[0]
    gone = browser.send(page, "/letter", button=f"remove:{first}")
    refused = browser.send(gone, "/letter", size="correction")
    assert "An ask that is added or removed is a material change." in refused.text
    browser.send(refused, "/letter", size="material")
    document = json.loads(browser.get(f"/c/{make.SLUG}.json").response.get_data())
    assert (document["version"], len(document["asks"])) == (2, 2)
    assert "This is version 2 of the letter" in browser.get(f"/c/{make.SLUG}").text
    told = browser.get(f"/c/{make.SLUG}/changes").text
    assert (
        "The letter changed in substance (English): ask 1, ask 2, ask 3. Whoever signs now signs version 2."
        in told
    )
    assert "The letter was reworded (English): the closing." in told
    assert actions(runtime)[:2] == ["letter.new-wording", "letter.edit"]


@pytest.mark.both_databases
def test_signers_stay_counted_for_the_version_they_signed(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    before = make.page(runtime)
    page = browser.send(browser.get(HERE), "/letter", size="material", conclusion="We wait no longer.")
    assert "Who signed which version" in page.text
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), email="new@mail.example")
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), email="newer@mail.example")
    # Who had read the earlier one signs what they read.
    make.sign_and_confirm(runtime, before, now=clock(), email="late@mail.example")
    wordings.count_if_due(runtime.database, now=clock())
    with runtime.database.reading() as session:
        signed = wordings.signed(session, before.head.id)
    assert [(one.wording, one.signatures) for one in signed] == [(2, 2), (1, 2)]
    assert "Version 2" in browser.get(HERE).text


@pytest.mark.both_databases
def test_what_a_supporter_stressed_stays_that_ask_when_asks_move(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    third = make.page(runtime).asks[2]
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(HERE), "/letter", button=f"up:{third.id}")
    page = browser.send(page, "/letter", button=f"up:{third.id}")
    browser.send(page, "/letter", size="correction")
    moved = make.page(runtime).asks
    assert (moved[0].id, moved[0].position, moved[0].text) == (third.id, 1, third.text)
    reword(runtime, clock, LetterAsk("Pay all who lost their wells."))
    assert make.page(runtime).asks[0].id == third.id


def test_words_of_a_change_can_be_left_out_of_the_log_from_the_start(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    browser.send(
        browser.get(HERE), "/letter", size="correction", withheld="y", conclusion="We thank Ilham Niyaz."
    )
    told = browser.get(f"/c/{make.SLUG}/changes").text
    assert "The words are withheld." in told
    assert "Ilham" not in told


@pytest.mark.slow
@pytest.mark.both_databases
def test_first_signatories_are_added_moved_changed_and_removed(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(SIGNATORIES)
    friends, _, tomas = (row.get("name").removeprefix("kind-") for row in page.tree.xpath("//select")[:3])
    page = browser.send(page, "/signatories", button="yes")
    page = browser.send(
        page,
        "/signatories",
        **{
            f"remove-{friends}": "y",
            f"position-{tomas}": "1",
            f"organization-{tomas}": "River Institute",
            f"for_identification-{tomas}": "y",
            "kind-new1": "person",
            "name-new1": "Ines Haddad",
        },
    )
    assert "Saved." in page.text
    told = letters_of(runtime).signatories
    assert [one.name or one.organization for one in told] == [
        "Tomas Rehn",
        "Valley Fishers' Union",
        "Ines Haddad",
    ]
    shown = browser.get(f"/c/{make.SLUG}").text
    assert "River Institute (for identification only)" in shown
    assert "Friends of the Ondra" not in shown
    head = make.page(runtime).head
    assert (head.first_organizations, head.first_people) == (1, 2)
    assert actions(runtime)[0] == "letter.signatories"


def test_a_removed_name_that_the_log_still_holds_is_told_and_withheld_at_a_tick(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    reword(runtime, clock, LetterAsk("Hear Tomas Rehn, who measured the river."))
    browser = logged_in(Role.EDITOR)
    page = browser.get(SIGNATORIES)
    tomas = page.tree.xpath("//select")[2].get("name").removeprefix("kind-")
    told = browser.send(page, "/signatories", **{f"remove-{tomas}": "y"})
    assert told.path.endswith("/progress")
    assert "still name somebody" in told.text
    page = browser.get(SIGNATORIES)
    page = browser.send(page, "/signatories", **{"kind-new1": "person", "name-new1": "Tomas Rehn"})
    again = page.tree.xpath("//select")[2].get("name").removeprefix("kind-")
    browser.send(page, "/signatories", withhold="y", **{f"remove-{again}": "y"})
    assert "Tomas Rehn" not in browser.get(f"/c/{make.SLUG}/changes").text


@pytest.mark.both_databases
def test_a_list_that_a_colleague_changed_is_told_and_what_was_typed_stays(
    logged_in: LogIn, runtime: Runtime
) -> None:
    mine, theirs = logged_in(Role.EDITOR), logged_in(Role.OWNER)
    page = mine.get(SIGNATORIES)
    first = page.tree.xpath("//select")[0].get("name").removeprefix("kind-")
    theirs.send(theirs.get(SIGNATORIES), "/signatories", **{f"remove-{first}": "y"})
    told = mine.send(page, "/signatories", **{f"organization-{first}": "Friends of all rivers"})
    assert told.status == 409
    assert told.form("/signatories").fields[f"organization-{first}"] == "Friends of all rivers"
    mine.send(told, "/signatories")
    assert "Friends of all rivers" in [one.organization for one in letters_of(runtime).signatories]


def test_a_translation_tells_which_paragraphs_are_out_of_date(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    make.translate(runtime, "ug", now=clock())
    browser = logged_in(Role.EDITOR)
    browser.send(browser.get(HERE), "/letter", size="correction", conclusion="We wait no longer.")
    page = browser.get(f"/organizer/campaigns/{make.SLUG}/translations/ug")
    (row,) = page.tree.xpath("//tr[contains(., 'Changed since')]")
    assert "We wait no longer." in row.text_content()


def test_a_viewer_reads_the_letter_and_changes_nothing(logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    assert not browser.get(HERE).tree.xpath("//form[contains(@action, '/letter')]")
    assert "Friends of the Ondra" in browser.get(SIGNATORIES).text


def test_the_overview_of_a_draft_shows_no_numbers_and_no_names_to_hide(
    logged_in: LogIn, runtime: Runtime, draft: str, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    overview = f"/organizer/campaigns/{draft}"
    shown = browser.get(overview)
    assert "Hide all names now" not in shown.text
    assert shown.tree.xpath("//dl[contains(@class,'figures')]") == []

    for state in (CampaignState.OPEN, CampaignState.CLOSED):
        with runtime.database.transaction() as session:
            campaigns.set_state(session, draft, state, actor=COMMAND_LINE, now=clock())
        shown = browser.get(overview)
        assert "Hide all names now" in shown.text
        assert shown.tree.xpath("//dl[contains(@class,'figures')]")


def test_a_letter_that_was_stored_leads_on_to_its_officials(logged_in: LogIn, draft: str) -> None:
    told = logged_in(Role.EDITOR).get(f"/organizer/campaigns/{draft}?done=imported")
    (notice,) = told.tree.xpath("//p[contains(@class,'notice-good')]")
    (href,) = notice.xpath("a/@href")
    assert href.endswith(f"/organizer/campaigns/{draft}/officials")
