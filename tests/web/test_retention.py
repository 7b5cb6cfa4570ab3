"""What pages say of how long data are kept is what the rules do."""

import io
import re

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.pdf_documents import PdfKind
from campaign.domain.publisher import NOBODY
from campaign.domain.retention import FORM_DAYS, PERSONAL_DATA_DAYS, WORDS_DAYS
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports, pdf_jobs
from campaign.services.retention import settings
from campaign.services.retention.purges import all_purges
from campaign.services.retention.settings import RetentionDetails
from campaign.worker.retention import RetentionRun
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

PAGE = f"/c/{make.SLUG}"


def text_of(app: Flask, path: str = PAGE) -> str:
    return " ".join(Browser(app).get(path).text.split())


def set_terms(runtime: Runtime, days: str, *, keep_public_names: bool, clock: Clock) -> None:
    details = RetentionDetails(days=days, keep_public_names=keep_public_names)
    with runtime.database.transaction() as session:
        settings.change(session, make.SLUG, details, actor=COMMAND_LINE, now=clock())


def close(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())


def test_the_form_says_how_long_everything_is_kept(app: Flask) -> None:
    told = text_of(app)
    assert f"If you do not confirm, all of it is deleted after {FORM_DAYS} days." in told
    assert f"The words of a message are deleted {WORDS_DAYS} days after it was sent." in told
    assert f"shows who you are {PERSONAL_DATA_DAYS} days after this letter closes" in told
    assert "no name stays under the letter" in told
    # The third official has no address: what is written to them is printed.
    assert "does not go by email are deleted together with your name" in told


def test_the_form_says_what_the_campaign_says(app: Flask, runtime: Runtime, clock: Clock) -> None:
    assert f"{PERSONAL_DATA_DAYS} days after this letter closes" in text_of(app)
    set_terms(runtime, "45", keep_public_names=True, clock=clock)
    told = text_of(app)
    assert "45 days after this letter closes" in told
    assert "your name and organization stay under the letter after that" in told
    assert "no name stays" not in told
    assert "45 days after this letter closes" in text_of(app, f"/embed{PAGE}")


def test_the_page_about_our_mail_says_the_usual(app: Flask) -> None:
    told = text_of(app, "/about-our-mail")
    for words in (
        f"A form that nobody confirms is deleted after {FORM_DAYS} days.",
        f"The words of a message are deleted {WORDS_DAYS} days after it was sent.",
        f"those who signed are deleted {PERSONAL_DATA_DAYS} days after a letter closes",
    ):
        assert words in told


def test_a_closed_letter_says_until_when_names_stay_and_then_that_they_are_gone(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    close(runtime, clock)
    assert "stay with it until February 21, 2027" in text_of(app)
    assert "Rana Idris" in text_of(app, f"{PAGE}/signatures")
    clock.forward(days=PERSONAL_DATA_DAYS)
    with runtime.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE outbox_email SET state = 'cancelled'")
    purge(runtime, clock)
    told = text_of(app)
    assert "have been deleted, as promised. Their number remains." in told
    names = text_of(app, f"{PAGE}/signatures")
    assert "Rana Idris" not in told + names
    assert "1 person has signed" in names


def test_a_closed_letter_whose_names_stay_says_so(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    set_terms(runtime, "", keep_public_names=True, clock=clock)
    make.sign_and_confirm(runtime, page, now=clock())
    close(runtime, clock)
    assert "The names that appear in full stay with it." in text_of(app)


@pytest.mark.both_databases
def test_what_is_said_about_the_site_is_what_happens_everywhere(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    set_terms(runtime, "45", keep_public_names=False, clock=clock)
    told = text_of(app, "/about")
    days = int(re.search(r"save the River Ondra: (\d+) days", told)[1])  # type: ignore[index]
    for rule, number in (
        ("A form that nobody confirms is deleted after", FORM_DAYS),
        ("The words of a message are deleted", WORDS_DAYS),
        ("The names and addresses of those who signed are deleted", PERSONAL_DATA_DAYS),
    ):
        assert f"{rule} {number} days" in told
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Rana Idris", words="The herons are gone.", officials=(1,)
    )
    let_all_be(runtime, "cancelled")
    close(runtime, clock)
    clock.forward(days=days - 1)
    purge(runtime, clock)
    before = everywhere(app, runtime, clock)
    assert all("Rana" in before[place] for place in ("page", "names", "json", "pdf", "export"))
    clock.forward(days=1)
    purge(runtime, clock)
    for place, text in everywhere(app, runtime, clock).items():
        assert not re.search("Rana|Idris|rana@|herons", text), place


def test_whose_message_still_waits_then_is_known_until_that_is_settled_as_every_page_says(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for path in (PAGE, "/about", "/about-our-mail"):
        assert "the name and address that it needs stay until that is settled" in text_of(app, path), path
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Rana Idris", words="The herons are gone.", officials=(1,)
    )
    close(runtime, clock)
    clock.forward(days=PERSONAL_DATA_DAYS)
    let_all_be(runtime, "in_doubt")
    purge(runtime, clock)
    assert "Rana" in everywhere(app, runtime, clock)["export"]
    let_all_be(runtime, "cancelled")
    purge(runtime, clock)
    for place, text in everywhere(app, runtime, clock).items():
        assert not re.search("Rana|Idris|rana@|herons", text), place


def let_all_be(runtime: Runtime, state: str) -> None:
    """Let every email be in one state."""
    with runtime.database.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE outbox_email SET state = '{state}'")


def everywhere(app: Flask, runtime: Runtime, clock: Clock) -> dict[str, str]:
    """Every place at which somebody could be found: what is public, the export, the mail and the log."""
    browser = Browser(app)
    out = io.BytesIO()
    exports.write_supporters(
        runtime.database, make.SLUG, format="csv", preset=None, out=out, actor=COMMAND_LINE, now=clock()
    )
    with runtime.database.reading() as session:
        html = pdf_jobs.as_html(
            session,
            make.SLUG,
            PdfKind.LETTER,
            language="en",
            public_url="https://letters.example",
            default_publisher=NOBODY,
            now=clock(),
        )
        log = [repr(entry) for entry in audit_log.entries(session)]
    return {
        "page": browser.get(PAGE).response.text,
        "names": browser.get(f"{PAGE}/signatures").response.text,
        "json": browser.get(f"{PAGE}.json").response.text,
        "pdf": html,
        "export": out.getvalue().decode(),
        "mail": repr([(email.to_address, email.to_name, email.text) for email in make.emails(runtime)]),
        "log": "".join(log),
    }


def purge(runtime: Runtime, clock: Clock) -> None:
    purges = all_purges(
        outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
    )
    run = RetentionRun(runtime.database, purges, actor=COMMAND_LINE, now=clock())
    while run.step():
        pass
