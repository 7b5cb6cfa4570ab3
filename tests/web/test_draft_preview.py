"""A draft's preview: seen whole by who has the link, by nobody else, and kept nowhere."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, pages, quiet_mode
from campaign.services.opening import preview_links
from campaign.web import create_app
from tests import make
from tests.conftest import Clock
from tests.digesting import choose

SLUG = "not-yet"
FORM = {"name": "Rana", "email": "rana@mail.example"}
FILLED_IN = {
    "slug": SLUG,
    "language": "fr",
    "position": 1,
    "ask": 1,
    "tag": "x",
    "size": 1,
    "first": 0,
    "second": 1,
}


@pytest.fixture
def client(runtime: Runtime, clock: Clock) -> FlaskClient:
    make.campaign(runtime, now=clock(), slug=SLUG, publish=False)
    app: Flask = create_app(runtime, clock=clock)
    return app.test_client()


@pytest.fixture
def token(client: FlaskClient, runtime: Runtime, clock: Clock) -> str:
    del client
    return new_link(runtime, clock)


def new_link(runtime: Runtime, clock: Clock) -> str:
    with runtime.database.transaction() as session:
        return preview_links.make(session, SLUG, actor=COMMAND_LINE, now=clock())


def links_of(page: str) -> set[str]:
    parts = page.replace("'", '"').split('"')
    return {part for before, part in pairwise(parts) if before.endswith(("href=", "src=", "action="))}


@pytest.mark.both_databases
def test_whoever_has_the_link_sees_the_page_its_emails_and_its_form(client: FlaskClient, token: str) -> None:
    page = client.get(f"/preview/{token}")
    assert page.status_code == 200
    assert "No concrete before the hearing is over." in page.text
    assert 'name="email"' in page.text
    emails = client.get(f"/preview/{token}/emails").text
    assert "please confirm that you want to sign this letter" in emails
    assert "Your signature counts" in emails
    assert "Dear Minister Lindqvist," in emails
    assert "Paul Brandt" in emails


def test_an_office_that_gets_many_messages_in_one_email_is_shown_that_email(
    client: FlaskClient, runtime: Runtime, clock: Clock, token: str
) -> None:
    with runtime.database.reading() as session:
        drafted = pages.page_in_any_state(session, SLUG, language="en")
    alone = html.unescape(client.get(f"/preview/{token}/emails").text)
    assert alone.count("Sincerely,") == 3
    assert "1 message to you" not in alone

    choose(runtime, drafted, clock(), "daily")
    choose(runtime, drafted, clock(), "above", place=1)
    shown = html.unescape(client.get(f"/preview/{token}/emails").text)
    assert shown.count("Sincerely,") == 2
    assert "1 message to you" in shown
    assert "has written to you." in shown
    assert "[Your own words stand here, exactly as you wrote them.]" in shown
    assert "To answer: [Email address of the supporter]" in shown
    assert "Together in one email a day" in shown
    assert "This office may get your message together with others’ in one email" in shown
    assert "its code and its number are made when it is sent" in shown


@pytest.mark.parametrize(
    ("domain", "is_quiet", "answered_at"),
    [
        ("", False, ["[Email address of the supporter]"]),
        ("replies.letters.example", False, ["preview@replies.letters.example"]),
        ("replies.letters.example", True, ["preview@replies.letters.example"]),
        ("", True, []),
    ],
)
def test_that_email_says_where_answers_will_go(
    make_runtime: Callable[..., Runtime],
    clock: Clock,
    domain: str,
    is_quiet: bool,
    answered_at: list[str],
) -> None:
    runtime = make_runtime(reply_domain=domain)
    make.campaign(runtime, now=clock(), slug=SLUG, publish=False)
    with runtime.database.transaction() as session:
        drafted = pages.page_in_any_state(session, SLUG, language="en")
        if is_quiet:
            quiet_mode.turn_on(session, SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    choose(runtime, drafted, clock(), "daily")
    visitor = create_app(runtime, clock=clock).test_client()
    shown = visitor.get(f"/preview/{new_link(runtime, clock)}/emails").text
    assert re.findall("To answer: (.*)", shown) == answered_at


@pytest.mark.slow
def test_every_link_of_the_preview_leads_somewhere(client: FlaskClient, token: str) -> None:
    for address in (f"/preview/{token}", f"/preview/{token}/emails", f"/fr/preview/{token}"):
        for link in links_of(client.get(address).text):
            if link.startswith("/") and "/sign" not in link:
                assert client.get(link).status_code in {200, 202}, (address, link)


def test_the_form_of_a_preview_stores_nothing(client: FlaskClient, runtime: Runtime, token: str) -> None:
    fields = {"name": "Rana Idris", "email": "rana@mail.example"}
    answer = client.post(f"/preview/{token}/sign", data=fields)
    assert "This is a preview: nothing was stored" in answer.text
    assert "rana@mail.example" not in answer.text
    with runtime.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM signing_form").scalar() == 0


def test_nobody_else_finds_the_draft_in_any_form(client: FlaskClient) -> None:
    routes = client.application.url_map.bind("127.0.0.1:8000")
    public = [
        rule
        for rule in client.application.url_map.iter_rules()
        if "slug" in rule.arguments and not rule.endpoint.startswith("organizer.")
    ]
    assert len(public) > 20
    for rule in public:
        values = {name: FILLED_IN.get(name, "1") for name in rule.arguments}
        draft, nothing = (routes.build(rule.endpoint, {**values, "slug": slug}) for slug in (SLUG, "nothing"))
        for method in {"GET", "POST"} & (rule.methods or set()):
            answers = [client.open(address, method=method, data=FORM) for address in (draft, nothing)]
            told = [(answer.status_code, answer.text.replace(SLUG, "nothing")) for answer in answers]
            assert told[0][0] >= 400, (method, draft)
            # A stranger cannot tell a draft from a campaign that is not there.
            assert told[0] == told[1], (method, draft)
    assert client.get("/oembed", query_string={"url": f"http://127.0.0.1:8000/c/{SLUG}"}).status_code == 404
    assert "Ondra" not in client.get("/").text
    assert client.get(f"/preview/{SLUG}").status_code == 404


def test_a_preview_is_kept_nowhere_and_tells_its_address_to_nobody(client: FlaskClient, token: str) -> None:
    for place in ("", "/emails", "/letter.pdf", "/sheet.pdf"):
        for address in (f"/preview/{token}{place}", f"/ug/preview/{token}{place}"):
            answer = client.get(address)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "Access-Control-Allow-Origin" not in answer.headers
    unknown = client.get("/preview/unknown")
    assert unknown.status_code == 404
    assert unknown.headers["Cache-Control"] == "no-store"


def test_a_link_ends_when_organizers_end_it_when_another_is_made_and_after_two_weeks(
    client: FlaskClient, runtime: Runtime, clock: Clock, token: str
) -> None:
    second = new_link(runtime, clock)
    assert client.get(f"/preview/{token}").status_code == 404
    clock.forward(days=13, hours=23)
    assert client.get(f"/preview/{second}").status_code == 200
    clock.forward(hours=1)
    assert client.get(f"/preview/{second}").status_code == 404
    third = new_link(runtime, clock)
    with runtime.database.transaction() as session:
        preview_links.end(session, SLUG, actor=COMMAND_LINE, now=clock())
    assert client.get(f"/preview/{third}").status_code == 404
    assert timedelta(days=14) == preview_links.GOOD_FOR


def test_opening_the_campaign_ends_its_preview(
    client: FlaskClient, runtime: Runtime, clock: Clock, token: str
) -> None:
    assert client.get(f"/preview/{token}/letter.pdf").status_code == 202
    with runtime.database.transaction() as session:
        campaigns.set_state(session, SLUG, CampaignState.OPEN, actor=COMMAND_LINE, now=clock())
    for place in ("", "/emails", "/letter.pdf"):
        assert client.get(f"/preview/{token}{place}").status_code == 404
    assert client.get(f"/c/{SLUG}").status_code == 200


def test_a_translation_is_seen_before_it_is_published(
    client: FlaskClient, runtime: Runtime, clock: Clock, token: str
) -> None:
    make.translate(runtime, "zh-Hant", now=clock(), publish=False, slug=SLUG)
    page = client.get(f"/zh-hant/preview/{token}").text
    assert "聽證結束前不灌混凝土" in page


def test_the_secret_of_a_link_is_not_in_the_database(runtime: Runtime, token: str) -> None:
    with runtime.database.reading() as session:
        row = session.connection().exec_driver_sql("SELECT * FROM opening").one()
    assert token not in map(str, row)
    assert len(token) == 43
