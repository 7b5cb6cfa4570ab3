"""After the form: the code of the email leads where its link leads, and nothing tells who has a form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing_form import CODE_TRIES
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import Campaign
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE, what_it_showed

FRAME = f"/embed{PAGE}"
RANA = "rana@mail.example"
REFUSED = "This code does not match this address, or it has expired."

Send = Callable[..., TestResponse]


@pytest.fixture
def type_code(client: FlaskClient) -> Send:
    """Types a code into the page that says what to do next."""

    def send(code: str, email: str = RANA, *, path: str = PAGE, **headers: str) -> TestResponse:
        headers = headers or {"Sec-Fetch-Site": "same-origin"}
        return client.post(f"{path}/confirm-code", data={"email": email, "code": code}, headers=headers)

    return send


@pytest.fixture
def ask_again(client: FlaskClient) -> Send:
    """Asks for the email once more."""

    def send(email: str = RANA, **headers: str) -> TestResponse:
        headers = headers or {"Sec-Fetch-Site": "same-origin"}
        return client.post(f"{PAGE}/send-again", data={"email": email}, headers=headers)

    return send


def code_in(mail: Any) -> str:
    """The first code of an email."""
    (code, *_) = re.findall(r"(?<!\d)\d{6}(?!\d)", mail.text)
    return str(code)


def other_than(code: str, number: int = 1) -> str:
    """A code that is wrong where this one is right."""
    return f"{(int(code) + number) % 1_000_000:06}"


def same_to_all(answer: TestResponse, email: str) -> tuple[int, list[tuple[str, str]], str]:
    """All that an answer says, but for the address that was typed."""
    return answer.status_code, sorted(answer.headers), answer.text.replace(email, "…")


@pytest.mark.both_databases
def test_the_code_of_the_email_leads_to_the_page_of_its_form_and_counts_nothing_by_itself(
    client: FlaskClient, type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), name="Rana Idris")
    mail = make.last_question(runtime)
    answer = type_code(code_in(mail))
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert "Rana Idris" in shown.text
    assert make.signature_count(runtime) == 0
    by_link = client.get(f"/confirm/{make.link(mail, 'confirm')}").text
    assert what_it_showed(shown.text) == what_it_showed(by_link)
    pressed = client.post(answer.location, data={"shown": what_it_showed(shown.text)})
    assert pressed.status_code == 200
    assert make.signature_count(runtime) == 1


@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "༠༡༢༣༤༥༦༧༨༩"])
def test_a_code_is_read_with_spaces_and_in_the_digits_of_any_script(
    type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock, digits: str
) -> None:
    make.sign(runtime, page, now=clock())
    code = code_in(make.last_question(runtime)).translate(str.maketrans("0123456789", digits))
    assert type_code(f" {code[:3]} {code[3:]} ", " rana@Mail.EXAMPLE ").status_code == 303


def test_the_code_of_each_of_several_forms_leads_to_its_own(
    client: FlaskClient, type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), name="First Form")
    codes = {"First Form": code_in(make.last_question(runtime))}
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), name="Second Form")
    codes["Second Form"] = code_in(make.last_question(runtime))
    for name, code in codes.items():
        assert name in client.get(type_code(code).location).text


def test_five_wrong_codes_end_the_code_and_never_the_link(
    client: FlaskClient, type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    mail = make.last_question(runtime)
    code = code_in(mail)
    for number in range(1, CODE_TRIES):
        assert type_code(other_than(code, number)).status_code == 422
    assert type_code(code).status_code == 303
    last = type_code(other_than(code, CODE_TRIES))
    ended = type_code(code)
    assert ended.status_code == 422
    assert same_to_all(ended, code) == same_to_all(last, code)
    confirmed = make.confirm(runtime, make.link(mail, "confirm"), now=clock())
    assert confirmed.number == 1


def test_a_code_ends_with_its_form_s_two_weeks(
    type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    code = code_in(make.last_question(runtime))
    clock.forward(days=13, hours=23)
    assert type_code(code).status_code == 303
    clock.forward(hours=1)
    assert type_code(code).status_code == 422


def test_a_code_is_good_for_its_own_letter_and_address_only(
    type_code: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="other")
    make.sign(runtime, page, now=clock())
    code = code_in(make.last_question(runtime))
    assert type_code(code, path="/c/other").status_code == 422
    assert type_code(code, "rana+letters@mail.example").status_code == 422
    assert type_code(code).status_code == 303


@pytest.mark.both_databases
def test_a_wrong_code_and_a_wish_for_the_email_are_answered_alike_whoever_the_address_belongs_to(
    type_code: Send, ask_again: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), email="signer@mail.example")
    make.sign(runtime, page, now=clock(), email="sender@mail.example")
    code = other_than(code_in(make.last_question(runtime)))
    for send in (lambda email: type_code(code, email), ask_again):
        answers = {
            email: same_to_all(send(email), email)
            for email in ("signer@mail.example", "sender@mail.example", "nobody@mail.example")
        }
        assert len({repr(answer) for answer in answers.values()}) == 1, answers
    refused = type_code(code)
    assert refused.status_code == 422
    assert REFUSED in refused.text
    assert refused.headers["Cache-Control"] == "no-store"


def test_the_email_comes_once_more_and_its_code_too(
    type_code: Send, ask_again: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    first = make.last_question(runtime)
    clock.forward(hours=2)
    answer = ask_again()
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/check-your-inbox")
    assert len(make.emails(runtime)) == 1, "a worker finds out whether there is a form"
    make.settle(runtime, now=clock())
    ask_again("nobody@mail.example")
    make.settle(runtime, now=clock())
    assert [mail.to_address for mail in make.emails(runtime)] == [RANA, RANA]
    second = make.last_question(runtime)
    assert type_code(code_in(second)).status_code == 303
    for mail in (first, second):
        assert make.shown(runtime, make.link(mail, "confirm"), now=clock()).form.name == "Rana Idris"


def test_who_has_signed_gets_no_email_by_asking_for_one(
    ask_again: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    before = len(make.emails(runtime))
    clock.forward(hours=2)
    ask_again()
    make.settle(runtime, now=clock())
    assert len(make.emails(runtime)) == before


def test_what_is_no_address_is_said_beside_its_field_and_not_lost(
    type_code: Send, ask_again: Send, page: CampaignPage
) -> None:
    answers = {"email": type_code("123456", "rana at home"), "email_again": ask_again("rana at home")}
    for field, answer in answers.items():
        assert answer.status_code == 422
        assert "<title>Error: " in answer.text
        assert f'id="error-{field}">Enter an email address like name@example.org.' in answer.text
        assert 'value="rana at home"' in answer.text


def test_no_other_site_types_codes_or_asks_for_emails(
    type_code: Send, ask_again: Send, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    code = code_in(make.last_question(runtime))
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert type_code(code, **elsewhere).status_code == 403
    assert ask_again(**elsewhere).status_code == 403
    assert type_code(code).status_code == 303


def test_in_a_frame_code_and_wish_open_a_tab_of_their_own(
    client: FlaskClient, runtime: Runtime, page: CampaignPage
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(embed_sites=["https://a.example"]))
        campaigns.raise_version(session, page.head.id)
    for host, target in ((FRAME, ["_blank", "_blank"]), (PAGE, [None, None])):
        shown = client.get(f"{host}/check-your-inbox")
        assert shown.status_code == 200
        forms = [form for form in re.findall(r"<form [^>]*>", shown.text) if 'method="post"' in form]
        assert [re.findall(r'action="([^"]*)"', form)[0] for form in forms] == [
            f"{PAGE}/confirm-code",
            f"{PAGE}/send-again",
        ]
        found = [(re.findall(r'target="([^"]*)"', form) or [None])[0] for form in forms]
        assert found == target
