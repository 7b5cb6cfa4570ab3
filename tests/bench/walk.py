"""Ways through a site, past every page that a supporter or an organizer can meet.

Whoever goes along is handed each page with a name for it, the same in every language.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.bench.page_states import PATHS
from tests.browser.conftest import Installation
from tests.browser.test_supporter import mail_to

LETTER = "/c/human-rights-first"
Look = Callable[[Page, str], None]
_READ = (
    *PATHS,
    f"{LETTER}/signatures",
    f"{LETTER}/signatures?q=ada",
    f"{LETTER}/signatures?newest=y",
    f"/embed{LETTER}",
    "/accessibility",
    "/about",
    "/about-our-mail",
    "/confirm/none",
)


def of_supporter(page: Page, installation: Installation, prefix: str, address: str, look: Look) -> None:
    """Every public page in one language, of campaigns in every state; one signature is made and withdrawn."""
    for path in _READ:
        page.goto(prefix + path)
        look(page, name_of(path))
    page.goto(prefix + LETTER)
    look(page, "letter")
    _fill_in(page)
    page.locator(".preview-button").click()
    look(page, "form-without-address")
    page.locator("input[name=email]").fill(address)
    page.locator(".preview-button").click()
    look(page, "preview")
    page.locator("main form button[type=submit]").first.click()
    look(page, "check-your-inbox")
    follow_link(page, installation, prefix, address, "confirm")
    look(page, "confirm")
    page.locator("main form button[type=submit]").first.click()
    look(page, "signed")
    for purpose in ("manage", "unsubscribe", "withdraw"):
        follow_link(page, installation, prefix, address, purpose)
        look(page, purpose)
    page.locator("main form button[type=submit]").first.click()
    look(page, "withdrawn")


def _fill_in(page: Page) -> None:
    """All of the form but the address."""
    for summary in page.locator("details:not([open]):has(input[name=officials]) > summary").all():
        summary.click()
    page.locator("input[name=officials]").first.check()
    page.locator("input[name=name]").fill("Rana Idris")
    page.locator("textarea[name=message]").fill("My aunt has not called since May.")


def follow_link(page: Page, installation: Installation, prefix: str, address: str, purpose: str) -> None:
    """Open the link of an email, in the language of the walk."""
    link = re.search(rf"/{purpose}/\S+", mail_to(installation, address, containing=f"/{purpose}/"))
    assert link
    page.goto(prefix + link.group())


def of_organizer(page: Page, installation: Installation, slug: str, look: Look) -> None:
    """Every page of the desk that links of one campaign lead to; of pages about one thing, the first."""
    page.goto("/organizer/login")
    look(page, "login")
    log_in(page, installation)
    waiting, seen = [f"/organizer/campaigns/{slug}", "/organizer/"], set[str]()
    while waiting:
        path = waiting.pop(0)
        shape = re.sub(r"/\d+", "/1", path)
        if shape in seen or not _is_page(path, slug):
            continue
        seen.add(shape)
        page.goto(path)
        if "confirm-password" in page.url:
            page.locator("input[name=password]").fill(password(installation))
            page.locator("main button[type=submit]").first.click()
            page.goto(path)
        look(page, name_of(shape.removeprefix("/organizer")))
        links = page.locator("a[href^='/organizer']").evaluate_all("all => all.map(a => a.pathname)")
        waiting += links


def _is_page(path: str, slug: str) -> bool:
    """Whether it is a page of this campaign or of the whole desk, and no file."""
    of_another = re.match(rf"/organizer/campaigns/(?!new\b|{slug}(?:/|$))", path)
    return not of_another and not re.search(r"\.\w+$|/sheet$|/email/|/emails/\w", path)


def log_in(page: Page, installation: Installation) -> None:
    """Enter the desk as the first organizer of an installation."""
    page.goto("/organizer/login")
    page.locator("input[name=email]").fill(_printed(installation, r"sign in with\s+(\S+)"))
    page.locator("input[name=password]").fill(password(installation))
    page.locator("main button[type=submit]").click()
    page.locator(".desk-nav").wait_for()


def password(installation: Installation) -> str:
    """What the first organizer logs in with."""
    return _printed(installation, r"first password\s+(\S+)")


def _printed(installation: Installation, pattern: str) -> str:
    found = re.search(pattern, installation.printed)
    assert found
    return found[1]


def name_of(path: str) -> str:
    """A name for a file, of an address."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "start"
