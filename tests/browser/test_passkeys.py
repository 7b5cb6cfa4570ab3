"""A passkey in a real browser: made on the account's page, and used after the password."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import build_runtime
from campaign.services.accounts import organizers
from campaign.settings import load_settings
from campaign.web import create_app
from tests import databases
from tests.waiting import free_port
from tests.web.organizer.conftest import CHEAP, PASSWORD

EMAIL = "olga@desk.example"


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path) -> Iterator[str]:
    """A desk on a host with a name, which browsers make passkeys for."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = {
        "CAMPAIGN_INSTANCE": str(tmp_path / "instance"),
        "CAMPAIGN_PUBLIC_URL": url,
        "DATABASE_URL": databases.copy_sqlite(migrated_sqlite, tmp_path / "campaign.db"),
    }
    runtime = build_runtime(load_settings(settings))
    with runtime.database.transaction() as session:
        organizers.add(
            session,
            EMAIL,
            role=Role.OWNER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=runtime.clock(),
            passwords=CHEAP,
        )
    app = create_app(runtime)
    app.extensions["campaign_passwords"] = CHEAP
    server = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()
    runtime.close()


@contextmanager
def visitor(chromium: Browser) -> Iterator[Page]:
    """A page whose browser has a security key in it that somebody touches."""
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasUserVerification": False,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def enter(page: Page, site: str) -> None:
    page.goto(f"{site}/organizer/login")
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_a_passkey_is_made_and_then_opens_the_desk(chromium: Browser, site: str) -> None:
    with visitor(chromium) as page:
        enter(page, site)
        page.goto(f"{site}/organizer/account/passkeys")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.locator("main code")).to_have_count(10)
        page.goto(f"{site}/organizer/account")
        page.get_by_role("button", name="Log out", exact=True).click()
        enter(page, site)
        expect(page.get_by_label("Recovery code")).to_be_visible()
        page.get_by_role("button", name="Use your passkey").click()
        expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


def test_without_javascript_there_are_codes(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, site)
    page.goto(f"{site}/organizer/account/passkeys")
    expect(page.get_by_text("Adding a passkey needs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    page.goto(f"{site}/organizer/account/second-factor")
    expect(page.get_by_label("Code of your app")).to_be_visible()
    context.close()
