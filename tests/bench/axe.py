"""Every public page in every language, at both widths, in light and dark: what axe finds, what is too wide.

It signs once for each, since what follows a signature is a page too. Findings are told on standard error.
"""

import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from campaign.i18n import available_languages
from tests.bench.page_states import PATHS, prepare
from tests.browser.conftest import Installation, running_chromium, running_installation
from tests.browser.test_supporter import examined, mail_to

LETTER = "/c/human-rights-first"


def figures() -> Iterator[tuple[str, float, str]]:
    """How many pages were looked at, and what was wrong with them."""
    results: list[tuple[int, int]] = []
    axe = Axe()

    def examine(page: Page) -> None:
        found = examined(page, axe, width=page.viewport_size["width"] if page.viewport_size else 0)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        results.append((found.violations_count, max(0, wide)))
        if found.violations_count or wide > 0:
            print(f"{page.url}, {page.viewport_size}: {wide} px too wide", file=sys.stderr)
            print(found.generate_report() if found.violations_count else "", file=sys.stderr)

    with (
        TemporaryDirectory() as folder,
        running_installation(Path(folder)) as installation,
        running_chromium() as chromium,
    ):
        prepare(installation.instance)
        for language, width, scheme in product(available_languages(), (320, 1280), ("light", "dark")):
            with chromium.new_context(
                base_url=installation.url,
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
            ) as context:
                address = f"{language.slug}.{width}.{scheme}@mail.example"
                _walk(context.new_page(), installation, f"/{language.slug}", address, examine)
    yield "axe.pages", len(results), "pages"
    yield "axe.violations", sum(violations for violations, _ in results), "violations"
    yield "axe.too_wide", sum(wide > 0 for _, wide in results), "pages"


def _walk(
    page: Page, installation: Installation, prefix: str, address: str, examine: Callable[[Page], None]
) -> None:
    """Every page that one supporter can meet, in one language, of campaigns in every state."""
    for path in (
        *PATHS,
        f"{LETTER}/signatures",
        f"{LETTER}/signatures?q=ada",
        f"{LETTER}/signatures?newest=y",
        f"/embed{LETTER}",
        "/accessibility",
        "/about",
        "/about-our-mail",
        "/confirm/none",
        LETTER,
    ):
        page.goto(prefix + path)
        examine(page)
    for summary in page.locator("details:not([open]):has(input[name=officials]) > summary").all():
        summary.click()
    page.locator("input[name=officials]").first.check()
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("textarea[name=message]").fill("My aunt has not called since May.")
    page.locator(".preview-button").click()  # an address is missing
    examine(page)
    page.locator("input[name=email]").fill(address)
    page.locator(".preview-button").click()
    examine(page)
    page.locator("main form button[type=submit]").first.click()
    examine(page)
    _open(page, installation, prefix, address, "confirm")
    examine(page)
    page.locator("main form button[type=submit]").first.click()
    examine(page)
    for purpose in ("manage", "unsubscribe", "withdraw"):
        _open(page, installation, prefix, address, purpose)
        examine(page)
    page.locator("main form button[type=submit]").first.click()
    examine(page)


def _open(page: Page, installation: Installation, prefix: str, address: str, purpose: str) -> None:
    """Follow a link of a mail, in the language of the walk."""
    link = re.search(rf"/{purpose}/\S+", mail_to(installation, address, containing=f"/{purpose}/"))
    assert link
    page.goto(prefix + link.group())
