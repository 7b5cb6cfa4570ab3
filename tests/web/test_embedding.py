"""The form in a frame on other sites: who may show it, and that signing inside it stays inside."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

FRAME = f"/embed{PAGE}"
SITES = ["https://www.river.example", "https://allies.example:8443"]


@pytest.fixture
def allowed(runtime: Runtime, client: FlaskClient) -> None:
    """The campaign lets two sites show its form."""
    assert client.get(PAGE).status_code == 200
    with runtime.database.transaction() as session:
        campaign = campaigns.by_slug(session, make.SLUG)
        session.get_one(Campaign, campaign.id).embed_sites = SITES
        campaigns.raise_version(session, campaign.id)


def framed_by(response: TestResponse) -> list[str]:
    policy = response.headers["Content-Security-Policy"]
    return policy.split("frame-ancestors ")[1].split(";")[0].split()


@pytest.mark.both_databases
@pytest.mark.usefixtures("allowed")
def test_only_the_campaign_s_sites_may_frame_its_form_and_nobody_any_other_page(
    client: FlaskClient, post: Callable[..., TestResponse]
) -> None:
    inside = [
        client.get(FRAME),
        client.get(FRAME),
        client.get(f"/en{FRAME}"),
        client.get(f"{FRAME}/check-your-inbox"),
        client.post(f"{FRAME}/sign", data={"name": "", "email": ""}),
        client.post(f"{FRAME}/preview", headers={"Sec-Fetch-Site": "cross-site"}),
    ]
    for response in inside:
        assert framed_by(response) == SITES
        assert "X-Frame-Options" not in response.headers
        assert "Set-Cookie" not in response.headers
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for response in (
        client.get(PAGE),
        client.get(f"{PAGE}/check-your-inbox"),
        client.get("/"),
        post(email=""),
    ):
        assert framed_by(response) == ["'none'"]
        assert response.headers["X-Frame-Options"] == "DENY"


def test_until_a_site_is_named_nobody_may_frame_the_form(client: FlaskClient) -> None:
    response = client.get(FRAME)
    assert response.status_code == 200
    assert framed_by(response) == ["'none'"]
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.usefixtures("allowed")
def test_in_a_sandboxed_frame_people_are_told_where_they_can_sign(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    typed = {"name": "Rana Idris", "email": "rana@mail.example"}
    refused = client.post(f"{FRAME}/sign", data=typed, headers=headers)
    assert refused.status_code == 403
    assert (
        "keeps it in a closed frame (a sandbox). Please sign on the letter’s own page: http" in refused.text
    )
    assert "Rana Idris" in refused.text
    elsewhere = client.post(
        f"{FRAME}/sign", data=typed, headers=headers | {"Origin": "https://other.example"}
    )
    assert "Another site sent this form." in elsewhere.text


@pytest.mark.usefixtures("allowed")
def test_signing_inside_a_frame_stays_inside_and_counts_like_any_other(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    token = client.get(FRAME).text.split('name="csrf_token" value="')[1].split('"')[0]
    filled = {
        "csrf_token": token,
        "name": "Rana Idris",
        "email": "rana@mail.example",
        "officials": str(page.officials[0].id),
    }
    same = {"Sec-Fetch-Site": "same-origin"}
    preview = client.post(f"{FRAME}/preview", data=filled, headers=same)
    assert f'action="{FRAME}/sign"' in preview.text
    assert (
        client.post(f"{FRAME}/sign", data=filled, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    sent = client.post(f"{FRAME}/sign", data=filled, headers=same)
    assert (sent.status_code, sent.location) == (303, f"{FRAME}/check-your-inbox")
    assert f'href="{FRAME}"' in client.get(sent.location).text
    make.settle(runtime, now=clock())
    confirmation = make.emails(runtime, kind="confirmation")[-1]
    make.confirm(runtime, make.link(confirmation, "confirm"), now=clock())
    assert '<b class="count-number">2</b>' in client.get(FRAME).text


def test_sites_that_know_oembed_get_a_link_and_once_they_may_frame_it_the_frame(
    client: FlaskClient, request: pytest.FixtureRequest
) -> None:
    discovered = client.get(PAGE).text.split('type="application/json+oembed" href="')[1].split('"')[0]
    link = client.get(discovered.replace("&amp;", "&"))
    assert link.get_json()["type"] == "link"
    assert link.get_json()["version"] == "1.0"
    request.getfixturevalue("allowed")
    address = f"http://127.0.0.1:8000/en{PAGE}"
    rich = client.get("/oembed", query_string={"url": address, "maxwidth": "400", "maxheight": "9999"})
    document = rich.get_json()
    assert (document["type"], document["width"]) == ("rich", 400)
    assert document["html"].startswith(
        f'<iframe src="http://127.0.0.1:8000/en{FRAME}" title="Sign the letter: '
    )
    assert rich.headers["Access-Control-Allow-Origin"] == "*"


def test_oembed_knows_no_other_address_and_no_other_format(client: FlaskClient) -> None:
    for address in (
        "",
        f"https://evil.example{PAGE}",
        "http://127.0.0.1:8000/",
        f"http://127.0.0.1:8000.evil.example{PAGE}",
    ):
        assert client.get("/oembed", query_string={"url": address}).status_code == 404
    address = f"http://127.0.0.1:8000{PAGE}"
    assert client.get("/oembed", query_string={"url": address, "format": "xml"}).status_code == 501


def test_the_script_for_other_sites_keeps_its_address(client: FlaskClient) -> None:
    response = client.get("/static/js/embed.js")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "postMessage" not in response.text
