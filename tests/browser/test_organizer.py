"""An organizer's journeys through the desk, as somebody goes them who has never seen it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pyrage
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from campaign.services.imports import entering
from campaign.worker import files
from tests import make, updating
from tests.browser.desk_site import DeskSite, running_desk, visitor
from tests.web.organizer.conftest import PASSWORD
from tests.web.organizer.test_desk import LETTER

OLGA, BEN = "olga@desk.example", "ben@desk.example"
CAMPAIGN = f"/organizer/campaigns/{make.SLUG}"

Desk = Callable[..., Page]


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path) -> Iterator[DeskSite]:
    with running_desk(migrated_sqlite, tmp_path) as running:
        running.add_organizer(OLGA)
        yield running


@pytest.fixture
def desk(chromium: Browser, site: DeskSite) -> Iterator[Desk]:
    """Opens a browser, on a narrow screen unless told otherwise, in which an organizer has logged in."""
    contexts = []

    def enter(email: str = OLGA, *, at: str = "/organizer/", width: int = 320) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, base_url=site.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        site.log_in(page, email, at=at)
        return page

    yield enter
    for context in contexts:
        context.close()


def unfold(page: Page, summary: str) -> None:
    """Open what is folded under these words, unless it is open."""
    fold = page.locator("details").filter(has=page.locator("summary", has_text=summary)).first
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def press(page: Page, name: str) -> None:
    """By keyboard, as the desk must be usable throughout."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def line(page: Page, words: str) -> Locator:
    """The choice of a role for the line with these words, of a letter that is looked at."""
    return page.locator(".review-line").filter(has_text=words).get_by_role("combobox")


@pytest.mark.slow
def test_a_first_campaign_from_a_pasted_letter_with_two_roles_corrected(desk: Desk, site: DeskSite) -> None:
    page = desk()
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Paste the letter").fill(f"{LETTER}\nWith thanks to the harbour library\n")
    press(page, "Read the letter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What was understood")
    line(page, "We look forward to").select_option("conclusion")
    line(page, "With thanks to the").select_option("note")
    press(page, "Read again with these roles")
    expect(line(page, "With thanks to the")).to_have_value("note")
    page.get_by_label("Web address").fill("linsund-harbour")
    press(page, "Save as a draft")
    expect(page.get_by_text("Draft").first).to_be_visible()
    page.goto("/organizer/campaigns/linsund-harbour/officials")
    page.get_by_label("Email").first.fill("minister@ports.example")
    press(page, "Save the list")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.goto("/organizer/site")
    page.get_by_label("Name", exact=True).fill("Linsund Fishers")
    press(page, "Save")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.goto("/organizer/campaigns/linsund-harbour/opening")
    press(page, "Open it now all the same")
    expect(page.get_by_text("Open").first).to_be_visible()
    page.goto("/c/linsund-harbour")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open letter on the harbour of Linsund")
    expect(page.locator("main")).to_contain_text("Stop the dredging of the eelgrass beds.")


@pytest.mark.slow
def test_a_colleague_is_invited_and_sets_up_an_app_and_a_passkey(
    desk: Desk, site: DeskSite, chromium: Browser
) -> None:
    page = desk(at="/organizer/people/invite")
    page.get_by_label("Email address").fill(BEN)
    page.get_by_label("Role").first.select_option("editor")
    press(page, "Send the invitation")
    token = make.link(make.emails(site.runtime, kind="invitation")[-1], "invitation")
    with visitor(chromium) as invited:
        invited.goto(f"{site.url}/organizer/invitation/{token}")
        invited.get_by_label("Password", exact=True).fill(PASSWORD)
        invited.get_by_label("Repeat the password").fill(PASSWORD)
        press(invited, "Save the password")
        secret = invited.locator("main code").inner_text().replace(" ", "")
        invited.get_by_label("Code of your app").fill(pyotp.TOTP(secret).now())
        press(invited, "Switch it on")
        expect(invited.locator("main code")).to_have_count(10)
        invited.goto(f"{site.url}/organizer/account/passkeys")
        press(invited, "Add a passkey")
        expect(invited.get_by_text("never used").or_(invited.get_by_text("Since"))).to_be_visible()


@pytest.mark.slow
def test_a_faulty_table_is_mended_and_its_good_rows_are_entered(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook")
    page = desk(at=f"{CAMPAIGN}/imports")
    upload(page, "name;email\nIda Moss;ida@mail.example\nMo Lind;not an address\n")
    page.get_by_label("Where the sheets or the list are kept").fill("Box 3, office")
    press(page, "Check the rows")
    expect(page.get_by_role("rowheader", name="3")).to_be_visible()
    press(page, "Delete this table")
    upload(page, "name;email\nIda Moss;ida@mail.example\nMo Lind;mo@mail.example\n")
    page.get_by_label("Where the sheets or the list are kept").fill("Box 3, office")
    press(page, "Check the rows")
    press(page, "Enter them all")
    expect(page.get_by_role("status")).to_contain_text("Started.")
    with site.runtime.database.transaction() as session:
        while (run := entering.under_way(session)) is not None:
            entering.carry_on(session, run, key=site.runtime.address_key, now=site.runtime.clock())
    assert make.signature_count(site.runtime) == 3
    # The page says so by itself.
    expect(page.get_by_text("Entered: 2")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def upload(page: Page, table: str) -> None:
    page.get_by_label("Table", exact=True).set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    press(page, "Look at it")


@pytest.mark.slow
def test_an_update_is_approved_by_a_second_person_and_sent(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook", "Mo Lind")
    site.add_organizer(BEN)
    writer = desk(at=f"{CAMPAIGN}/updates")
    press(writer, "Write an update")
    writer.get_by_label("Subject").fill("The minister answers")
    writer.get_by_label("Text", exact=True).fill("Hello {{name}},\n\nshe has *read* our letter.")
    press(writer, "Save")
    expect(writer.get_by_role("status")).to_have_text("Saved.")
    press(writer, "Ask for approval")
    expect(writer.get_by_text("It is waiting for somebody else")).to_be_visible()
    second = desk(BEN)
    second.get_by_role("list", name="What needs you").get_by_role("link", name="Updates").press("Enter")
    press(second, "Approve and send")
    expect(second.get_by_role("status").first).to_have_text("Approved.")
    updating.work(site.runtime, now=site.runtime.clock())
    subjects = [email.subject for email in make.emails(site.runtime, kind="update")]
    assert subjects == ["The minister answers"] * 2


@pytest.mark.slow
def test_a_signature_is_removed_and_restored(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook", "Mo Lind")
    page = desk(at=f"{CAMPAIGN}/supporters")
    page.get_by_label("Find by name").fill("lind")
    press(page, "Find")
    page.get_by_role("link", name="Mo Lind").click()
    page.get_by_label("Reason").fill("Asked by telephone")
    press(page, "Remove it")
    expect(page.get_by_role("heading", name="This signature has been removed")).to_be_visible()
    assert make.signature_count(site.runtime) == 1
    press(page, "Restore it")
    expect(page.get_by_role("heading", name="Remove this signature")).to_be_visible()
    assert make.signature_count(site.runtime) == 2


@pytest.mark.slow
def test_a_hand_over_that_was_refused_is_noted_and_shown(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook")
    page = desk(at=f"{CAMPAIGN}/officials/1")
    unfold(page, "Enter what you handed over")
    entry = page.locator("form[action$='hand-overs']")
    entry.get_by_label("What", exact=True).fill("The letter with one name")
    entry.get_by_label("Where", exact=True).fill("At the gate")
    entry.get_by_label("They refused to take it").check()
    entry.get_by_label("How they refused").fill("The guard sent us away.")
    entry.get_by_label("Show this on the letter").check()
    press(page, "Enter")
    expect(page.get_by_role("listitem").filter(has_text="The letter with one name")).to_contain_text(
        "Refused"
    )
    page.goto(f"/c/{make.SLUG}")
    expect(page.locator("main")).to_contain_text("The guard sent us away.")


@pytest.mark.slow
def test_both_texts_of_a_translation_have_the_same_room(desk: Desk, site: DeskSite) -> None:
    site.open_campaign()
    make.translate(site.runtime, "ug", now=site.runtime.clock())
    page = desk(at=f"{CAMPAIGN}/translations/ug", width=1280)
    original, translation = (
        cell.bounding_box() for cell in page.locator("tr:has(td[lang]) td[lang]").all()[:2]
    )
    assert original
    assert translation
    assert abs(original["width"] - translation["width"]) < 40


@pytest.mark.slow
def test_a_report_says_by_itself_when_its_pdf_is_ready(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook")
    page = desk(at=f"{CAMPAIGN}/statistics/report")
    press(page, "Make the PDF")
    expect(page.get_by_role("progressbar", name="Being made")).to_be_visible()
    expect(page.get_by_text("Reload the page")).to_be_hidden()
    assert files.make_all(site.runtime) == 1
    expect(page.get_by_text("Ready")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


@pytest.mark.slow
def test_a_list_with_a_passphrase_is_opened_again(desk: Desk, site: DeskSite) -> None:
    site.open_campaign("Ada Brook")
    page = desk(at=f"{CAMPAIGN}/export")
    page.get_by_label("Who is in it").select_option(label="Everyone who signed")
    unfold(page, "Encrypt it")
    page.get_by_label("Passphrase").fill("clear water in six rivers")
    with page.expect_download() as started:
        press(page, "Download")
    data = Path(started.value.path()).read_bytes()
    assert b"Ada Brook" not in data
    assert "Ada Brook" in pyrage.passphrase.decrypt(data, "clear water in six rivers").decode()
