"""The pages of the desk that have forms, what can be filled in on them, and what the database holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import FormElement, HtmlElement
from sqlalchemy import select

from campaign.runtime import Runtime
from campaign.store.tables import Base
from tests import make
from tests.browsing import Browser, Page
from tests.web.organizer.conftest import DRAFT
from tests.web.organizer.test_desk import LETTER

HERE = f"/organizer/campaigns/{make.SLUG}"


def pages(browser: Browser, ids: Mapping[str, int | str]) -> Iterator[Page]:
    """Every page of the desk with a form that changes something."""
    for at in (
        "/organizer/account",
        "/organizer/account/second-factor",
        "/organizer/confirm-password",
        "/organizer/campaigns/new",
        HERE,
        "/organizer/site",
        f"{HERE}/progress",
        f"{HERE}/letter",
        f"{HERE}/letter/signatories",
        f"{HERE}/look",
        f"{HERE}/translations",
        f"{HERE}/translations/ug",
        f"{HERE}/officials",
        f"{HERE}/officials/{{official}}",
        f"{HERE}/officials/{{official}}/pack",
        f"{HERE}/supporters",
        f"{HERE}/supporters/{{signature}}",
        f"{HERE}/supporters/{{removed}}",
        f"{HERE}/supporters/{{suspected}}",
        f"{HERE}/supporters/{{signature}}/correct",
        f"{HERE}/words",
        f"{HERE}/quotes",
        f"{HERE}/statistics/report",
        f"{HERE}/moderation",
        f"{HERE}/moderation?signature={{removed}}&kind=duplicate&decision=remove",
        f"{HERE}/moderation?signature={{removed}}&reported=remove",
        f"{HERE}/moderation?dropped=y",
        f"{HERE}/invalidations",
        f"{HERE}/queue",
        f"{HERE}/replies/{{reply}}",
        f"{HERE}/export",
        f"{HERE}/imports",
        f"{HERE}/imports/sheet",
        f"{HERE}/imports/{{import}}",
        f"{HERE}/updates",
        f"{HERE}/updates/{{update}}",
        f"{HERE}/updates/{{asked}}",
        f"{HERE}/emails",
        f"{HERE}/close",
        f"{HERE}/spot-checks",
        "/organizer/campaigns/mill/spot-checks",
        "/organizer/campaigns/mill",
        "/organizer/queue",
        "/organizer/queue/failed",
        "/organizer/queue/all?decision=retry",
        "/organizer/suppressions",
        "/organizer/audit",
        "/organizer/people",
        "/organizer/people/invite",
        "/organizer/people/{person}",
        "/organizer/people/{gone}",
        f"/organizer/campaigns/{DRAFT}/opening",
        "/organizer/first-steps",
        "/organizer/check-up",
    ):
        yield browser.get(at.format(**ids))
    yield page_with(browser, "/organizer/campaigns/new", "/lines")
    yield page_with(browser, f"{HERE}/invalidations", "/invalidations")


def page_with(browser: Browser, at: str, action: str) -> Page:
    page = browser.get(at)
    if action.endswith("/lines"):
        page = browser.send(page, "/campaigns/new", letter=LETTER.encode())
    if action.endswith("/invalidations"):
        page = browser.send(page, "/preview", domain="mail.example")
    return page


def controls(form: FormElement) -> dict[str, list[HtmlElement]]:
    """What can be filled in, by its name."""
    named: dict[str, list[HtmlElement]] = {}
    for control in form.xpath(".//input[@name][not(@type='hidden')] | .//select | .//textarea"):
        if "readonly" not in control.attrib:
            named.setdefault(control.get("name"), []).append(control)
    return named


def everything(runtime: Runtime) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but those of logins and of the audit log, which remember who was seen and what refused."""
    with runtime.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if table.name not in {"organizer_session", "login_attempt", "audit_entry", "audit_window"}
        }
