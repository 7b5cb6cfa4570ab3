"""No page is wider than the smallest window, in any language, from the letter to its end."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from campaign.i18n import LANGUAGES
from tests.browser.conftest import Installation
from tests.browser.test_supporter import mail_to

TOO_WIDE = """() => {
  const root = document.documentElement, edge = root.clientWidth;
  if (root.scrollWidth <= edge) return [];
  const wide = [...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > edge + 1 || box.left < -1);
  });
  return [root.scrollWidth - edge, ...wide.slice(0, 5).map(one => one.className || one.tagName)];
}"""


@pytest.mark.slow
def test_no_page_overflows_in_any_language_at_320_pixels(
    visit: Callable[..., Page], installation: Installation
) -> None:
    page = visit("/", width=320)
    # All sign before anybody opens a mail: so nobody waits for theirs.
    wide = {
        f"{slug} {name}": found
        for part in (_to_the_inbox, _from_the_mail_on)
        for slug in (language.slug for language in LANGUAGES.values())
        for name in part(page, installation, slug)
        if (found := page.evaluate(TOO_WIDE))
    }
    assert wide == {}


def _to_the_inbox(page: Page, installation: Installation, slug: str) -> Iterator[str]:
    """Sign in one language and stop at each page."""
    address = f"wide.{slug}@mail.example"
    page.goto(f"/{slug}/c/human-rights-first")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    yield "letter"
    _press(page, ".sign-buttons button")
    yield "errors"
    page.locator("input[name=name]").fill("Anne-Marie Constantinopoulou-Wolfeschlegelsteinhausen")
    page.locator("input[name=email]").fill(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.locator("input[name=officials]").first.check()
    page.locator("input[name=asks]").first.check()
    _press(page, ".preview-button")
    yield "preview"
    _press(page, "main form button[type=submit]:not([formaction])")
    yield "check your inbox"


def _from_the_mail_on(page: Page, installation: Installation, slug: str) -> Iterator[str]:
    """Follow the links of the mails in one language and stop at each page."""
    address = f"wide.{slug}@mail.example"
    page.goto(_link(mail_to(installation, address), "confirm"))
    yield "confirm"
    _press(page, "main form button[type=submit]")
    yield "signed"
    thanks = mail_to(installation, address, containing="/manage/")
    for purpose in ("manage", "withdraw", "unsubscribe"):
        page.goto(_link(thanks, purpose))
        yield purpose
    for path in (f"/{slug}/c/human-rights-first/signatures", f"/{slug}/c/nowhere"):
        page.goto(path)
        yield path


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def _link(text: str, purpose: str) -> str:
    found = re.search(rf"http\S+/{purpose}/\S+", text)
    assert found
    return found.group()
