"""How pages feel: one style sheet in the campaign's colour, a live count, answers that travel light."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign
from campaign.web import create_app
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

STATIC = Path(__file__).parents[2] / "static"


def stylesheets(text: str) -> list[str]:
    """Those for the screen."""
    links = [piece.split(">")[0] for piece in text.split('<link rel="stylesheet" href="')[1:]]
    return [link.split('"')[0] for link in links if "print" not in link]


def test_style_and_scripts_stay_small() -> None:
    styles = {path.stem: path.stat().st_size for path in STATIC.glob("css/*.css")}
    assert sum(styles[name] for name in ("site", "letter", "form", "names", "pages", "print")) < 40_000
    for kind in (("letter", "form", "names"), ("pages", "form", "names")):
        assert sum(styles[name] for name in ("site", "print", *kind)) < 25_000
    worker = STATIC / "js" / "proof_worker.js"  # loaded once somebody touches the form
    assert worker.stat().st_size < 4_000
    assert sum(path.stat().st_size for path in STATIC.glob("js/*.js") if path != worker) < 12_500


def test_a_campaign_s_colour_comes_with_the_one_style_sheet_on_each_of_its_pages(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    usual = stylesheets(client.get(PAGE).text)
    with runtime.database.transaction() as session:
        session.get_one(Campaign, page.head.id).accent = "#7a2f6b"
        campaigns.raise_version(session, page.head.id)
    coloured = make.page(runtime)
    make.sign(runtime, coloured, now=clock())
    mail = make.emails(runtime, kind="confirmation")[-1]
    assert 'bgcolor="#7a2f6b"' in mail.html
    confirmed = make.confirm(runtime, make.link(mail, "confirm"), now=clock())
    paths = [f"{PAGE}{rest}" for rest in ("", "/signatures", "/check-your-inbox")]
    manage = f"/manage/{confirmed.manage_token}"
    sheets = {tuple(stylesheets(client.get(path).text)) for path in (*paths, f"/embed{PAGE}", manage)}
    assert all(len(one) == 1 and "7a2f6b" in one[0] for one in sheets)
    (sheet,) = stylesheets(client.get(PAGE).text)
    assert [sheet] != usual
    response = client.get(sheet)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.text.startswith(client.get(usual[0]).text)
    assert "--accent:#7a2f6b" in response.text
    together = client.get(sheet.replace(".css", "+organizer.css"))
    assert together.text.startswith(response.text)
    assert "@layer organizer" in together.text
    for wrong in ("7a2f6", "7a2f6b+", "7a2f6b+nothing", "7a2f6b+organizer+../js/letter"):
        assert client.get(sheet.replace("7a2f6b", wrong)).status_code == 404


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
    assert client.get(address).get_json() == {"signatures": 0, "number": "0", "words": "people have signed"}
    make.sign_and_confirm(runtime, page, now=clock())
    assert client.get(address).get_json()["signatures"] == 0
    clock.forward(seconds=5)
    fresh = client.get(address)
    assert fresh.get_json() == {"signatures": 1, "number": "1", "words": "person has signed"}
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
