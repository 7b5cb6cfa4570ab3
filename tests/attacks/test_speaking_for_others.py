"""A stranger, or whoever a link was leaked to, wants to expose somebody or put words into their mouth."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.store.tables import OutboxEmail, SigningForm
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE, what_it_showed

Post = Callable[..., TestResponse]
HERS = "rana@mail.example"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.both_databases
def test_a_stranger_s_second_form_does_not_make_a_hidden_signer_public(
    client: FlaskClient, post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), name="Rana Idris", visibility=Visibility.HIDDEN)
    clock.forward(hours=2)
    official = str(page.officials[0].id)
    for email in (HERS, "rana+x@mail.example", "RANA@mail.example"):
        said = {"officials": official, "message": "I said this.", "updates": "y"}
        assert post(email=email, visibility="public", **said).status_code == 303
    for hour in range(3):
        make.settle(runtime, now=clock() + hour * timedelta(hours=1))
    for path in (PAGE, f"{PAGE}/signatures", f"{PAGE}.json"):
        assert "Rana Idris" not in client.get(path).text
    assert make.emails(runtime, kind="message") == []
    assert make.signature_count(runtime) == 1


@pytest.mark.both_databases
def test_words_put_in_through_a_leaked_link_are_seen_before_the_button_sends_them(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), officials=(page.officials[0].id,))
    token = make.link(make.last_question(runtime), "confirm")
    looked_at = what_it_showed(client.get(f"/confirm/{token}").text)
    words = {"message": "Words of whoever found the link."}
    assert client.post(f"/confirm/{token}/words", data=words, headers=SAME_ORIGIN).status_code == 200
    pressed = client.post(f"/confirm/{token}", data={"shown": looked_at}, headers=SAME_ORIGIN)
    assert pressed.status_code == 409
    assert words["message"] in pressed.text
    assert make.signature_count(runtime) == 0
    # Nor are they changed once more: what has words takes no others.
    more = client.post(f"/confirm/{token}/words", data={"message": "Others."}, headers=SAME_ORIGIN)
    assert more.status_code == 409


def test_a_leaked_link_that_was_used_shows_nothing_and_changes_nothing(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), name="Rana Idris", officials=(page.officials[0].id,))
    token = make.link(make.last_question(runtime), "confirm")
    make.confirm(runtime, token, now=clock())
    shown = client.get(f"/confirm/{token}")
    assert "Rana" not in shown.text
    words = client.post(f"/confirm/{token}/words", data={"message": "Others."}, headers=SAME_ORIGIN)
    assert words.status_code == 409
    client.post(f"/confirm/{token}", headers=SAME_ORIGIN)
    make.write_out(runtime, now=clock())
    assert len(make.emails(runtime, kind="message")) == 1
    assert make.signature_count(runtime) == 1


@pytest.mark.both_databases
def test_the_link_to_erase_a_stranger_s_form_leaves_her_signature_and_her_other_forms(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), name="Rana herself")
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), name="A stranger")
    strangers = make.link(make.last_question(runtime), "withdraw")
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), name="Rana again")
    hers = make.link(make.last_question(runtime), "confirm")
    assert client.post(f"/withdraw/{strangers}", headers=SAME_ORIGIN).status_code == 200
    assert make.signature_count(runtime) == 1
    assert make.shown(runtime, hers, now=clock()).form.name == "Rana again"


@pytest.mark.both_databases
def test_this_was_not_me_leaves_no_address_of_hers_however_often_a_stranger_asked(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    for _ in range(3):
        clock.forward(hours=2)
        make.keep(runtime, make.wish(page, now=clock()))
        make.settle(runtime, now=clock())
    make.keep(runtime, make.wish(page, now=clock()))
    make.settle(runtime, now=clock())
    link = make.link(make.last_question(runtime), "withdraw")
    assert client.post(f"/withdraw/{link}", headers=SAME_ORIGIN).status_code == 200
    with runtime.database.reading() as session:
        assert set(session.scalars(select(SigningForm.email))) <= {""}
        assert set(session.scalars(select(OutboxEmail.to_address))) <= {""}
    make.settle(runtime, now=clock() + 24 * timedelta(hours=1))
    assert not any(mail.to_address for mail in make.emails(runtime))


@pytest.mark.slow
def test_three_hundred_strangers_are_not_mailed_the_links_of_a_sender(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for number in range(300):
        if number % 5 == 0:
            clock.forward(seconds=1)
        post(email=f"stranger{number}@mail.example", name="Rana", organization="Look at pills dot example")
        if number % 50 == 49:
            make.settle(runtime, now=clock())
    make.settle(runtime, now=clock())
    mails = make.emails(runtime)
    assert 0 < len(mails) <= 40
    for mail in mails:
        assert "pills" not in f"{mail.subject}{mail.text}{mail.html}"
        links = set(re.findall(r"https?://[^/\s\"]+", mail.text))
        assert links <= {runtime.settings.web.public_url}


def test_no_page_of_another_site_presses_her_buttons(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    mail = make.last_question(runtime)
    for path in (f"/confirm/{make.link(mail, 'confirm')}", f"/withdraw/{make.link(mail, 'withdraw')}"):
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
        ):
            assert client.post(path, headers=headers).status_code == 403
        assert client.get(path).headers["Referrer-Policy"] == "no-referrer"
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert make.signature_count(runtime) == 0
    with runtime.database.reading() as session:
        assert session.scalars(select(SigningForm.email)).all() == [HERS]
