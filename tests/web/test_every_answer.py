"""What holds for every answer, whatever is asked: headers, cookies, hosts, sizes, errors."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web import create_app
from tests import make
from tests.conftest import Clock
from tests.waiting import little_work
from tests.web.conftest import PAGE

ANSWERS = [
    "/",
    PAGE,
    f"/en{PAGE}",
    f"{PAGE}.json",
    f"{PAGE}/signatures",
    f"{PAGE}/check-your-inbox",
    "/about",
    "/about-our-mail",
    "/confirm/no-such-token",
    "/manage/no-such-token",
    "/outbox",
    "/healthz",
    "/readyz",
    "/metrics",
    "/robots.txt",
    "/no/such/page",
    "/c/no-such-campaign",
    "/c/no-such-campaign.json",
]


@pytest.mark.first_rows(6)
@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_strict_headers_and_public_ones_no_cookie(client: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        response = client.open(path, method=method)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response.headers["Permissions-Policy"]
        assert response.headers["Referrer-Policy"]
        assert "Strict-Transport-Security" not in response.headers
        assert "Set-Cookie" not in response.headers
        assert response.status_code < 500


def test_https_installations_tell_browsers_to_stay_on_https(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    app = create_app(make_runtime(public_url="https://letters.example"), clock=clock)
    response = app.test_client().get("/", base_url="https://letters.example")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_pages_behind_secret_links_are_kept_and_told_nowhere(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    for path in (f"/confirm/{token}", "/confirm/unknown", "/outbox"):
        response = client.get(path)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost:x"])
def test_a_host_that_is_not_ours_is_refused(client: FlaskClient, host: str) -> None:
    response = client.get(PAGE, headers={"Host": host})
    assert response.status_code == 400
    assert "known under that name" in response.text


def test_only_the_public_host_is_ours_once_there_is_one(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    client = create_app(make_runtime(public_url="https://letters.example"), clock=clock).test_client()
    assert client.get("/", headers={"Host": "letters.example"}).status_code == 200
    assert client.get("/", headers={"Host": "letters.example:443"}).status_code == 200
    assert client.get("/", headers={"Host": "letters.example:8000"}).status_code == 400
    assert client.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_links_follow_the_public_address_and_never_the_host(client: FlaskClient) -> None:
    response = client.get(PAGE, headers={"Host": "localhost:9999"})
    assert "localhost:9999" not in response.text
    assert f'href="http://127.0.0.1:8000{PAGE}"' in response.text


def test_failures_are_pages_for_people_and_problems_for_programs(client: FlaskClient) -> None:
    page = client.get("/c/no-such-campaign")
    assert page.status_code == 404
    assert "There is no campaign at this address." in page.text
    problem = client.get("/c/no-such-campaign.json")
    assert problem.status_code == 404
    assert problem.content_type == "application/problem+json"
    assert problem.get_json()["detail"] == "There is no campaign at this address."
    wrong_verb = client.delete(PAGE)
    assert wrong_verb.status_code == 405
    assert "GET" in wrong_verb.headers["Allow"]


def test_a_crash_shows_a_number_and_logs_it_without_the_words(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/crash")
    def crash() -> str:
        raise ValueError(request.args["typed"])

    with caplog.at_level(logging.INFO):
        response = app.test_client().get("/crash?typed=rana@mail.example")
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "rana@mail.example" not in response.text + caplog.text
    assert "ValueError" in caplog.text
    number = response.text.split("<code>")[1].split("</code>")[0]
    assert number in caplog.text


def test_logs_name_the_route_and_neither_token_nor_person(
    client: FlaskClient, post: Callable[..., TestResponse], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="campaign.web"):
        client.get("/confirm/a-secret-token?email=rana@mail.example")
        post()
    assert "/confirm/<token>" in caplog.text
    for secret in ("a-secret-token", "rana@mail.example", "Rana", "127.0.0.1"):
        assert secret not in caplog.text


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x" * 100_000}, 422),
        ({"name": "\0"}, 422),
        ({"officials": "9" * 5000}, 422),
        ({"officials": "nobody"}, 422),
        ({"asks": "-1"}, 422),
        ({"country": "ZZ"}, 422),
        ({"visibility": "sealed\udcff".encode("utf-8", "surrogateescape")}, 422),
    ],
)
def test_monstrous_forms_are_refused_quickly(
    post: Callable[..., TestResponse], fields: dict[str, object], status: int
) -> None:
    with little_work(1):
        assert post(**fields).status_code == status


def test_forms_too_large_or_in_too_many_parts_are_refused_quickly(client: FlaskClient) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    for body, content_type in (
        (b"message=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"),
        (part * 1001 + b"--b--\r\n", "multipart/form-data; boundary=b"),
    ):
        with little_work(1):
            response = client.post(f"{PAGE}/sign", data=body, content_type=content_type)
        assert response.status_code == 413
        assert "That was too much at once" in response.text


def test_lone_surrogates_in_a_form_break_nothing(client: FlaskClient) -> None:
    response = client.post(
        f"{PAGE}/sign",
        data=b"name=%ED%A0%80%ED%B0%80&email=%ff%fe&message=%00%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 403  # and not a crash: the token is missing too
