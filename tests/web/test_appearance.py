"""How pages feel: one style sheet in the campaign's colour, a live count, answers that travel light."""

import gzip
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign
from campaign.web import create_app
from campaign.web.page_style import shortened
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

STATIC = Path(__file__).parents[2] / "static"


def stylesheets(text: str) -> list[str]:
    """Those for the screen."""
    links = [piece.split(">")[0] for piece in text.split('<link rel="stylesheet" href="')[1:]]
    return [link.split('"')[0] for link in links if "print" not in link]


def style_of_page(answer: TestResponse) -> str:
    """What the page has inside itself, which its policy must allow by its hash and by nothing wider."""
    found = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert [f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in found] == (
        re.findall("'sha256-[^']+'", policy)
    )
    return "".join(found)


def test_style_and_scripts_stay_small() -> None:
    styles = {path.stem: len(shortened(path.read_text())) for path in STATIC.glob("css/*.css")}
    for kind in (("letter", "form", "names"), ("pages", "form", "names")):
        assert sum(styles[name] for name in ("site", "script-ug", *kind)) < 25_000
    worker = STATIC / "js" / "proof_worker.js"  # loaded once somebody touches the form
    assert worker.stat().st_size < 4_000
    # Only on pages of the desk about logins, whose browser has no other way to give a passkey.
    passkey = STATIC / "js" / "passkey.js"
    assert passkey.stat().st_size < 1_000
    # Only on pages of the desk with something that the worker is at.
    follow = STATIC / "js" / "follow.js"
    assert follow.stat().st_size < 1_500
    of_the_public = [path for path in STATIC.glob("js/*.js") if path not in (worker, passkey, follow)]
    assert sum(path.stat().st_size for path in of_the_public) < 12_500


def test_a_campaign_s_colour_is_in_the_style_of_each_of_its_pages(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    assert "7a2f6b" not in client.get(PAGE).text
    with runtime.database.transaction() as session:
        session.get_one(Campaign, page.head.id).accent = "#7a2f6b"
        campaigns.raise_version(session, page.head.id)
    coloured = make.page(runtime)
    make.sign(runtime, coloured, now=clock())
    mail = make.emails(runtime, kind="confirmation")[-1]
    assert 'bgcolor="#7a2f6b"' in mail.html
    confirmed = make.confirm(runtime, make.link(mail, "confirm"), now=clock())
    paths = [f"{PAGE}{rest}" for rest in ("", "/signatures", "/check-your-inbox")]
    for path in (*paths, f"/embed{PAGE}", f"/manage/{confirmed.manage_token}"):
        assert "--accent:#7a2f6b" in style_of_page(client.get(path)), path


def test_the_policy_names_the_style_of_a_page_and_of_a_page_kept_from_before(client: FlaskClient) -> None:
    """A copy from a cache, one that is not new to its reader, a page in a frame, an error."""
    first = client.get(PAGE)
    assert style_of_page(first) == style_of_page(client.get(PAGE))
    again = client.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    for path in (f"{PAGE}?source=mail", f"{PAGE}?source=paper-7", f"/embed{PAGE}", "/nowhere", "/ug/"):
        style_of_page(client.get(path))
    assert "sha256" not in client.get("/healthz").headers["Content-Security-Policy"]


def test_a_style_is_shortened_and_says_the_same() -> None:
    style = """a { b: c; /* no; } */ }\n@media (x: y) { e , f { g: url("../h i.woff2") ;
    content: " ;  { "; } }\n"""
    short = 'a{b: c}@media (x: y){e,f{g: url(../h i.woff2);content: " ;  { "}}'
    assert shortened(style) == short


def test_the_desk_has_its_style_in_a_file_of_its_own(client: FlaskClient) -> None:
    (sheet,) = stylesheets(client.get("/organizer/login").text)
    response = client.get(sheet)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "@layer organizer" in response.text
    coloured = client.get(sheet.replace("/site+", "/site-7a2f6b+"))
    assert "--accent:#7a2f6b" in coloured.text
    for wrong in ("site-7a2f6", "site-7a2f6b+nothing", "site+../js/letter"):
        assert client.get(f"{sheet.rpartition('/')[0]}/{wrong}.css").status_code == 404


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        PAGE,
        f"{PAGE}/signatures",
        f"{PAGE}/check-your-inbox",
        f"/embed{PAGE}",
        "/accessibility",
        f"{PAGE}.json",
    ],
)
def test_public_pages_travel_compressed_and_not_twice(
    client: FlaskClient, runtime: Runtime, clock: Clock, path: str
) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for first, encoding in ((plain, "identity"), (packed, "gzip")):
        again = client.get(
            path, headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": encoding}
        )
        assert (again.status_code, again.data) == (304, b"")


def test_an_open_page_can_ask_for_the_count_alone(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    text = client.get(f"/en{PAGE}").text
    address = text.split('data-count="')[1].split('"')[0]
    assert address == f"/en{PAGE}/count.json"
    assert client.get(address).get_json() == {
        "signatures": 0,
        "organizations": 2,
        "people": 1,
        "number": "1",
        "words": "person",
    }
    make.sign_and_confirm(runtime, page, now=clock())
    assert client.get(address).get_json()["signatures"] == 0
    clock.forward(seconds=5)
    fresh = client.get(address)
    told = fresh.get_json()
    assert (told["signatures"], told["people"], told["number"], told["words"]) == (1, 2, "2", "people")
    assert fresh.headers["Cache-Control"] == "public, max-age=5"
    assert len(fresh.data) < 100
    assert client.get("/c/no-such-campaign/count.json").status_code == 404


def test_every_page_leads_to_how_it_can_be_used_and_whom_to_tell(client: FlaskClient) -> None:
    for path in (PAGE, "/nowhere"):
        assert 'href="/accessibility"' in client.get(path).text
    text = client.get("/accessibility").text
    assert "2.2 at level AA" in text
    assert "mailto:campaign@localhost.example" in text


def test_the_style_guide_is_there_for_developers_and_for_nobody_else(
    client: FlaskClient, make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    guide = client.get("/styleguide?scheme=dark&direction=rtl&accent=plum")
    assert 'dir="rtl"' in guide.text
    sheet = client.get(stylesheets(guide.text)[0])
    assert "prefers-color-scheme" not in sheet.text
    assert "--accent:#7a2f6b" in sheet.text
    public = create_app(make_runtime(public_url="https://letters.example"), clock=clock).test_client()
    for path in ("/styleguide", "/styleguide/dark-7a2f6b.css"):
        assert public.get(path, base_url="https://letters.example").status_code == 404
