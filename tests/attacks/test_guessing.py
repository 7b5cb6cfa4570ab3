"""Somebody without the mailbox guesses: codes, links, and who has a form."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing_form import CODE_TRIES, CODES_COMPARED_A_DAY
from campaign.runtime import Runtime
from campaign.store.tables import LinkToken, SigningForm
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

HERS = "rana@mail.example"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def codes_in(mail: Any) -> list[str]:
    return re.findall(r"(?<!\d)\d{6}(?!\d)", mail.text)


def guess(client: FlaskClient, code: str, *, email: str = HERS, path: str = PAGE) -> TestResponse:
    fields = {"email": email, "code": code}
    return client.post(f"{path}/confirm-code", data=fields, headers=SAME_ORIGIN)


def wrong_codes(runtime: Runtime) -> list[str]:
    """Codes that no email has held."""
    right = {int(code) for mail in make.emails(runtime) for code in codes_in(mail)}
    return [f"{number:06}" for number in range(100) if number not in right]


@pytest.mark.slow
@pytest.mark.both_databases
def test_many_forms_of_one_address_do_not_multiply_the_chance_to_guess_a_code(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    """What counts is how many codes the guesses were compared with: each may be one in a million."""
    other = make.campaign(runtime, now=clock(), slug="other")
    compared = 0
    for hour in range(6):
        forms = [
            make.new_form(
                letter, now=clock(), name=f"{hour} {number}", proof=f"{hour} {number} {letter.head.id}"
            )
            for number in range(10)
            for letter in (page, other)
        ]
        make.keep(runtime, *forms)
        make.settle(runtime, now=clock())
        for code in wrong_codes(runtime)[:8]:
            for path in (PAGE, "/c/other"):
                before = tries(runtime)
                assert guess(client, code, path=path).status_code == 422
                compared += tries(runtime) - before
        clock.forward(hours=1)
    assert 0 < compared <= 1.25 * CODES_COMPARED_A_DAY


def tries(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.sum(SigningForm.code_tries))) or 0


def test_a_day_after_the_guessing_stops_codes_are_good_again_and_links_always_were(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for hour in range(6):
        make.sign(runtime, page, now=clock(), proof=f"solved {hour}")
        for code in wrong_codes(runtime)[:CODE_TRIES]:
            guess(client, code)
        clock.forward(hours=1)
    attacked = make.last_question(runtime)
    assert guess(client, codes_in(attacked)[0]).status_code == 422
    clock.forward(days=1)
    make.sign(runtime, page, now=clock(), name="Rana herself")
    mail = make.last_question(runtime)
    assert guess(client, codes_in(mail)[0]).status_code == 303
    assert make.confirm(runtime, make.link(attacked, "confirm"), now=clock()).number == 1


@pytest.mark.both_databases
def test_guesses_at_the_same_moment_are_no_more_than_one_after_the_other(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    right = codes_in(make.last_question(runtime))[0]
    wrong = wrong_codes(runtime)[:16]

    def try_one(code: str) -> int:
        return guess(app.test_client(), code).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(try_one, wrong)) == {422}
    assert tries(runtime) <= CODE_TRIES
    assert guess(app.test_client(), right).status_code == 422


def test_links_are_not_made_of_anything_and_open_nothing_elsewhere(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="other")
    make.sign(runtime, page, now=clock())
    token = make.link(make.last_question(runtime), "confirm")
    with runtime.database.reading() as session:
        kept = set(session.scalars(select(LinkToken.token_hash)))
    altered = [token[:-1], token + "A", token.swapcase(), "", "0", *kept, "%FF%00", "é" * 43]
    for guessed in altered:
        for kind in ("confirm", "withdraw", "manage", "unsubscribe"):
            assert client.get(f"/{kind}/{guessed}").status_code == 404
            pressed = client.post(f"/{kind}/{guessed}", data={"action": "withdraw"}, headers=SAME_ORIGIN)
            assert pressed.status_code == 404
    assert client.get(f"/c/other/confirm/{token}").status_code == 404
    confirmed = client.post(f"/confirm/{token}", headers=SAME_ORIGIN)
    assert confirmed.status_code == 200
    assert make.signature_count(runtime, "other") == 0


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("code", ["", "0", "１２３４５６", "x" * 10_000, "\x00", "00000000"])
def test_nonsense_in_place_of_a_code_is_a_page_with_its_mistake(
    client: FlaskClient,
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    code: str,
) -> None:
    make.sign(runtime, page, now=clock())
    for email in (HERS, "nobody@mail.example", "not an address", "a@b", "é@ü.example", "\x00"):
        assert guess(client, code, email=email).status_code == 422
