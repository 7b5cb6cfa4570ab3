"""Forms that no browser sends: each is answered with a page and a sentence, and breaks nothing for others."""

import base64
import json
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import SigningForm
from campaign.web.csrf import form_token
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

Post = Callable[..., TestResponse]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def kept(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SigningForm)) or 0


MONSTERS: Mapping[str, Mapping[str, object]] = {
    "a megabyte of words": {"message": "x" * 1_000_000},
    "a megabyte of a name": {"name": "x" * 1_000_000},
    "a thousand officials": {"officials": [str(number) for number in range(1_001)]},
    "a number that is too long for any database": {"officials": "9" * 5_000},
    "a negative ask": {"asks": "-1"},
    "a NUL in the address": {"email": "rana\x00@mail.example"},
    "lines in the address": {"email": "rana@mail.example\nBcc: all@mail.example"},
    "an address with a name": {"email": "Rana <rana@mail.example>"},
    "two addresses": {"email": "rana@mail.example,lin@mail.example"},
    "a name that is a link": {"name": "Free money at pills.com"},
    "an organization that is a link": {"organization": "https://pills.com/x"},
    "a role that is a link": {"role": "pills․com"},
    "an unknown visibility": {"visibility": "everybody"},
    "an unknown capacity": {"capacity": "king"},
    "a token of nothing": {"csrf_token": "é" * 200},
    "a token that is a list": {"csrf_token": ["", ""]},
}


@pytest.mark.first_rows(5)
@pytest.mark.parametrize("monster", MONSTERS)
def test_what_no_browser_sends_is_refused_with_a_sentence_and_not_kept(
    post: Post, runtime: Runtime, page: CampaignPage, monster: str
) -> None:
    answer = post(**MONSTERS[monster])
    assert answer.status_code in {400, 403, 413, 422}, answer.status_code
    assert "<h1" in answer.text
    assert kept(runtime) == 0
    assert post().status_code == 303


def as_solution(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


BOMBS = {
    "lists in lists": base64.b64encode(b"[" * 1_400).decode(),
    "objects in objects": base64.b64encode(b'{"a":' * 280).decode(),
    "a number of a thousand digits": base64.b64encode(b'{"number":' + b"9" * 1_200 + b"}").decode(),
    "not a number": base64.b64encode(b'{"algorithm":"SHA-256","number":NaN}').decode(),
    "half a surrogate": as_solution({"algorithm": "SHA-256", "number": 1, "salt": "\ud800", "challenge": ""}),
    "other types": as_solution({"algorithm": "SHA-256", "number": True, "salt": [], "challenge": {}}),
    "megabytes": "A" * 200_000,
}


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_solution_that_is_a_bomb_is_a_form_without_one(
    post: Post, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, bomb: str
) -> None:
    assert post(altcha=BOMBS[bomb]).status_code == 303
    make.settle(runtime, now=clock())
    token = make.link(make.last_question(runtime), "confirm")
    pressed = client.post(f"/confirm/{token}", data={"altcha": BOMBS[bomb]}, headers=SAME_ORIGIN)
    assert pressed.status_code == 200


def test_nobody_signs_a_draft_or_a_closed_letter_with_a_token_of_an_open_one(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="draft", publish=False)
    make.campaign(runtime, now=clock(), slug="closed")
    with runtime.database.transaction() as session:
        campaigns.set_state(session, "closed", CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())
    for slug, statuses in {"draft": {404}, "closed": {403, 409}, "nowhere": {404}}.items():
        for token in (
            form_token(runtime.settings, make.SLUG, clock()),
            form_token(runtime.settings, slug, clock()),
        ):
            fields = {"csrf_token": token, "name": "Rana Idris", "email": "rana@mail.example"}
            answer = client.post(f"/c/{slug}/sign", data=fields, headers=SAME_ORIGIN)
            assert answer.status_code in statuses, slug
    assert kept(runtime) == 0


def test_a_form_that_names_officials_of_another_letter_is_refused(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    other = make.campaign(runtime, now=clock(), slug="other")
    for field, ids in {"officials": other.officials, "asks": other.asks}.items():
        assert post(**{field: [str(one.id) for one in ids]}).status_code == 422
    assert kept(runtime) == 0


def test_signs_of_templates_in_a_form_stay_signs(
    post: Post, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    """The emails are made of patterns, in which a name must not become a place for something else."""
    official = str(page.officials[0].id)
    name = "{{ number }} {% raw %} %(name)s {0} $code"
    assert post(name=name, message=name, officials=official).status_code == 303
    make.settle(runtime, now=clock())
    token = make.link(make.last_question(runtime), "confirm")
    make.confirm(runtime, token, now=clock())
    for mail in (*make.emails(runtime, kind="message"), *make.emails(runtime, kind="thanks")):
        assert name in mail.text
    assert client.get(PAGE).status_code == 200
