"""One letter under a hundred thousand accents keeps the site busy for no more than any form does."""

import unicodedata

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.normal_form import in_normal_form
from campaign.runtime import Runtime
from campaign.web.csrf import form_token
from tests import make
from tests.conftest import Clock
from tests.waiting import little_work
from tests.web.conftest import PAGE

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
# Two bytes each, and in no order: as many as a form may hold.
HEAPS = {
    "accents above and below": "a" + "\u0300\u0316" * 50_000,
    "vowels that are marks in disguise": "\u0f73" * 70_000,
}


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("field", ["message", "name"])
@pytest.mark.parametrize("heap", HEAPS)
def test_a_heap_of_marks_in_the_signing_form_costs_nobody_else_a_second(
    client: FlaskClient, runtime: Runtime, clock: Clock, heap: str, field: str
) -> None:
    token = form_token(runtime.settings, make.SLUG, clock())
    filled = {"csrf_token": token, "name": "Rana Idris", "email": "rana@mail.example", field: HEAPS[heap]}
    with little_work(2):
        answer = client.post(
            f"{PAGE}/sign", data=filled, headers=SAME_ORIGIN, content_type="multipart/form-data"
        )
    assert answer.status_code in {303, 422}


def test_a_heap_of_marks_in_a_text_to_check_costs_nobody_else_a_second(app: Flask) -> None:
    filled = {"code": "ABCD-EFGH-JKMN", "text": HEAPS["accents above and below"]}
    with little_work(2):
        answer = app.test_client().post("/check", data=filled, content_type="multipart/form-data")
    assert answer.status_code in {404, 413}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_what_people_write_has_the_same_normal_form_as_ever(form: str) -> None:
    text = "Zoe\u0308 ئايگۈل  རྒྱ་མཚོ Nguye\u0302\u0303n 王小明 \u0e01\u0e33\u0e49 " * 100
    assert in_normal_form(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]
