"""A desk that a browser can visit, in this process, and what is found there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.roles import Role
from campaign.runtime import Runtime, build_runtime
from campaign.services.accounts import organizers
from campaign.settings import load_settings
from campaign.web import create_app
from tests import databases, make
from tests.waiting import free_port
from tests.web.organizer.conftest import CHEAP, PASSWORD


@dataclass(frozen=True)
class DeskSite:
    """Where it answers, on a host with a name, which browsers make passkeys for; and what it works with."""

    url: str
    runtime: Runtime

    def add_organizer(self, email: str, role: Role = Role.OWNER) -> None:
        """Let somebody log in with PASSWORD."""
        with self.runtime.database.transaction() as session:
            organizers.add(
                session,
                email,
                role=role,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=self.runtime.clock(),
                passwords=CHEAP,
            )

    def open_campaign(self, *names: str) -> CampaignPage:
        """An open campaign that people with these names have signed, each wanting news."""
        page = make.campaign(self.runtime, now=self.runtime.clock())
        for place, name in enumerate(names):
            make.sign_and_confirm(
                self.runtime,
                page,
                now=self.runtime.clock(),
                name=name,
                email=f"signer-{place}@mail.example",
                updates=True,
            )
        return page

    def log_in(self, page: Page, email: str, *, at: str = "/organizer/") -> None:
        """Open a page of the desk by way of the login form."""
        page.goto(f"{self.url}{at}")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()


@contextmanager
def running_desk(migrated: Path, folder: Path) -> Iterator[DeskSite]:
    """A site on a free port, on a copy of a migrated database."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = {
        "CAMPAIGN_INSTANCE": str(folder / "instance"),
        "CAMPAIGN_PUBLIC_URL": url,
        "DATABASE_URL": databases.copy_sqlite(migrated, folder / "campaign.db"),
    }
    runtime = build_runtime(load_settings(settings))
    app = create_app(runtime)
    app.extensions["campaign_passwords"] = CHEAP
    server = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield DeskSite(url, runtime)
    finally:
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
