"""A new letter on the desk: brought in, looked at line by line, corrected, and stored as a draft."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from campaign.domain.campaign import proposed_slug
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import letters
from campaign.services.retention import records
from campaign.store.tables import Campaign, InitialSignatory, LetterImport, Official
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.test_desk import LETTER, actions

LogIn = Callable[[Role], Browser]
NEW = "/organizer/campaigns/new"


def paste(browser: Browser, text: str = LETTER) -> Page:
    return browser.send(browser.get(NEW), "/campaigns/new", pasted=text)


def place_of(page: Page, words: str) -> str:
    """The place of the line with these words."""
    (line,) = page.tree.xpath("//li[contains(@class, 'review-line')][contains(., $words)]", words=words)
    return str(line.get("id")).removeprefix("line-")


def role_of(page: Page, words: str) -> str:
    return str(page.form("/lines").fields[f"role-{place_of(page, words)}"])


def kept(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(LetterImport)) or 0


@pytest.mark.both_databases
def test_a_letter_is_shown_line_by_line_before_it_is_stored_as_a_draft(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    page = paste(browser)
    assert re.fullmatch(rf"{NEW}/[0-9]+", page.path)
    assert role_of(page, "Stop the dredging of the eelgrass beds.") == "ask"
    assert role_of(page, "Jon Vik") == "signatory"
    taken = browser.send(page, "/lines", button="yes", slug=make.SLUG)
    assert taken.status == 409
    assert "already" in taken.text
    stored = browser.send(taken, "/lines", button="yes", slug="linsund-harbour")
    assert stored.path == "/organizer/campaigns/linsund-harbour"
    assert "Draft" in stored.text
    assert actions(runtime)[0] == "campaign.import"
    assert browser.get("/c/linsund-harbour").status == 404
    assert kept(runtime) == 0


def test_a_role_is_changed_and_the_letter_read_again_by_it(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    page = paste(browser)
    ask = place_of(page, "Stop the dredging of the eelgrass beds.")
    page = browser.send(page, "/lines", **{f"role-{ask}": "conclusion"}, slug="harbour-letter")
    assert page.status == 200
    assert role_of(page, "Stop the dredging of the eelgrass beds.") == "conclusion"
    assert page.form("/lines").fields["slug"] == "harbour-letter"
    browser.send(page, "/lines", button="yes")
    with runtime.database.reading() as session:
        letter = letters.stored_letter(session, "harbour-letter")
    assert any("Stop the dredging" in text for text in letter.conclusion)
    assert not any("Stop the dredging" in ask.text + (ask.title or "") for ask in letter.asks)


@pytest.mark.slow
def test_several_lines_get_one_role_by_boxes_or_by_their_numbers(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = paste(browser)
    place = place_of(page, "Jon Vik")
    ticked = browser.send(page, "/lines", role="note", **{f"chosen-{place}": "y"})
    assert role_of(ticked, "Jon Vik") == "note"
    number = int(place) + 1
    ranged = browser.send(ticked, "/lines", role="signatory", first_line=number, last_line=number)
    assert role_of(ranged, "Jon Vik") == "signatory"


def test_roles_that_leave_no_letter_are_refused_and_stay_as_chosen(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.send(paste(browser), "/lines", role="furniture", first_line=1, last_line=999)
    assert page.status == 422
    assert "does not read as a letter" in page.text
    again = browser.get(page.path.removesuffix("/lines"))
    assert role_of(again, "Jon Vik") == "furniture"
    stored = browser.send(again, "/lines", button="yes")
    assert stored.status == 422


def test_a_warning_stands_at_its_line(logged_in: LogIn) -> None:
    page = paste(logged_in(Role.EDITOR), f"{LETTER}\n\nFor more information contact the office.\n")
    (line,) = page.tree.xpath("//li[contains(@class, 'is-warned')][contains(., 'For more information')]")
    assert "Text after the letter was left out" in line.text_content()


@pytest.mark.slow
def test_warnings_are_spoken_of_only_where_there_are_some(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    for slug, more in (("harbour", ""), ("harbour-2", "\n\nFor more information contact the office.\n")):
        stored = browser.send(paste(browser, LETTER + more), "/lines", button="yes", slug=slug)
        assert "Enter the officials’ addresses" in stored.text or more
        assert ("Check the warnings" in stored.text) is bool(more)
        assert ("read without any doubt" in stored.text) is not bool(more)


@pytest.mark.slow
def test_a_long_letter_comes_in_pages_and_nothing_chosen_on_one_is_lost(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    names = "\n".join(f"- Person Number{at}, Teacher" for at in range(150))
    page = paste(browser, f"{LETTER}\n{names}\n")
    ask = place_of(page, "Stop the dredging of the eelgrass beds.")
    page = browser.send(page, "/lines", button="2", **{f"role-{ask}": "text"})
    assert "Page 2 of 2" in page.text
    page = browser.send(page, "/lines", button="1")
    assert role_of(page, "Stop the dredging of the eelgrass beds.") == "text"


@pytest.mark.both_databases
def test_a_letter_that_is_not_stored_is_its_organizers_own_and_gone_after_a_day(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = paste(browser)
    assert "Not saved yet" in browser.get(NEW).text
    other = logged_in(Role.OWNER)
    assert other.get(page.path).status == 404
    assert "Not saved yet" not in other.get(NEW).text
    clock.forward(hours=25)
    with runtime.database.reading() as session:
        due = records.due_letters(session, None, clock())
    with runtime.database.transaction() as session:
        records.delete_letters(session, due.ids, clock())
    assert kept(runtime) == 0


def test_a_letter_can_be_deleted_at_once_and_one_keeps_five(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    pages = [paste(browser) for _ in range(6)]
    assert kept(runtime) == 5
    assert browser.get(pages[0].path).status == 404
    browser.send(browser.get(pages[1].path), "/discard")
    assert kept(runtime) == 4


def test_the_example_is_read_like_any_letter(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(NEW), "/new/example")
    assert page.form("/lines").fields["slug"]
    assert page.tree.xpath("//li[contains(@class, 'review-line')]")


@pytest.mark.both_databases
def test_a_campaign_begins_with_another_and_takes_nobody_along(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    make.translate(runtime, "ug", now=clock())
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(NEW), "/new/copy", source=make.SLUG, slug="next-river")
    assert page.path == "/organizer/campaigns/next-river"
    with runtime.database.reading() as session:
        made = session.scalars(select(Campaign).where(Campaign.slug == "next-river")).one()
        officials = session.scalars(select(Official).where(Official.campaign_id == made.id)).all()
        first = select(InitialSignatory).where(InitialSignatory.campaign_id == made.id)
        assert session.scalars(first).all() == []
        copied = letters.stored_letter(session, "next-river")
        assert letters.stored_letter(session, "next-river", language="ug").asks == make.TRANSLATED["ug"].asks
    assert (made.state, made.signature_count, made.first_people) == ("draft", 0, 0)
    assert officials[0].email == "minister@waters.example"
    assert copied.asks == make.LETTER.asks
    assert actions(runtime)[0] == "campaign.copy"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("{{signatory_count}} groups ask: stop the dam!", "groups-ask-stop-the-dam"),
        ("Élections libres à Liège", "elections-libres-a-liege"),
        ("停工", "letter"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word"),
    ],
)
def test_a_web_address_is_proposed_from_the_title(title: str, slug: str) -> None:
    assert proposed_slug(title) == slug
