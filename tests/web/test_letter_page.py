"""The letter's page as caches, programs and readers of other languages meet it."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.store.tables import Campaign
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE


def test_asks_have_anchors_and_officials_without_address_are_told_so(client: FlaskClient) -> None:
    text = client.get(PAGE).text
    for position in (1, 2, 3):
        assert f'id="ask-{position}"' in text
        assert f'href="#ask-{position}"' in text
    assert "No email on file: we print and hand over." in text
    assert "minister@waters.example" not in text


def test_the_page_is_the_same_bytes_for_everybody_and_again_after_an_hour_anew(
    client: FlaskClient, clock: Clock
) -> None:
    first = client.get(PAGE)
    clock.forward(minutes=30)
    assert client.get(PAGE).data == first.data
    clock.forward(minutes=30)
    assert client.get(PAGE).data != first.data
    assert first.headers["Cache-Control"] == "public, no-cache"


def test_who_has_the_page_already_gets_304_until_something_changes(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    tag = client.get(PAGE).headers["ETag"]
    again = client.get(PAGE, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    make.sign_and_confirm(runtime, page, now=clock())
    changed = client.get(PAGE, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert "Rana Idris" in changed.text


def test_a_name_that_pages_follow_is_there_and_a_withdrawn_one_no_more(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for _ in range(2):
        assert "Be among the first to add your name." in client.get(PAGE).text
    confirmed = make.sign_and_confirm(runtime, page, now=clock())
    for _ in range(2):
        assert "Rana Idris" in client.get(PAGE).text
    asked = client.post(f"/manage/{confirmed.manage_token}", data={"action": "withdraw"})
    assert "Withdraw your signature?" in asked.text
    assert "Rana Idris" in client.get(PAGE).text
    client.post(f"/manage/{confirmed.manage_token}", data={"action": "withdraw-for-good"})
    for _ in range(2):
        assert "Rana Idris" not in client.get(PAGE).text


@pytest.mark.both_databases
def test_a_campaign_that_reaches_its_last_day_closes_by_itself(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        session.get_one(Campaign, page.head.id).closes_at = clock() + timedelta(minutes=5)
        session.get_one(Campaign, page.head.id).version += 1
    assert 'name="email"' in client.get(PAGE).text
    clock.forward(minutes=6)
    text = client.get(PAGE).text
    assert 'name="email"' not in text
    assert "This letter is closed" in text


def test_who_takes_gzip_gets_the_same_page_compressed(client: FlaskClient) -> None:
    plain, packed = client.get(PAGE), client.get(PAGE, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_source_tag_travels_with_the_form_and_nothing_else_does(client: FlaskClient) -> None:
    assert 'name="source" value="mail-3"' in client.get(f"{PAGE}?source=mail-3").text
    for text in ('"><b>', "a b", "x" * 81):
        response = client.get(PAGE, query_string={"source": text})
        assert 'name="source" value=""' in response.text


def test_the_json_tells_what_the_page_shows_to_any_site(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Nora Quill", email="a@mail.example", visibility=Visibility.INITIALS
    )
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Sealed Lips", email="h@mail.example", visibility=Visibility.HIDDEN
    )
    response = client.get(f"{PAGE}.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("public")
    document = response.get_json()
    assert document["title"] == "3 groups ask the minister to save the River Ondra"
    assert document["counts"]["signatures"] == 3
    assert [ask["position"] for ask in document["asks"]] == [1, 2, 3]
    names = [one["name"] for one in document["signatories"]]
    assert "Rana Idris" in names
    assert "N. Q." in names
    text = json.dumps(document)
    for private in ("Nora Quill", "Sealed Lips", "mail.example", "waters.example"):
        assert private not in text
    assert client.get(f"{PAGE}.json", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_names_are_paged_and_a_false_link_to_more_is_not_found(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.web.public.names.ON_A_PAGE", 2)
    for name in ("Ann", "Bea", "Cid"):
        clock.forward(seconds=1)
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=f"{name}@mail.example")
    first = client.get(f"{PAGE}/signatures?newest=y").text
    assert "Cid" in first
    assert "Bea" in first
    assert "Ann" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Ann" in client.get(following).text
    assert client.get(f"{PAGE}/signatures?after=nonsense").status_code == 404


def test_a_page_under_a_language_keeps_that_language_in_its_addresses(client: FlaskClient) -> None:
    text = client.get(f"/en{PAGE}").text
    assert f'action="/en{PAGE}/sign"' in text
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/en{PAGE}">' in text


def test_with_several_open_letters_the_front_page_lists_them(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    assert "Dear Minister Lindqvist" in client.get("/").text
    make.campaign(runtime, now=clock(), slug="another-letter")
    text = client.get("/").text
    assert "Letters open for signatures" in text
    assert 'href="/c/another-letter"' in text


def test_static_files_are_kept_for_ever_by_the_name_of_their_content(client: FlaskClient) -> None:
    path = client.get(PAGE).text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content_type == "text/css; charset=utf-8"
    assert b"@layer" in gzip.decompress(response.data)
    old = "/static/000000000000/" + path.split("/", 3)[3]
    assert client.get(old).headers["Cache-Control"] == "no-cache"
    assert client.get("/static/x/../../pyproject.toml").status_code == 404


def test_a_page_s_modules_are_one_file_and_keep_their_own_names(client: FlaskClient) -> None:
    (path,) = re.findall(r'<script type="module" fetchpriority="low" src="([^"]+)"', client.get(PAGE).text)
    assert path.endswith("/js/letter+own_words+proof_of_work+copy+share+count.js")
    script = client.get(path)
    assert script.content_type == "text/javascript; charset=utf-8"
    # Both have a constant of this name.
    assert len(re.findall(r"(?m)^\{\n(?:(?!^\}$)[\s\S])*?^const status = ", script.text)) == 2
    for unknown in ("letter+nothing", "letter+..", "+", "letter+"):
        assert client.get(f"{path.rsplit('/', 1)[0]}/{unknown}.js").status_code == 404


def test_the_whole_page_is_light(client: FlaskClient) -> None:
    page = client.get(PAGE, headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(page.data).decode()
    paths = [piece.split('"')[0] for piece in text.split('"/static/')[1:]]
    sizes = [
        len(client.get(f"/static/{path}", headers={"Accept-Encoding": "gzip"}).data) for path in set(paths)
    ]
    assert len(page.data) + sum(sizes) < 60_000


def test_an_app_made_twice_in_a_process_works_twice(
    app: Flask, runtime: Runtime, clock: Clock, post: Callable[..., TestResponse]
) -> None:
    from campaign.web import create_app

    assert create_app(runtime, clock=clock).test_client().get(PAGE).status_code == 200
    assert post().status_code == 303
