"""Writing in a real browser: the meter and the limits that follow the choices, and drafts that stay."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

WORDS = "My aunt in Kashgar has not answered her telephone since the spring of 2017, and nobody tells us why."


@pytest.mark.slow
def test_the_meter_follows_the_words_and_the_back_button_brings_the_draft_back(
    visit: Callable[..., Page], axe: Axe
) -> None:
    page = visit("/", width=320)
    page.locator("[data-messages] > summary").click()
    page.locator("input[name=officials]").first.check()
    meter = page.locator("[data-own-words]")
    expect(meter).to_be_hidden()
    page.locator("textarea[name=message]").fill(WORDS)
    expect(meter).to_be_visible()
    expect(meter.locator("[role=status]")).to_have_text("Your own words. That is what offices read.")
    assert meter.locator("meter").evaluate("meter => meter.value") == 100
    expect(page.locator(".prompts li")).to_have_count(2)
    page.locator(".share-more summary").click()
    assert axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]}).violations_count == 0
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("input[name=email]").fill("rana.draft@mail.example")
    page.locator(".preview-button").click()
    expect(page.locator("main meter")).to_have_count(1)
    assert axe.run(page).violations_count == 0
    page.go_back()
    expect(page.locator("textarea[name=message]")).to_be_visible()
    expect(page.locator("textarea[name=message]")).to_have_value(WORDS)
    expect(page.locator("input[name=officials]").first).to_be_checked()
