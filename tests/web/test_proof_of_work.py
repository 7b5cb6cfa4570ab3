"""The form's proof of work: a challenge for each form, harder for a network in a rush; it refuses nobody."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from altcha.v1 import solve_challenge
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from campaign.domain.proof_of_work import EASIEST, HARDEST
from campaign.runtime import Runtime
from campaign.settings import Settings
from campaign.web import create_app
from campaign.web.public.proof_of_work import UNPROVEN, check_solution, checked, new_challenge
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

CHALLENGE = f"{PAGE}/proof"
HERE, ELSEWHERE = "203.0.113.77", "198.51.100.7"
EASY = 20
DAY = timedelta(days=1)


def as_sent(**solution: object) -> str:
    return base64.b64encode(json.dumps(solution).encode()).decode()


def solved(settings: Settings, now: datetime, slug: str = make.SLUG, **changes: object) -> str:
    """What a browser sends for an easy challenge, but for the changes."""
    return as_sent(**(parts(settings, now, slug) | changes))


def parts(settings: Settings, now: datetime, slug: str = make.SLUG) -> dict[str, Any]:
    challenge = new_challenge(settings, slug, difficulty=EASY, now=now)
    solution = solve_challenge(challenge)
    assert solution is not None
    return {
        "algorithm": challenge.algorithm,
        "challenge": challenge.challenge,
        "number": solution.number,
        "salt": challenge.salt,
        "signature": challenge.signature,
    }


def difficulty_for(client: FlaskClient, address: str) -> int:
    answer = client.get(CHALLENGE, environ_base={"REMOTE_ADDR": address})
    return int(answer.get_json()["maxnumber"])


def test_the_page_s_form_says_where_its_challenge_is_and_is_the_same_for_all(client: FlaskClient) -> None:
    first, second = client.get(PAGE), client.get(PAGE, environ_base={"REMOTE_ADDR": ELSEWHERE})
    (widget,) = html.fromstring(first.text).xpath("//form[contains(@class, 'sign-form')]//altcha-widget")
    assert widget.get("challenge") == CHALLENGE
    assert first.data == second.data


@pytest.mark.parametrize("path", ["/ug/c/save-the-river", "/embed/c/save-the-river"])
def test_every_page_with_the_form_leads_to_a_challenge_that_is_there(client: FlaskClient, path: str) -> None:
    (address,) = html.fromstring(client.get(path).text).xpath("//altcha-widget/@challenge")
    assert client.get(address).status_code == 200


def test_each_form_gets_a_challenge_of_its_own_that_no_cache_keeps(client: FlaskClient) -> None:
    first, second = client.get(CHALLENGE), client.get(CHALLENGE)
    assert first.headers["Cache-Control"] == "no-store"
    assert set(first.get_json()) == {"algorithm", "challenge", "salt", "signature", "maxnumber"}
    assert first.get_json()["challenge"] != second.get_json()["challenge"]


def test_what_the_page_hands_out_can_be_solved_and_is_taken(
    client: FlaskClient, app: Flask, clock: Clock
) -> None:
    challenge = client.get(CHALLENGE).get_json()
    most = challenge.pop("maxnumber")
    solution = solve_challenge(challenge["challenge"], challenge["salt"], "SHA-256", most)
    assert solution is not None
    clock.forward(minutes=5)
    with app.test_request_context():
        proof = checked(make.SLUG, {"altcha": as_sent(**challenge, number=solution.number)})
    assert proof.is_solved
    assert proof.id == challenge["challenge"]
    assert proof.difficulty == EASIEST
    assert proof.age is not None
    assert timedelta(minutes=5) <= proof.age <= timedelta(minutes=5, seconds=1)


def test_a_form_without_a_solution_is_no_error(app: Flask) -> None:
    with app.test_request_context():
        assert checked(make.SLUG, {}) == UNPROVEN


@pytest.mark.parametrize(
    "solution",
    [
        "",
        "no base64!",
        "AAAA",
        "\ud800",
        "Ünïcode",
        "A" * 100_000,
        base64.b64encode(b"[" * 1400).decode(),
        base64.b64encode(b'{"algorithm":').decode(),
        as_sent(),
        as_sent(algorithm="SHA-256"),
        as_sent(algorithm=["SHA-256"], challenge=[], number={}, salt=None, signature=7),
        as_sent(algorithm="SHA-256", challenge="a", number=10**12, salt="a", signature="a"),
        as_sent(algorithm="SHA-256", challenge="a", number=True, salt="a", signature="a"),
        as_sent(algorithm="SHA-256", challenge="a", number=1.0, salt="a", signature="a"),
        as_sent(algorithm="SHA-256", challenge="\ud800", number=1, salt="\ud800", signature="\ud800"),
        base64.b64encode(json.dumps([1, 2]).encode()).decode(),
        base64.b64encode(b'{"algorithm":"SHA-256","number":' + b"9" * 1_000 + b"}").decode(),
    ],
)
def test_nonsense_solves_nothing_and_breaks_nothing(settings: Settings, now: datetime, solution: str) -> None:
    assert check_solution(settings, make.SLUG, solution, now=now) == UNPROVEN


def test_a_solution_with_anything_changed_is_none(settings: Settings, now: datetime) -> None:
    right = parts(settings, now)
    assert check_solution(settings, make.SLUG, as_sent(**right), now=now).is_solved
    later = right["salt"].replace("expires=1", "expires=2")
    harder = right["salt"].replace("difficulty=20", "difficulty=3200000")
    assert right["salt"] not in {later, harder}
    for change in (
        {"number": right["number"] + 1},
        {"salt": later},
        {"salt": harder},
        {"salt": right["salt"] + "expires=2000000000&"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"challenge": right["challenge"].upper()},
        {"algorithm": "SHA-1"},
    ):
        assert not check_solution(settings, make.SLUG, as_sent(**(right | change)), now=now).is_solved, change


def test_whoever_makes_up_a_challenge_cannot_sign_it(settings: Settings, now: datetime) -> None:
    stranger = replace(settings, secret_key="n" * 40)
    assert not check_solution(settings, make.SLUG, solved(stranger, now), now=now).is_solved


def test_what_was_solved_for_one_letter_is_worth_nothing_for_another_one(
    settings: Settings, now: datetime
) -> None:
    solution = solved(settings, now, "another-letter")
    assert check_solution(settings, "another-letter", solution, now=now).is_solved
    assert not check_solution(settings, make.SLUG, solution, now=now).is_solved


def test_a_solution_is_good_as_long_as_its_form(settings: Settings, now: datetime) -> None:
    solution = solved(settings, now)
    assert check_solution(settings, make.SLUG, solution, now=now + DAY).is_solved
    assert not check_solution(settings, make.SLUG, solution, now=now + DAY + timedelta(hours=2)).is_solved
    assert not check_solution(settings, make.SLUG, solution, now=now - timedelta(hours=1)).is_solved


def test_a_challenge_from_before_the_secret_key_was_changed_stays_good(
    settings: Settings, now: datetime
) -> None:
    solution = solved(settings, now)
    rotated = replace(settings, secret_key="n" * 40, secret_key_fallbacks=(settings.secret_key,))
    assert check_solution(rotated, make.SLUG, solution, now=now).is_solved
    forgotten = replace(settings, secret_key="n" * 40, secret_key_fallbacks=())
    assert not check_solution(forgotten, make.SLUG, solution, now=now).is_solved


def test_the_same_solution_sent_twice_has_the_same_id_however_it_is_written(
    settings: Settings, now: datetime
) -> None:
    right = parts(settings, now)
    spellings = [
        as_sent(**right),
        as_sent(**dict(reversed(right.items())), took=17),
        as_sent(**(right | {"salt": right["salt"].removesuffix("&")})),
    ]
    ids = {check_solution(settings, make.SLUG, spelling, now=now).id for spelling in spellings}
    assert ids == {right["challenge"]}
    assert len(right["challenge"]) == 64


def test_a_network_in_a_rush_gets_harder_challenges_and_others_do_not(client: FlaskClient) -> None:
    asked = [difficulty_for(client, HERE) for _ in range(301)]
    assert asked == sorted(asked)
    assert asked[0] == asked[19] == EASIEST
    assert asked[20] == 4 * EASIEST
    assert asked[-1] == HARDEST
    assert difficulty_for(client, ELSEWHERE) == EASIEST


def test_when_a_rush_is_over_challenges_are_easy_again(client: FlaskClient, clock: Clock) -> None:
    for _ in range(50):
        difficulty_for(client, HERE)
    clock.forward(minutes=12)
    assert difficulty_for(client, HERE) == 4 * EASIEST  # a part of it is within ten minutes still
    clock.forward(minutes=20)
    assert difficulty_for(client, HERE) == EASIEST


def test_there_is_no_challenge_for_a_letter_that_is_not_there(client: FlaskClient) -> None:
    answer = client.get("/c/no-such-letter/proof")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_the_solution_goes_along_from_the_preview(post: Callable[..., TestResponse]) -> None:
    with_solution = html.fromstring(post("/preview", altcha="c29sdmVk").text)
    assert with_solution.xpath("//input[@name='altcha']/@value") == ["c29sdmVk"]
    assert not with_solution.xpath("//altcha-widget")
    without = html.fromstring(post("/preview").text)
    assert without.xpath("//form//altcha-widget/@auto") == ["onload"]


def test_where_it_is_turned_off_no_form_asks_for_a_proof(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    runtime = make_runtime(proof_of_work="off")
    make.campaign(runtime, now=clock())
    client = create_app(runtime, clock=clock).test_client()
    page = client.get(PAGE).text
    assert "altcha" not in page
    assert "proof_of_work" not in page
    assert client.get(CHALLENGE).status_code == 404
