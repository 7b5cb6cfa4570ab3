"""The form on another site, the live count, and the desk and the style guide under axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from tests.browser.conftest import Installation
from tests.browser.hosting import other_site
from tests.browser.test_supporter import Visit, fits_and_is_accessible, mail_to

pytestmark = pytest.mark.slow

CAMPAIGN = "human-rights-first"
DESK = f"/organizer/campaigns/{CAMPAIGN}"


@pytest.fixture(scope="package")
def logged_in(chromium: Browser, installation: Installation) -> StorageState:
    """The cookies of a browser in which the installation's first organizer has logged in."""
    with chromium.new_context(base_url=installation.url) as context:
        page = context.new_page()
        page.goto("/organizer/")
        for name, pattern in (("email", r"sign in with\s+(\S+)"), ("password", r"first password\s+(\S+)")):
            found = re.search(pattern, installation.printed)
            assert found
            page.locator(f"input[name={name}]").fill(found[1])
        page.locator("main button[type=submit]").click()
        expect(page.locator(".desk-nav")).to_be_visible()
        return context.storage_state()


def test_people_sign_inside_a_site_that_the_campaign_allows_and_inside_no_other(
    visit: Visit, installation: Installation, logged_in: StorageState
) -> None:
    desk = visit(f"{DESK}/look", storage_state=logged_in)
    frame, script = desk.locator("pre.code").all_inner_texts()
    with other_site(frame + script) as allies, other_site(frame) as stranger:
        desk.locator("textarea[name=sites]").fill(allies)
        desk.get_by_role("button", name="Save").click()
        expect(desk.locator(".notice-good")).to_be_visible()
        for scripts in (True, False):
            address = f"framed.{scripts}@mail.example".lower()
            page = visit(allies, scripts=scripts)
            form = page.frame_locator("iframe")
            form.locator("input[name=name]").fill("Rana Idris")
            form.locator("input[name=email]").fill("nonsense")
            form.get_by_role("button", name="Sign the letter", exact=True).click()
            expect(form.locator(".error-summary")).to_be_visible()
            if scripts:
                _grows_with_its_form(page)
            form.locator("input[name=email]").fill(address)
            form.get_by_role("button", name="Sign the letter", exact=True).click()
            expect(form.locator("h1")).to_contain_text("check your inbox")
            assert page.url == f"{allies}/"
            assert page.context.cookies() == []
            assert "/confirm/" in mail_to(installation, address)
        refused = desk.context.new_page()
        refused.goto(stranger)
        expect(refused.frame_locator("iframe").locator("form")).to_have_count(0)


def _grows_with_its_form(page: Page) -> None:
    height = "document.querySelector('iframe').getBoundingClientRect().height"
    before = page.evaluate(height)
    page.frame_locator("iframe").locator("details:has(input[name=officials]) > summary").first.click()
    page.wait_for_function(f"{height} > {before} + 100")


def test_the_count_is_asked_for_only_while_the_page_is_seen_and_no_more_once_it_fails(
    visit: Visit, installation: Installation
) -> None:
    page = visit("about:blank")
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        body = '{"people": 77, "number": "77", "words": "people"}' if len(asked) == 1 else ""
        route.fulfill(status=200 if body else 404, body=body)

    page.route("**/count.json", answer)
    page.clock.install()
    page.goto(f"{installation.url}/c/{CAMPAIGN}")
    page.clock.fast_forward(15_000)
    _seen(page, False)
    page.clock.fast_forward(600_000)
    assert asked == []
    _seen(page, True)
    page.clock.run_for(100)
    for place in page.locator("[data-count-line]").all():
        expect(place).to_have_text("77 people")
    for _ in range(3):
        page.clock.run_for(30_000)
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert len(asked) == 2


def _seen(page: Page, seen: bool) -> None:
    page.evaluate(
        "(seen) => { Object.defineProperty(document, 'hidden', {value: !seen, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        seen,
    )


def test_every_page_of_the_desk_is_accessible_and_fits_its_window(
    visit: Visit, axe: Axe, logged_in: StorageState
) -> None:
    page = visit(DESK, storage_state=logged_in)
    paths = _paths(page, ".desk-nav a, .desk-tabs a")
    for section in _paths(page, ".desk-tabs a"):
        page.goto(section)
        paths += [path for path in _paths(page, ".desk-pages a") if path not in paths]
    assert f"{DESK}/look" in paths
    for place, path in enumerate([*paths, "/organizer/campaigns/new"]):
        page.goto(path)
        fits_and_is_accessible(page, axe, widths=(320, 1280) if place % 2 else (1280, 320))


def _paths(page: Page, links: str) -> list[str]:
    return [path for link in page.locator(links).all() if (path := link.get_attribute("href"))]


def test_every_component_is_accessible_from_right_to_left_in_the_dark(visit: Visit, axe: Axe) -> None:
    page = visit("/styleguide?scheme=dark&direction=rtl&accent=plum")
    fits_and_is_accessible(page, axe, widths=(1280, 320))
