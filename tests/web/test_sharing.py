"""Sharing a letter: links, tags, code and picture; nothing that tells more than the sharer chose."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web.public import sharing
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

# What these pages show does not depend on the database that it comes from.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = f"http://127.0.0.1:8000{PAGE}"


def test_every_way_to_share_carries_its_own_tag_into_the_form(client: FlaskClient) -> None:
    tree = html.fromstring(client.get(PAGE).text)
    section = tree.xpath("//section[@aria-labelledby='share-title']")[0]
    links = [unquote(href) for href in section.xpath(".//ul[@class='share-networks']//a/@href")]
    assert len(links) >= 5
    for link in links:
        assert f"{HERE}?source=" in link
        assert urlsplit(link).scheme == "https"
    assert section.xpath(".//@data-copy") == [f"{HERE}?source=link"]
    assert section.xpath(".//@data-share") == [f"{HERE}?source=share"]
    mail = section.xpath(".//a[starts-with(@href, 'mailto:')]/@href")[0]
    assert f"{HERE}?source=mail" in parse_qs(urlsplit(mail).query)["body"][0]
    assert 'name="source" value="mail"' in client.get(f"{PAGE}?source=mail").text


def test_each_ask_has_a_link_and_a_share_of_its_own(client: FlaskClient, page: CampaignPage) -> None:
    tree = html.fromstring(client.get(PAGE).text)
    for ask in page.asks:
        item = tree.xpath(f"//li[@id='ask-{ask.position}']")[0]
        figure = item.xpath(".//a[@class='ask-number']")[0]
        assert (figure.get("href"), figure.text) == (f"#ask-{ask.position}", str(ask.position))
        share = item.xpath(".//a[@class='ask-share']")[0]
        assert share.get("data-share") == f"{HERE}?source=ask-{ask.position}#ask-{ask.position}"
        assert share.get("data-text") == ask.heading
        assert share.text_content() == "Share"
        assert share.get("aria-label") == f"Share ask {ask.position}"


def test_the_page_tells_machines_what_it_is_without_a_script(client: FlaskClient) -> None:
    tree = html.fromstring(client.get(PAGE).text)
    image = tree.xpath("string(//meta[@property='og:image']/@content)")
    assert image.startswith(f"http://127.0.0.1:8000/en{PAGE}/share.png?v=")
    assert tree.xpath("string(//meta[@property='og:locale']/@content)") == "en_US"
    assert tree.xpath("string(//meta[@name='twitter:card']/@content)") == "summary_large_image"
    item = tree.xpath("//*[@itemtype='https://schema.org/Article']")[0]
    assert item.xpath("string(.//*[@itemprop='datePublished']/@content)") == "2026-03-04"
    authors = item.xpath(".//*[@itemprop='author']/meta/@content")
    assert authors == ["Friends of the Ondra", "Valley Fishers' Union", "Tomas Rehn"]
    assert client.get(urlsplit(image).path).content_type == "image/png"


def test_the_picture_is_drawn_once_and_kept_until_the_title_changes(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = runtime.settings.instance / "share"
    shelf.mkdir(parents=True)
    old = shelf / f"{make.SLUG}.en.0123456789abcdef.png"
    other = shelf / "another.en.0123456789abcdef.png"
    for path in (old, other):
        path.write_bytes(b"old")
    first = client.get(f"{PAGE}/share.png")
    assert first.data.startswith(b"\x89PNG")
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    assert not old.exists()
    assert other.exists()
    monkeypatch.setattr(sharing, "draw", lambda *_, **__: pytest.fail("drawn twice"))
    assert client.get(f"{PAGE}/share.png").data == first.data
    assert len(list(Path(shelf).iterdir())) == 2


def test_the_qr_code_leads_to_the_letter_and_has_no_style_or_script(client: FlaskClient) -> None:
    code = client.get(f"{PAGE}/qr.svg")
    assert code.content_type == "image/svg+xml"
    assert code.data == sharing.qr_svg(f"{HERE}?source=qr")
    assert b"style" not in code.data
    assert b"script" not in code.data
    assert client.get("/c/no-such-campaign/qr.svg").status_code == 404


@pytest.mark.parametrize("visibility", ["public", "initials", "hidden"])
def test_only_who_is_named_in_public_is_offered_words_that_say_they_signed(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, visibility: str
) -> None:
    make.sign(runtime, page, now=clock(), visibility=visibility)
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    signed = client.post(f"/confirm/{token}", data={"revision": "1"}).text
    tree = html.fromstring(signed)
    assert ("I have signed this letter." in unquote(signed)) == (visibility == "public")
    for address in tree.xpath("//@data-copy | //@data-share"):
        assert f"{PAGE}?source=" in address
        assert "signed" not in address


def test_after_signing_there_are_three_ways_to_share_a_picture_and_a_sentence_for_each_ask(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), visibility="hidden")
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    tree = html.fromstring(client.post(f"/confirm/{token}").text)
    section = tree.xpath("//section[@aria-labelledby='share-title']")[0]
    assert len(section.xpath("./p[@class='share-three']/*")) == 3
    assert "/share.png" in section.xpath("string(.//img/@src)")
    copied = section.xpath(".//ul[@class='sentences']//@data-copy")
    assert len(copied) == len(page.asks)
    for ask, sentence in zip(page.asks, copied, strict=True):
        assert f"“{ask.heading}” http" in sentence
        assert sentence.endswith(f"{PAGE}?source=ask-{ask.position}#ask-{ask.position}")
