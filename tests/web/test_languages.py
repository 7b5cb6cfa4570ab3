"""Pages in several languages: by address, by what the browser asks for, and in the mails that follow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign import i18n
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web import create_app
from campaign.web.csrf import form_token
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

ALL = tuple(i18n.LANGUAGES)
SLUGS = {
    "en": "en",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "ug": "ug",
    "bo": "bo",
    "es": "es",
    "fr": "fr",
}


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-TW, zh, en", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO;q=0.9", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-MY", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("cmn-Hans-CN", "zh-Hans"),
        ("ug-CN", "ug"),
        ("bo-IN, en;q=0.9", "bo"),
        ("es-419,es;q=0.9", "es"),
        ("fr-CA, en;q=0.5", "fr"),
        ("en; q=0.4, fr; q=0.8", "fr"),
        ("fr;q=0, en", "en"),
        ("FR-ch", "fr"),
        ("de, pt, ug;q=0.1", "ug"),
        ("de, pt", "default"),
        ("*", "default"),
        ("", "default"),
        ("fr;q=x;;, ,", "default"),
    ],
)
def test_a_browser_s_wishes_lead_to_a_language(asked: str, language: str) -> None:
    assert i18n.negotiate(asked, ALL, "default") == language


def test_every_language_has_its_catalogue_and_its_own_names() -> None:
    assert tuple(language.code for language in i18n.available_languages()) == ALL
    assert {language.slug for language in i18n.available_languages()} == set(SLUGS)
    assert [one.code for one in i18n.LANGUAGES.values() if one.direction == "rtl"] == ["ug"]
    assert [one.code for one in i18n.LANGUAGES.values() if one.awaits_native_reader] == ["ug", "bo"]


@pytest.mark.slow
def test_the_address_comes_before_the_browser_and_the_browser_before_the_campaign(
    client: FlaskClient,
) -> None:
    for asked, code in {"fr-CA": "fr", "zh-HK": "zh-Hant", "de": "en", "": "en"}.items():
        for _ in range(2):  # the second answer comes from the door
            response = client.get(PAGE, headers={"Accept-Language": asked})
            assert f'<html lang="{code}"' in response.text
            assert "Accept-Language" in response.headers["Vary"]
    for slug, code in SLUGS.items():
        response = client.get(f"/{slug}{PAGE}", headers={"Accept-Language": "ug"})
        assert f'<html lang="{code}"' in response.text
        assert "Accept-Language" not in response.headers["Vary"]
        assert "Set-Cookie" not in response.headers


def test_a_page_names_its_address_in_every_language_and_the_one_for_all(client: FlaskClient) -> None:
    text = client.get(f"/fr{PAGE}").text
    for slug, code in SLUGS.items():
        assert f'hreflang="{code}" href="http://127.0.0.1:8000/{slug}{PAGE}"' in text
    assert f'hreflang="x-default" href="http://127.0.0.1:8000{PAGE}"' in text
    assert f'rel="canonical" href="http://127.0.0.1:8000/fr{PAGE}"' in text


def test_a_letter_without_a_translation_keeps_its_language_and_direction(client: FlaskClient) -> None:
    text = client.get(f"/ug{PAGE}").text
    assert '<html lang="ug" dir="rtl">' in text
    assert 'id="letter" lang="en" dir="ltr"' in text
    assert "خەتنىڭ ئۆزى تېخى بۇ تىلدا" in text
    assert "noto-naskh-arabic-regular" in text
    assert "noto-serif-tibetan-regular" not in text
    assert "woff2" not in client.get(f"/en{PAGE}").text


def test_a_published_translation_is_shown_as_one_and_the_original_is_named(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    assert "翁德拉河" not in client.get(f"/zh-hant{PAGE}").text
    make.translate(runtime, "zh-Hant", now=clock())
    text = client.get(f"/zh-hant{PAGE}").text
    assert 'id="letter" lang="zh-Hant" dir="ltr"' in text
    assert "<title>3 個團體請部長拯救翁德拉河</title>" in text
    assert "這是譯文；以原信為準。" in text
    assert f'href="/en{PAGE}" hreflang="en">閱讀英文原文</a>' in text
    assert 'value="The dam at Upper Ondra"' in text  # officials read the original's language
    assert "翁德拉河" in client.get("/zh-hant/c/save-the-river/signatures").text
    assert client.get(f"/zh-hant{PAGE}.json").json["language"] == "zh-Hant"  # type: ignore[index]
    make.campaign(runtime, slug="second", now=clock())
    home = client.get("/zh-hant/").text
    assert "3 個團體請部長拯救翁德拉河" in home
    assert '<h2 lang="en" dir="ltr"><a href="/zh-hant/c/second">3 groups ask' in home


def test_the_language_signed_in_goes_along_to_the_mail_and_behind_its_link(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    token = form_token(runtime.settings, make.SLUG, clock())
    sent = client.post(
        f"/fr{PAGE}/sign", data={"csrf_token": token, "name": "Rana", "email": "rana@mail.example"}
    )
    assert sent.headers["Location"] == f"/fr{PAGE}/check-your-inbox"
    make.settle(runtime, now=clock())
    mail = make.emails(runtime, kind="confirmation")[0]
    assert mail.text.startswith("Bonjour")
    link = f"/confirm/{make.link(mail, 'confirm')}"
    shown = client.get(link, headers={"Accept-Language": "en"})
    assert '<html lang="fr"' in shown.text
    assert f'action="/fr{link}"' in shown.text
    assert f'href="/es{link}"' in shown.text
    assert f'action="{link}"' in client.get(link, headers={"Accept-Language": "fr"}).text


@pytest.fixture
def only_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    file = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(i18n.catalogue_file(i18n.LANGUAGES["fr"]).read_bytes())
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    i18n.available_languages.cache_clear()
    i18n.catalogue.cache_clear()
    yield
    i18n.available_languages.cache_clear()
    i18n.catalogue.cache_clear()


def test_a_language_that_has_no_catalogue_leads_to_the_address_that_negotiates(
    only_french: None, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    app: Flask = create_app(runtime, clock=clock)
    client = app.test_client()
    found = client.get(f"/bo{PAGE}?source=x")
    assert found.status_code == 302
    assert found.headers["Location"] == f"{PAGE}?source=x"
    assert client.post(f"/bo{PAGE}/sign").status_code == 307
    assert client.get("/bo//evil.example").headers.get("Location", "/").startswith("/")


def test_a_letter_that_runs_the_other_way_is_a_sheet_and_each_part_says_its_own_language(
    client: FlaskClient, page: CampaignPage
) -> None:
    text = client.get(f"/ug{PAGE}").text
    assert '<article class="letter letter-sheet" id="letter" lang="en" dir="ltr"' in text
    assert re.findall(r'<li><a href="#ask-\d"(.*?)>', text) == [' lang="en" dir="ltr"'] * 3
    assert f'<bdi lang="en">{page.asks[0].heading}</bdi></label>' in text
    assert "letter-sheet" not in client.get(f"/en{PAGE}").text.split("<body")[1]


def test_on_a_tibetan_page_only_tibetan_names_have_room_for_stacked_letters(client: FlaskClient) -> None:
    unstacked = '<b class="signatory-name unstacked"><bdi>Friends of the Ondra'
    assert unstacked in client.get(f"/bo{PAGE}").text
    assert unstacked not in client.get(f"/en{PAGE}").text
