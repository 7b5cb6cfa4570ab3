"""What only a browser shows: the whole way by mouse and keyboard, layout at both ends, and accessibility."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation
from tests.waiting import comes_true

Visit = Callable[..., Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def mail_to(installation: Installation, address: str, *, containing: str = "") -> str:
    """The text of the newest mail to an address, once it is there."""
    texts: list[str] = []

    def has_come() -> bool:
        folder: Path = installation.instance / "outbox"
        for path in sorted(folder.glob("*.eml"), key=lambda path: -path.stat().st_mtime_ns):
            recipient, text = _recipient_and_text(path)
            if address in recipient and containing in text:
                texts.append(text)
                return True
        return False

    assert comes_true(has_come, every=0.1), f"no mail to {address}"
    return texts[0]


@cache
def _recipient_and_text(path: Path) -> tuple[str, str]:
    """A mail is written once, and looked at ten times a second by whoever waits for another."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    part = mail.get_body(("plain",))
    return str(mail["To"]), part.get_content() if part else ""


@pytest.mark.parametrize(
    ("width", "scripts"),
    [
        (320, True),
        *(pytest.param(*way, marks=pytest.mark.slow) for way in ((320, False), (1280, True), (1280, False))),
    ],
)
def test_from_the_letter_to_the_official_s_mailbox(
    visit: Visit, installation: Installation, scripts: bool, width: int
) -> None:
    address = f"rana.{width}.{scripts}@mail.example".lower()
    words = f"My aunt has not called since May. {width} {scripts}"
    page = visit("/", width=width, scripts=scripts)
    expect(page.locator("h1")).to_be_visible()
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill(address)
    _choose_first_official(page)
    page.locator("textarea[name=message]").fill(words)
    page.get_by_role("button", name="Sign the letter", exact=True).click()
    page.wait_for_url("**/check-your-inbox")
    confirm = re.search(r"http\S+/confirm/\S+", mail_to(installation, address))
    assert confirm
    page.goto(confirm.group())
    expect(page.locator("main")).to_contain_text(words)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Rana Idris")
    assert words in mail_to(installation, "whitehouse.example", containing=words)
    page.goto("/outbox")
    expect(page.locator("main")).to_contain_text("whitehouse.example")


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 320])
def test_two_fields_and_three_presses_lead_from_the_letter_to_a_signature(
    visit: Visit, installation: Installation, width: int
) -> None:
    """Sign, the link in the email, confirm; on a wide screen the form goes along with the reader."""
    address = f"rana.presses.{width}@mail.example"
    page = visit("/", width=width)
    if width == 1280:
        page.evaluate("scrollTo(0, document.querySelector('.ask:last-of-type').offsetTop)")
        for selector in ("input[name=name]", "input[name=email]", ".sign-buttons .button"):
            expect(page.locator(selector).first).to_be_in_viewport()
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill(address)
    page.get_by_role("button", name="Sign the letter", exact=True).click()
    page.wait_for_url("**/check-your-inbox")
    link = re.search(r"http\S+/confirm/\S+", mail_to(installation, address))
    assert link
    page.goto(link.group())
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator("h1")).to_have_text("You have signed")


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_press_chooses_all_who_get_a_copy_and_one_may_get_words_of_their_own(
    visit: Visit, scripts: bool
) -> None:
    page = visit("/", scripts=scripts)
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("[data-messages] > summary").click()
    group = page.locator("[data-group]").nth(1)
    boxes, own = group.locator("input[name=officials]"), group.locator(".own-box")
    expect(own.first).to_be_hidden()
    group.locator("button", has_text="Choose all").click()
    expect(group.locator("input[name=officials]:checked")).to_have_count(boxes.count())
    expect(page.locator("input[name=name]")).to_have_value("Rana Idris")
    own.first.locator("summary").click()
    expect(own.first.locator("textarea")).to_be_visible()
    group.locator("button", has_text="None").click()
    expect(group.locator("input[name=officials]:checked")).to_have_count(0)


def _choose_first_official(page: Page) -> None:
    box = page.locator("input[name=officials]").first
    for summary in page.locator("details:not([open]):has(input[name=officials]) > summary").all():
        summary.click()
    if not box.is_checked():
        box.check()


@pytest.mark.slow
def test_the_form_can_be_sent_by_keyboard_alone(visit: Visit, installation: Installation) -> None:
    page = visit("/")
    page.locator("input[name=name]").focus()
    page.keyboard.type("Keya Board")
    page.keyboard.press("Tab")
    page.keyboard.type("keya@mail.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-your-inbox")
    assert "/confirm/" in mail_to(installation, "keya@mail.example")


@pytest.mark.slow
def test_the_address_is_shown_back_in_this_tab_alone_and_only_once(visit: Visit) -> None:
    page = visit("/")
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill("rana.shown@mail.example")
    page.get_by_role("button", name="Sign the letter", exact=True).click()
    page.wait_for_url("**/check-your-inbox")
    shown_back = page.get_by_text("The email goes to rana.shown@mail.example.")
    expect(shown_back).to_be_visible()
    fields = page.locator("input[name=email]")
    for number in range(2):
        expect(fields.nth(number)).to_have_value("rana.shown@mail.example")
    assert page.evaluate("sessionStorage.length") == 0
    elsewhere = page.context.new_page()
    elsewhere.goto(page.url)
    expect(elsewhere.locator("[data-sent-to]")).to_be_hidden()
    expect(elsewhere.locator("input[name=email]").first).to_have_value("")
    # Somebody else at this machine who goes back, or loads the page anew, finds nothing.
    page.get_by_role("link", name="Back to the letter").click()
    page.wait_for_selector("input[name=name]")
    page.go_back()
    expect(page.locator("[data-sent-to]")).to_be_hidden()
    expect(page.locator("input[name=email]").first).to_have_value("")


@pytest.mark.slow
def test_without_scripts_the_page_after_the_form_is_the_same_for_everybody(visit: Visit) -> None:
    page = visit("/", scripts=False)
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill("rana.plain@mail.example")
    page.get_by_role("button", name="Sign the letter", exact=True).click()
    page.wait_for_url("**/check-your-inbox")
    expect(page.locator("[data-sent-to]")).to_be_hidden()
    expect(page.locator("main")).not_to_contain_text("rana.plain@mail.example")
    expect(page.locator("input[name=email]").first).to_have_value("")


def _pages(page: Page) -> list[str]:
    path = page.evaluate("document.querySelector('form[action$=\"/sign\"]').getAttribute('action')")
    campaign = re.sub(r"^.*?(/c/[^/]+)/sign$", r"\1", path)
    return [
        campaign,
        # Right to left, where the language is there; else it leads back to the page above.
        f"/ug{campaign}",
        f"/embed{campaign}",
        f"{campaign}/check-your-inbox",
        f"{campaign}/signatures",
        "/accessibility",
        "/about",
        "/about-our-mail",
        "/nowhere",
        "/organizer/login",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_its_window(visit: Visit, axe: Axe, scheme: str) -> None:
    page = visit("/", color_scheme=scheme)
    for place, path in enumerate(_pages(page)):
        page.goto(path)
        # Each page at one width in light and at the other in dark; `make bench ARGS=axe` does all.
        narrow_first = place % 2 == (scheme == "dark")
        fits_and_is_accessible(page, axe, widths=(320, 1280) if narrow_first else (1280, 320))


def fits_and_is_accessible(page: Page, axe: Axe, *, widths: tuple[int, ...]) -> None:
    """Nothing to scroll sideways for at any of these widths, and no violation at the last."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide at {width} px"
    found = examined(page, axe, width=widths[-1])
    assert found.violations_count == 0, f"{page.url} at {widths[-1]} px: {found.generate_report()}"


def examined(page: Page, axe: Axe, *, width: int) -> AxeResults:
    """What axe finds on the whole page, in a window that shows all of it.

    In a lower one, whatever has been scrolled under the bar at its foot would count as covered.
    """
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    found = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    page.set_viewport_size({"width": width, "height": 900})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_wrong_is_told_on_top_and_takes_the_reader_to_the_field(
    visit: Visit, axe: Axe, width: int
) -> None:
    page = visit("/", width=width)
    page.locator("input[name=name]").fill("Rana")
    page.locator("input[name=email]").fill("not-an-address@x")
    page.get_by_role("button", name="Sign the letter", exact=True).click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    expect(page).to_have_title(re.compile("^Error"))
    summary.locator("a").first.click()
    expect(page.locator("input[name=email]")).to_be_focused()
    assert axe.run(page).violations_count == 0
