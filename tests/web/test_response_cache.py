"""Finished answers: who is served without asking the application, and that nobody can fill the memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from werkzeug.test import create_environ, run_wsgi_app

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web.response_cache import MOST_ARBITRARY, MOST_RESPONSES, ResponseCache, cache_response
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

# What these pages show does not depend on the database that it comes from.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GZIP = {"Accept-Encoding": "gzip"}


class Application:
    """Answers every path with its own address, lets it be cached, and notes what it was asked."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        self.asked.append(f"{path}?{query}")
        cache_response(
            environ,
            lambda: True,
            until=self.until,
            query=query if path == "/any" else "",
            is_arbitrary=path == "/any",
        )
        start_response("200 OK", [])
        return [f"{path}?{query}".encode()]


@pytest.fixture
def application(clock: Clock) -> Application:
    clock_now = clock()
    return Application(clock_now.replace(year=clock_now.year + 1))


@pytest.fixture
def cache(application: Application, clock: Clock) -> ResponseCache:
    return ResponseCache(application, clock)


def get(cache: ResponseCache, address: str) -> str:
    body, _, _ = run_wsgi_app(cache, create_environ(address))
    return b"".join(body).decode()


def test_an_answer_is_given_again_without_asking(cache: ResponseCache, application: Application) -> None:
    assert get(cache, "/page") == get(cache, "/page") == "/page?"
    assert application.asked == ["/page?"]


def test_an_answer_kept_by_a_clock_that_was_ahead_is_not_given(cache: ResponseCache, clock: Clock) -> None:
    key = ("/page", "", "localhost", None, False)
    get(cache, "/page")
    assert cache.answer_to(key)
    clock.forward(hours=-1)
    assert cache.answer_to(key) is None


def test_another_query_is_never_answered_with_this_one(
    cache: ResponseCache, application: Application
) -> None:
    for address in ("/page", "/page?x=1", "/any?x=1", "/any?x=2"):
        assert get(cache, address) == get(cache, address) == (address if "?" in address else f"{address}?")
    # A query that the view did not name is asked for each time.
    assert application.asked == ["/page?", "/page?x=1", "/page?x=1", "/any?x=1", "/any?x=2"]


def test_addresses_that_anybody_makes_up_have_little_room_and_crowd_out_nobody(
    cache: ResponseCache, application: Application
) -> None:
    get(cache, "/page")
    for number in range(2 * MOST_RESPONSES):
        get(cache, f"/any?{number}")
    application.asked.clear()
    get(cache, "/page")
    assert application.asked == []
    newest_first = [f"/any?{number}" for number in reversed(range(2 * MOST_RESPONSES))]
    for address in newest_first[:MOST_ARBITRARY]:
        get(cache, address)
    assert application.asked == []
    get(cache, newest_first[-1])
    assert application.asked == [newest_first[-1]]


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """The requests that reach the application meanwhile."""
    paths: list[str] = []

    def note(_: Flask, **__: object) -> None:
        paths.append("asked")

    with request_started.connected_to(note, app):
        yield paths


@on_one_database
@pytest.mark.parametrize("query", ["", "?source=mail", "?source=newsletter-7"])
def test_a_shared_link_is_answered_like_the_page_itself(app: Flask, client: FlaskClient, query: str) -> None:
    first = client.get(f"{PAGE}{query}", headers=GZIP)
    with asked(app) as requests:
        assert client.get(f"{PAGE}{query}", headers=GZIP).data == first.data
    assert requests == []


@on_one_database
def test_a_shared_link_shows_a_new_name_as_soon_as_the_page_itself(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    assert "Ana Lovrić" not in client.get(f"{PAGE}?source=mail").text
    make.sign_and_confirm(runtime, page, now=clock(), name="Ana Lovrić")
    assert "Ana Lovrić" in client.get(f"{PAGE}?source=mail").text


@pytest.mark.first_rows(3)
@on_one_database
@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("source=mail", "mail"),
        ("source=newsletter-7", "newsletter-7"),
        ("source=m%61il", "mail"),
        ("source=mail&source=qr", "mail"),
        ("utm_source=x&source=qr", "qr"),
        ("source=mail&", "mail"),
        ("source=", ""),
        ("source=%22%3E", ""),
        ("utm_source=x", ""),
    ],
)
def test_each_reader_gets_the_source_of_their_own_link(client: FlaskClient, query: str, source: str) -> None:
    for others in ("", "source=qr", query, "source=mail", "source=other"):
        client.get(f"{PAGE}?{others}")
    for _ in range(2):
        assert f'name="source" value="{source}"' in client.get(f"{PAGE}?{query}").text
