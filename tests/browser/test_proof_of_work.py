"""The proof of work in a real browser: solved while people write, in nobody's way, and missed by nobody."""

import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, Route, expect

Visit = Callable[..., Page]
FIELD = "input[name=altcha]"
LETTER = "/c/human-rights-first"


def solution(page: Page) -> dict[str, object]:
    """What stands in the form's hidden field, once it is there."""
    expect(page.locator(FIELD)).to_have_count(1)
    sent: dict[str, object] = json.loads(base64.b64decode(page.locator(FIELD).input_value()))
    return sent


def fill(page: Page, address: str) -> None:
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill(address)


def sent_by(page: Page, press: Callable[[], None]) -> dict[str, list[str]]:
    """The fields of the form that pressing sends."""
    with page.expect_request(lambda request: request.method == "POST") as posted:
        press()
    request: Request = posted.value
    return parse_qs(request.post_data or "", keep_blank_values=True)


class Gate:
    """Keeps the challenge back until it is opened."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] = []
        page.route("**/proof", lambda route: self._routes.append(route))

    def open(self) -> None:
        for route in self._routes:
            route.continue_()


@pytest.mark.slow
def test_the_proof_begins_with_the_first_touch_and_goes_along_with_the_form(visit: Visit) -> None:
    asked: list[str] = []
    page = visit(LETTER)
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Tab")
    expect(page.locator("altcha-widget")).to_have_text("")
    assert [address for address in asked if address.endswith("/proof")] == []
    fill(page, "rana.proof@mail.example")
    assert solution(page)["algorithm"] == "SHA-256"
    assert len([address for address in asked if address.endswith("/proof")]) == 1
    typed = page.locator(FIELD).input_value()
    fields = sent_by(page, page.locator(".sign-buttons button").first.click)
    assert fields["altcha"] == [typed]
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "/ug"], ids=["left to right", "right to left"])
def test_who_is_quicker_than_the_browser_is_told_and_waits_a_moment(
    visit: Visit, axe: Axe, language: str
) -> None:
    page = visit(f"{language}{LETTER}", width=320)
    gate = Gate(page)
    fill(page, f"rana.quick{language.strip('/')}@mail.example")
    page.locator("input[name=email]").press("Enter")
    widget = page.locator("altcha-widget")
    expect(widget).not_to_have_text("")
    expect(widget).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]}).violations_count == 0
    # Typing goes on meanwhile, and a second press sends no second form.
    page.locator("input[name=name]").press_sequentially(" Bek")
    page.locator("input[name=email]").press("Enter")
    fields = sent_by(page, gate.open)
    assert fields["altcha"] != [""]
    assert "Bek" in fields["name"][0]
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
def test_nobody_waits_for_longer_than_a_quarter_of_a_minute(visit: Visit) -> None:
    page = visit(LETTER)
    page.clock.install()
    Gate(page)
    fill(page, "rana.slow@mail.example")
    page.locator(".sign-buttons button").first.click()
    expect(page.locator("altcha-widget")).not_to_have_text("")
    fields = sent_by(page, lambda: page.clock.fast_forward(15_000))
    assert "altcha" not in fields
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
def test_a_form_goes_without_where_the_challenge_cannot_be_had(visit: Visit) -> None:
    page = visit(LETTER)
    page.route("**/proof", lambda route: route.fulfill(status=404))
    fill(page, "rana.without@mail.example")
    fields = sent_by(page, page.locator(".sign-buttons button").first.click)
    assert "altcha" not in fields
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
def test_a_form_goes_without_javascript_and_nothing_is_asked(visit: Visit) -> None:
    page = visit(LETTER, scripts=False)
    expect(page.locator("altcha-widget")).to_have_text("")
    fill(page, "rana.plain@mail.example")
    fields = sent_by(page, page.locator(".sign-buttons button").first.click)
    assert "altcha" not in fields
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
def test_the_preview_waits_for_nothing_and_solves_it_then(visit: Visit) -> None:
    page = visit(LETTER)
    gate = Gate(page)
    fill(page, "rana.preview@mail.example")
    page.locator("[data-messages] > summary").click()
    page.locator("input[name=officials]").first.check()
    assert "altcha" not in sent_by(page, page.locator(".preview-button").click)
    page.wait_for_url("**/preview")
    gate.open()
    solution(page)
    assert len(sent_by(page, page.get_by_role("button", name="Sign the letter").click)["altcha"]) == 1
    page.wait_for_url("**/check-your-inbox")


@pytest.mark.slow
def test_the_form_in_a_frame_has_its_proof_too(visit: Visit) -> None:
    page = visit(f"/embed{LETTER}")
    fill(page, "rana.framed@mail.example")
    assert solution(page)["algorithm"] == "SHA-256"
