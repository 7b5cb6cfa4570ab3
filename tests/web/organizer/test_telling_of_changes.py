"""What changed since people signed is offered as a draft, and a campaign is closed with a word to them."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, translations
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

DESK = f"/organizer/campaigns/{make.SLUG}"


def test_a_reworded_letter_is_offered_as_a_draft_and_nobody_is_written_to(
    app: Flask, runtime: Runtime, logged_in: Callable[[Role], Browser], clock: Clock
) -> None:
    reworded = replace(make.LETTER, conclusion=("We wait for *your* answer until May.",))
    with runtime.database.transaction() as session:
        translations.import_version(
            session,
            reworded,
            slug=make.SLUG,
            language="en",
            publish=True,
            actor=COMMAND_LINE,
            now=clock(),
        )
    editor = logged_in(Role.EDITOR)
    offered = editor.get(f"{DESK}/updates")
    entry = offered.tree.xpath("//input[@name='entry']/@value")[0]
    form = next(one for one in offered.tree.forms if one.fields.get("entry") == entry)
    draft = editor.client.post(
        f"{DESK}/updates",
        base_url="http://127.0.0.1:8000",
        data=dict(form.form_values()),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    page = editor.get(draft.headers["Location"])
    text = page.form(page.path).fields["body_en"]
    assert "> We wait for your answer." in text
    assert "> We wait for \\*your\\* answer until May." in text
    saved = editor.send(page, page.path)
    assert "Saved." in saved.text or saved.status == 200
    assert make.emails(runtime, kind="update") == []
    assert not editor.get(f"{DESK}/updates").tree.xpath("//input[@name='entry']")


def test_closing_says_what_happens_to_the_data_and_begins_an_update(
    app: Flask, runtime: Runtime, logged_in: Callable[[Role], Browser], clock: Clock
) -> None:
    editor = logged_in(Role.EDITOR)
    page = editor.get(editor.get(DESK).links(r"/close$")[0])
    assert "On February 21, 2027, 90 days after the close" in page.text
    refused = editor.send(page, "/close", outcome="x" * 2001, begins_update="y")
    assert refused.status == 422
    assert len(refused.form("/close").fields["outcome"].strip()) == 2001

    draft = editor.send(page, "/close", outcome="The works have [stopped].", begins_update="y")
    assert "The campaign is closed." in draft.text
    body = draft.form(draft.path).fields["body_en"]
    assert "The works have \\[stopped\\]." in body
    with runtime.database.reading() as session:
        assert campaigns.by_slug(session, make.SLUG).state is CampaignState.CLOSED
    assert "The works have [stopped]." in editor.get(f"/c/{make.SLUG}").text
    assert make.emails(runtime, kind="update") == []


def test_a_campaign_is_closed_without_a_word_too(
    runtime: Runtime, logged_in: Callable[[Role], Browser]
) -> None:
    editor = logged_in(Role.EDITOR)
    closed = editor.send(editor.get(f"{DESK}/close"), "/close", begins_update=None)
    assert closed.path == DESK
    assert "The campaign is closed." in closed.text
