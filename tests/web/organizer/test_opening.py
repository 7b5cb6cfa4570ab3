"""A draft on its way to being open, as organizers see it: preview, list, test email, and the two ways."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import NOBODY
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, letters, progress, quiet_mode, translations
from campaign.services.campaigns.progress import ProgressDetails
from campaign.services.installation import publisher
from campaign.services.installation.publisher import PublisherDetails
from campaign.store.tables import OutboxEmail
from campaign.worker import loop
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.conftest import Clock

SLUG = "not-yet"
HERE = f"/organizer/campaigns/{SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.fixture
def editor(app: Flask, runtime: Runtime, clock: Clock, logged_in: LogIn) -> Browser:
    del app
    make.campaign(runtime, now=clock(), slug=SLUG, publish=False)
    return logged_in(Role.EDITOR)


def say_who_publishes(runtime: Runtime, clock: Clock) -> None:
    details = PublisherDetails(
        name="Friends of the Ondra",
        legal_address="",
        contact="",
        time_zone="Europe/Brussels",
        privacy_notices={},
    )
    with runtime.database.transaction() as session:
        publisher.change(session, details, default=NOBODY, actor=COMMAND_LINE, now=clock())


def state(runtime: Runtime) -> CampaignState:
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, SLUG).state


@pytest.mark.both_databases
def test_a_link_to_the_preview_is_shown_once_works_and_can_be_ended(editor: Browser) -> None:
    page = editor.send(editor.get(f"{HERE}/opening"), "/preview")
    link = next(link for link in page.links(r"/preview/[\w-]{43}$"))
    assert "No concrete before the hearing is over." in editor.get(link).text
    again = editor.get(f"{HERE}/opening")
    assert link not in again.text
    assert "good until" in again.text
    assert "The link has ended" in editor.send(again, "/preview/end").text
    assert editor.get(link).status == 404


def test_the_list_says_what_must_be_mended_and_the_campaign_does_not_open_before(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    page = editor.get(f"{HERE}/opening")
    assert "Nobody stands behind the letter yet." in page.text
    assert page.tree.xpath("//form[contains(@action, '/opening/now')]/button[@disabled]")
    overview = editor.get(HERE)
    refused = editor.client.post(
        f"{HERE}/state",
        data={"csrf_token": overview.form("/sending").fields["csrf_token"], "state": "open"},
        headers={"Sec-Fetch-Site": "same-origin"},
        base_url=ORIGIN,
    )
    assert refused.status_code == 409
    assert state(runtime) is CampaignState.DRAFT
    say_who_publishes(runtime, clock)
    assert "The campaign is open" in editor.send(editor.get(f"{HERE}/opening"), "/opening/now").text
    assert state(runtime) is CampaignState.OPEN
    assert editor.get(f"{HERE}/opening").status == 200


def test_a_draft_cannot_be_closed_which_would_show_it_and_let_it_open_past_the_list(
    editor: Browser, runtime: Runtime
) -> None:
    token = editor.get(HERE).form("/sending").fields["csrf_token"]
    answers = [
        editor.client.post(
            f"{HERE}/state",
            data={"csrf_token": token, "state": wanted},
            headers={"Sec-Fetch-Site": "same-origin"},
            base_url=ORIGIN,
        ).status_code
        for wanted in ("closed", "open")
    ]
    assert editor.get(f"/c/{SLUG}").status == 404
    assert answers == [409, 409]
    assert state(runtime) is CampaignState.DRAFT


def test_the_list_says_that_the_text_counts_nobody_and_names_languages(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    letter = replace(make.LETTER, title="{{signatory_count}} groups for the Ondra")
    with runtime.database.transaction() as session:
        for slug, signatories in (("counted", letter.signatories), ("nobody", ())):
            told = replace(letter, signatories=signatories)
            letters.import_letter(session, told, slug=slug, publish=False, actor=COMMAND_LINE, now=clock())
            translations.import_version(
                session, make.TRANSLATED["ug"], slug=slug, language="ug", actor=COMMAND_LINE, now=clock()
            )
    assert "there is nobody yet" not in editor.get("/organizer/campaigns/counted/opening").text
    page = editor.get("/organizer/campaigns/nobody/opening")
    assert "The text counts those who signed first, and there is nobody yet" in page.text
    assert "Translations that are not published yet: ئۇيغۇرچە." in page.text


@pytest.mark.parametrize(("part", "is_told"), [("introduction", True), ("conclusion", True), (None, False)])
def test_the_list_names_a_published_translation_that_lacks_a_paragraph(
    editor: Browser, runtime: Runtime, clock: Clock, part: str | None, is_told: bool
) -> None:
    letter = make.TRANSLATED["ug"]
    if part:
        letter = replace(letter, **{part: getattr(letter, part)[1:]})
    with runtime.database.transaction() as session:
        translations.import_version(
            session, letter, slug=SLUG, language="ug", publish=True, actor=COMMAND_LINE, now=clock()
        )
    told = "Translations with fewer asks or paragraphs than the original: ئۇيغۇرچە."
    assert (told in editor.get(f"{HERE}/opening").text) is is_told


def test_looking_at_the_preview_is_kept_until_something_changes(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    page = editor.send(editor.get(f"{HERE}/opening"), "/preview")
    page = editor.send(page, "/preview/looked")
    assert "Somebody has looked at the preview, and nothing has changed since." in page.text
    say_who_publishes(runtime, clock)
    assert "Something has changed since somebody last looked" in editor.get(f"{HERE}/opening").text


def test_a_test_email_goes_to_whoever_asks_and_the_list_says_what_became_of_it(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    page = editor.send(editor.get(f"{HERE}/opening"), "/test-email")
    assert "The test email is still waiting to be sent." in page.text
    assert "A test email has only just been sent." in editor.send(page, "/test-email").text
    loop.drain(runtime, clock=clock)
    assert "The test email was sent." in editor.get(f"{HERE}/opening").text
    with runtime.database.reading() as session:
        to = session.scalars(select(OutboxEmail.to_address).where(OutboxEmail.kind == EmailKind.TEST)).all()
    assert to == ["editor@desk.example"]


def test_a_time_to_open_at_is_set_changed_and_called_off(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    say_who_publishes(runtime, clock)
    page = editor.get(f"{HERE}/opening")
    assert page.form("/opening/time").fields["opens_zone"] == "Europe/Brussels"
    wrong = editor.send(page, "/opening/time", opens_at="2026-01-01T09:00")
    assert "The time to open must be in the future." in wrong.text
    assert wrong.form("/opening/time").fields["opens_at"] == "2026-01-01T09:00"
    page = editor.send(page, "/opening/time", opens_at="2026-11-24T09:00")
    assert "Nov 24, 2026, 09:00 (Brussels)" in page.text
    page = editor.send(page, "/opening/time", opens_at="2026-11-25T09:00")
    assert "Nov 25, 2026, 09:00 (Brussels)" in page.text
    assert "stays a draft until you open it" in editor.send(page, "/opening/call-off").text
    assert state(runtime) is CampaignState.DRAFT


def test_whoever_may_only_look_sees_the_list_and_no_button(editor: Browser, logged_in: LogIn) -> None:
    del editor
    page = logged_in(Role.VIEWER).get(f"{HERE}/opening")
    assert "Must be mended" in page.text
    assert "Make a link" not in page.text


def test_before_it_opens_a_quiet_draft_says_that_it_stays_quiet_and_numbers_are_grouped(
    editor: Browser, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        of = {"actor": COMMAND_LINE, "now": clock()}
        progress.change(session, SLUG, ProgressDetails(goal="30000"), **of)
    page = editor.get(f"{HERE}/opening")
    assert "Goal: 30,000 people." in page.text
    assert "that is for good" not in page.text
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, SLUG, has_reply_domain=True, **of)
    assert "Once it has opened, that is for good" in editor.get(f"{HERE}/opening").text
