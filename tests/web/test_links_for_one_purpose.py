"""A link in a mail does what it says, and nothing else: a forwarded mail gives away no more than that."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from tests import make
from tests.conftest import Clock

# What a spot check's link opens is tried in tests/journeys/test_spot_check.py.
PURPOSES = ("confirm", "withdraw", "manage", "unsubscribe")


@pytest.fixture
def tokens(runtime: Runtime, page: CampaignPage, clock: Clock) -> Mapping[str, str]:
    """The token of each link that one supporter's mails hold."""
    make.sign(runtime, page, now=clock(), name="Rana Idris", words="My well is dry.", updates=True)
    (asking,) = make.emails(runtime, kind="confirmation")
    confirm = make.link(asking, "confirm")
    make.confirm(runtime, confirm, now=clock())
    (thanks,) = make.emails(runtime, kind="thanks")
    return {"confirm": confirm} | {purpose: make.link(thanks, purpose) for purpose in PURPOSES[1:]}


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_opens_the_page_of_its_purpose_and_no_other(
    client: FlaskClient, tokens: Mapping[str, str], purpose: str
) -> None:
    for path in PURPOSES:
        for answer in (client.get(f"/{path}/{tokens[purpose]}"), client.head(f"/{path}/{tokens[purpose]}")):
            assert (answer.status_code == 404) == (path != purpose), path


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_button_works_with_a_link_that_was_meant_for_another(
    client: FlaskClient, runtime: Runtime, tokens: Mapping[str, str], purpose: str
) -> None:
    for path, actions in (
        ("confirm", ["confirm"]),
        ("withdraw", ["withdraw"]),
        ("unsubscribe", ["unsubscribe"]),
        ("manage", ["change", "withdraw", "erase", "erase-for-good"]),
        ("vouch", ["yes"]),
    ):
        for action in actions:
            if path != purpose:
                form = {"action": action, "answer": action, "visibility": "public", "revision": "1"}
                answer = client.post(f"/{path}/{tokens[purpose]}", data=form)
                assert answer.status_code == 404, (path, action)
    assert client.get(f"/manage/{tokens['manage']}").status_code == 200
    assert make.signature_count(runtime) == 1


@pytest.mark.parametrize("path", ["withdraw", "manage"])
def test_no_other_site_presses_the_button_of_a_link(
    client: FlaskClient, runtime: Runtime, tokens: Mapping[str, str], path: str
) -> None:
    pressed = client.post(
        f"/{path}/{tokens[path]}",
        data={"action": "erase-for-good"},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert pressed.status_code == 403
    assert make.signature_count(runtime) == 1


@pytest.mark.parametrize("purpose", ["unsubscribe", "withdraw"])
def test_the_page_of_such_a_link_names_the_letter_and_nobody(
    client: FlaskClient, tokens: Mapping[str, str], purpose: str
) -> None:
    text = client.get(f"/{purpose}/{tokens[purpose]}").text
    assert "save the River Ondra" in text
    for personal in ("Rana", "Idris", "mail.example", "r…", "My well is dry"):
        assert personal not in text


def test_a_mail_program_can_end_news_and_nothing_else(
    client: FlaskClient, runtime: Runtime, tokens: Mapping[str, str]
) -> None:
    one_click = {"List-Unsubscribe": "One-Click"}
    for path in ("withdraw", "manage"):
        assert (
            client.post(
                f"/{path}/{tokens['unsubscribe']}", data={**one_click, "visibility": "public"}
            ).status_code
            == 404
        )
    assert client.post(f"/unsubscribe/{tokens['unsubscribe']}", data=one_click).status_code == 204
    assert make.signature_count(runtime) == 1
