"""A drawn page and its copies for shared links: compressed once each, in bounded room."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from campaign.web.public.page_cache import MOST_OTHER_SOURCES, CachedBody
from campaign.web.public.sources import KNOWN_SOURCES
from tests.web.conftest import PAGE

PLAIN = b'<form><input type="hidden" name="source" value=""></form>'


def test_the_source_of_a_link_stands_in_the_form_compressed_or_not() -> None:
    body = CachedBody.of(PLAIN)
    for source in ("", "mail", "newsletter-7"):
        expected = PLAIN.replace(b'""', f'"{source}"'.encode())
        assert body.plain_with(source) == expected
        assert gzip.decompress(body.compressed_with(source)) == expected


def test_a_page_is_compressed_once_for_each_of_our_sources_whatever_strangers_ask_for() -> None:
    body = CachedBody.of(PLAIN)
    ours = {source: body.compressed_with(source) for source in KNOWN_SOURCES}
    theirs = {number: body.compressed_with(f"made-up-{number}") for number in range(1000)}
    assert all(body.compressed_with(source) is copy for source, copy in ours.items())
    # The newest are still there; asking for these puts none of them out.
    newest = range(1000 - MOST_OTHER_SOURCES, 1000)
    assert all(body.compressed_with(f"made-up-{number}") is theirs[number] for number in newest)
    assert body.compressed_with("made-up-0") is not theirs[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_link_that_a_page_hands_out_has_a_source_that_is_ours(client: FlaskClient) -> None:
    handed_out = set(re.findall(r"source(?:=|%3D)([\w-]+)", client.get(PAGE).text))
    assert len(handed_out) > 8
    assert handed_out <= KNOWN_SOURCES
