"""A program calculates once and wants it to count many times, or brings what it made up."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.runtime import Runtime
from campaign.store.tables import Signature, SigningForm
from tests import make
from tests.conftest import Clock
from tests.web.test_proof_of_work import solved

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def solution(runtime: Runtime, page: CampaignPage, clock: Clock) -> str:
    """What a browser sends that has solved a challenge of this letter."""
    return solved(runtime.settings, clock())


def press(client: FlaskClient, token: str, solution: str) -> None:
    answer = client.post(f"/confirm/{token}", data={"altcha": solution}, headers=SAME_ORIGIN)
    assert answer.status_code == 200


@pytest.mark.slow
@pytest.mark.both_databases
def test_one_proof_speaks_for_one_suspected_form_and_not_for_a_hundred(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, solution: str
) -> None:
    for number in range(20):
        make.sign(runtime, page, now=clock(), email=f"program{number}@mail.example", is_suspected=True)
        token = make.link(make.last_question(runtime), "confirm")
        press(client, token, solution)
        press(client, token, solution)
    make.write_out(runtime, now=clock())
    assert make.signature_count(runtime) == 1
    with runtime.database.reading() as session:
        states = list(session.scalars(select(Signature.state)))
    assert states.count(SignatureState.CONFIRMED) == 1
    assert states.count(SignatureState.SUSPECTED) == 19


def test_the_proof_that_a_form_came_with_speaks_for_no_suspected_one(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, solution: str
) -> None:
    client.post(
        f"/c/{make.SLUG}/send-again",
        data={"email": "rana@mail.example", "altcha": solution},
        headers=SAME_ORIGIN,
    )
    make.sign(runtime, page, now=clock(), is_suspected=True)
    press(client, make.link(make.last_question(runtime), "confirm"), solution)
    assert make.signature_count(runtime) == 0


def test_a_proof_spent_at_the_button_brings_no_form_past_its_pace(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, solution: str
) -> None:
    make.sign(runtime, page, now=clock(), is_suspected=True)
    press(client, make.link(make.last_question(runtime), "confirm"), solution)
    assert make.signature_count(runtime) == 1
    client.post(
        f"/c/{make.SLUG}/send-again",
        data={"email": "rana@mail.example", "altcha": solution},
        headers=SAME_ORIGIN,
    )
    make.sign(runtime, page, now=clock(), email="rana+1@mail.example")
    asked = [mail for mail in make.emails(runtime) if mail.kind in ("confirmation", "already_signed")]
    assert len(asked) == 1


def test_who_is_proven_after_all_is_thanked_and_gets_the_links_to_change_and_withdraw(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, solution: str
) -> None:
    make.sign(
        runtime, page, now=clock(), is_suspected=True, officials=tuple(one.id for one in page.officials)
    )
    token = make.link(make.last_question(runtime), "confirm")
    make.confirm(runtime, token, now=clock())
    assert make.emails(runtime, kind="thanks") == []
    press(client, token, solution)
    make.write_out(runtime, now=clock())
    (thanks,) = make.emails(runtime, kind="thanks")
    assert make.link(thanks, "manage")
    assert {mail.state for mail in make.emails(runtime, kind="message")} == {"queued"}


def test_one_proof_lets_one_held_form_through_and_no_second(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, solution: str
) -> None:
    rush = [
        make.new_form(page, now=clock(), email=f"p{number}@mail.example", network="a network")
        for number in range(100)
    ]
    make.keep(runtime, *rush)
    make.settle(runtime, now=clock())
    asked, before = len(make.emails(runtime)), held(runtime)
    for number in range(90, 100):
        fields = {"email": f"p{number}@mail.example", "altcha": solution}
        client.post(f"/c/{make.SLUG}/send-again", data=fields, headers=SAME_ORIGIN)
    make.settle(runtime, now=clock())
    assert len(make.emails(runtime)) == asked + 1
    assert held(runtime) == before - 1


def held(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        forms = session.scalars(select(SigningForm.id).where(SigningForm.state == FormState.HELD))
        return len(forms.all())
