"""Links to further names give nothing away, and open nothing that we have not made."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.campaign_page import CampaignPage
from campaign.errors import NotFoundError
from campaign.runtime import Runtime
from campaign.services.campaigns.signatories import Position
from campaign.settings import load_settings
from campaign.web.public.page_tokens import page_token, position_of
from tests import make
from tests.conftest import Clock
from tests.make import changed_settings
from tests.web.conftest import PAGE

KEY, NEW_KEY = "3kq9zP0vXw71mJtYb5RsNfLd8cUe2HgA", "Qw7Zr5Tn1Vx9Lp3Kc8Mb4Jh6Gf2Ds0Ya"
SETTINGS = load_settings({"CAMPAIGN_SECRET_KEY": KEY, "CAMPAIGN_INSTANCE": "/nowhere"})
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1))  # noqa: DTZ001
IDS = st.integers(min_value=1, max_value=2**62)


@given(MOMENTS, IDS)
def test_a_link_leads_back_to_its_place_and_holds_neither_time_nor_number(
    moment: datetime, number: int
) -> None:
    token = page_token(SETTINGS, 1, Position(moment, number))
    assert position_of(SETTINGS, 1, token) == Position(moment, number)
    sealed = urlsafe_b64decode(token + "==")
    assert len(sealed) == 32
    microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert microseconds.to_bytes(8, "big", signed=True)[2:] not in sealed


@given(MOMENTS, IDS)
def test_neighbouring_places_have_links_that_have_nothing_in_common(moment: datetime, number: int) -> None:
    one, next_one = (page_token(SETTINGS, 1, Position(moment, place)) for place in (number, number + 1))
    assert sum(a == b for a, b in zip(one, next_one, strict=True)) < 12


@given(st.text() | st.binary(max_size=64).map(lambda raw: raw.hex()))
def test_a_link_that_is_made_up_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError):
        position_of(SETTINGS, 1, text)


def test_a_link_of_another_campaign_or_another_key_is_not_found(now: datetime) -> None:
    token = page_token(SETTINGS, 1, Position(now, 7))
    with pytest.raises(NotFoundError):
        position_of(SETTINGS, 2, token)
    with pytest.raises(NotFoundError):
        position_of(changed_settings(SETTINGS, secret_key=NEW_KEY), 1, token)
    rotated = changed_settings(SETTINGS, secret_key=NEW_KEY, secret_key_fallbacks=(KEY,))
    assert position_of(rotated, 1, token) == Position(now, 7)


def test_page_and_json_link_to_further_names_without_a_time(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.web.public.names.ON_A_PAGE", 1)
    for name in ("Ann", "Bea"):
        clock.forward(seconds=1)
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=f"{name}@mail.example")
    following = client.get(f"{PAGE}.json").json["next"]
    assert "2026" not in following
    assert "Ann" in client.get(following).text
    for old in (f"{clock():%Y%m%dT%H%M%S.%f}-1", "x", "%00", "é", "=" * 9, "A" * 43):
        answer = client.get(f"{PAGE}/signatures?after={old}")
        assert answer.status_code == 404, old
    assert client.get(f"{PAGE}/signatures?after=").status_code == 200
