"""Pages in several languages: by address, by what the browser asks for, and in the mails that follow."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask.testing import FlaskClient

from campaign import i18n
from campaign.domain.shown import CampaignPage
from campaign.runtime import Runtime
from campaign.web import create_app
from campaign.web.csrf import form_token
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

WORDS = {
    "fr": {"Sign the letter": "Signer la lettre", "Hello %(name)s,": "Bonjour %(name)s,"},
    "ug": {"Sign the letter": "خەتكە ئىمزا قويۇش"},
    "zh_Hant": {"Sign the letter": "聯署"},
}


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for locale, words in WORDS.items():
        catalog = Catalog(locale=locale)
        for message, translation in words.items():
            catalog.add(message, translation)
        compiled = BytesIO()
        write_mo(compiled, catalog)
        folder = tmp_path / "translations" / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.mo").write_bytes(compiled.getvalue())
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path / "translations")
    i18n.available_languages.cache_clear()
    i18n.catalogue.cache_clear()
    yield
    i18n.available_languages.cache_clear()
    i18n.catalogue.cache_clear()


@pytest.fixture
def app(catalogues: None, runtime: Runtime, page: CampaignPage, clock: Clock) -> Flask:
    return create_app(runtime, clock=clock)


@pytest.mark.parametrize(
    ("asked", "language"),
    [("fr-CA, en;q=0.5", "fr"), ("zh-HK", "zh-Hant"), ("de, pt", "en"), ("", "en"), ("ug", "ug")],
)
def test_a_page_speaks_the_language_the_browser_asks_for(
    client: FlaskClient, asked: str, language: str
) -> None:
    for _ in range(2):
        response = client.get(PAGE, headers={"Accept-Language": asked})
        assert f'<html lang="{language}"' in response.text
        assert "Accept-Language" in response.headers["Vary"]


def test_the_address_decides_over_the_browser_and_needs_no_vary(client: FlaskClient) -> None:
    response = client.get(f"/fr{PAGE}", headers={"Accept-Language": "ug"})
    assert '<html lang="fr" dir="ltr">' in response.text
    assert "Signer la lettre" in response.text
    assert "Accept-Language" not in response.headers["Vary"]
    for slug, code in {"en": "en", "ug": "ug", "zh-hant": "zh-Hant"}.items():
        assert f'hreflang="{code}" href="http://127.0.0.1:8000/{slug}{PAGE}"' in response.text


def test_uyghur_pages_run_from_right_to_left_and_the_english_letter_does_not(client: FlaskClient) -> None:
    text = client.get(f"/ug{PAGE}").text
    assert '<html lang="ug" dir="rtl">' in text
    assert 'id="letter" lang="en" dir="ltr"' in text


def test_a_supporter_stays_in_their_language_to_the_mail_and_behind_its_link(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    token = form_token(runtime.settings, make.SLUG, clock())
    sent = client.post(
        f"/fr{PAGE}/sign", data={"csrf_token": token, "name": "Rana", "email": "rana@mail.example"}
    )
    assert sent.headers["Location"] == f"/fr{PAGE}/check-your-inbox"
    mail = make.emails(runtime, kind="confirmation")[0]
    assert mail.text.startswith("Bonjour Rana,")
    shown = client.get(f"/confirm/{make.link(mail, 'confirm')}", headers={"Accept-Language": "en"})
    assert '<html lang="fr"' in shown.text


def test_a_language_that_has_no_catalogue_yet_leads_to_the_one_that_negotiates(client: FlaskClient) -> None:
    found = client.get(f"/bo{PAGE}?source=x")
    assert found.status_code == 302
    assert found.headers["Location"] == f"{PAGE}?source=x"
    assert client.post(f"/bo{PAGE}/sign").status_code == 307
    assert client.get("/bo//evil.example").headers.get("Location", "/").startswith("/")
