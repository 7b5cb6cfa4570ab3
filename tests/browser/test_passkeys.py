"""A passkey in a real browser: made on the account's page, and used after the password."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk_site import DeskSite, running_desk, visitor

EMAIL = "olga@desk.example"


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path) -> Iterator[DeskSite]:
    """A desk on a host with a name, which browsers make passkeys for."""
    with running_desk(migrated_sqlite, tmp_path) as running:
        running.add_organizer(EMAIL)
        yield running


@pytest.mark.slow
def test_a_passkey_is_made_and_then_opens_the_desk(chromium: Browser, site: DeskSite) -> None:
    with visitor(chromium) as page:
        site.log_in(page, EMAIL)
        page.goto(f"{site.url}/organizer/account/passkeys")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.locator("main code")).to_have_count(10)
        page.goto(f"{site.url}/organizer/account")
        page.get_by_role("button", name="Log out", exact=True).click()
        site.log_in(page, EMAIL)
        expect(page.get_by_label("Recovery code")).to_be_visible()
        page.get_by_role("button", name="Use your passkey").click()
        expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


@pytest.mark.slow
def test_without_javascript_there_are_codes(chromium: Browser, site: DeskSite) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    site.log_in(page, EMAIL)
    page.goto(f"{site.url}/organizer/account/passkeys")
    expect(page.get_by_text("Adding a passkey needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    page.goto(f"{site.url}/organizer/account/second-factor")
    expect(page.get_by_label("Code of your app")).to_be_visible()
    context.close()
