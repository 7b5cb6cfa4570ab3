"""Every public page in every language, at both widths, in light and dark: what axe finds, what is too wide.

It signs once for each, since what follows a signature is a page too. Findings are told on standard error.
"""

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from campaign.i18n import available_languages
from tests.bench import walk
from tests.bench.page_states import prepare
from tests.browser.conftest import running_chromium, running_installation
from tests.browser.test_supporter import examined


def figures() -> Iterator[tuple[str, float, str]]:
    """How many pages were looked at, and what was wrong with them."""
    results: list[tuple[int, int]] = []
    axe = Axe()

    def examine(page: Page, _: str) -> None:
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
                walk.of_supporter(context.new_page(), installation, f"/{language.slug}", address, examine)
    yield "axe.pages", len(results), "pages"
    yield "axe.violations", sum(violations for violations, _ in results), "violations"
    yield "axe.too_wide", sum(wide > 0 for _, wide in results), "pages"
