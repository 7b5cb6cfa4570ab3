"""Signing sealed, in signers' words: counted, never shown, and read by nobody without the key."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import SignatureState, Visibility
from campaign.runtime import Runtime
from campaign.services.documents import exports
from campaign.services.feedback import events
from campaign.services.seals import sealing
from campaign.services.signatures import acceptance
from campaign.services.signatures.anonymizing import anonymize
from campaign.store.tables.core import (
    link_token,
    message,
    network_rush,
    outbox_email,
    signature,
    signing_form,
    supporter,
)
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE, what_it_showed

Post = Callable[..., TestResponse]
SEALED = {"visibility": "sealed", "organization": "Valley Choir", "country": "SE", "postal_code": "114 55"}
WORDS = "My grandmother drank from it."


@pytest.fixture
def identity(runtime: Runtime, clock: Clock, app: Flask) -> str:
    return make.seal_key(runtime, now=clock())


def _signatures(runtime: Runtime) -> list:
    with runtime.database.reading() as session:
        return list(session.execute(select(signature).order_by(signature.c.id)).all())


def _ask(runtime: Runtime, clock: Clock) -> str:
    """The path of the link that a form's mailbox gets."""
    make.settle(runtime, now=clock())
    return f"/confirm/{make.link(make.last_question(runtime), 'confirm')}"


def _press(client: FlaskClient, path: str) -> str:
    shown = client.get(path).get_data(as_text=True)
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post(path, data={"shown": what_it_showed(shown)}, headers=headers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _sign(post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, **fields: object) -> str:
    assert post(**{**SEALED, **fields}).status_code == 303
    return _press(client, _ask(runtime, clock))


def test_the_choice_is_there_only_where_somebody_holds_a_key(
    client: FlaskClient, post: Post, runtime: Runtime, clock: Clock
) -> None:
    assert 'value="sealed"' not in client.get(PAGE).get_data(as_text=True)
    refused = post(visibility="sealed")
    assert refused.status_code == 422
    assert "takes no sealed signatures" in refused.get_data(as_text=True)
    make.seal_key(runtime, now=clock())
    page = client.get(PAGE).get_data(as_text=True)
    assert 'value="sealed"' in page
    assert "what it does not" in page


def test_what_comes_in_is_stored_so_that_only_the_key_opens_it(
    post: Post, runtime: Runtime, identity: str
) -> None:
    answer = post(**SEALED, message=WORDS, role="Alto")
    assert answer.status_code == 303
    with runtime.database.reading() as session:
        (row,) = session.execute(select(signing_form)).all()
    content = json.loads(row.content)
    assert not any(text in row.content for text in ("Rana", "Choir", "114 55", 'SE"', "grandmother", "Alto"))
    assert sealing.opened(content["sealed"], identity) == {
        "name": "Rana Idris",
        "organization": "Valley Choir",
        "role": "Alto",
        "capacity": "myself",
        "country": "SE",
        "postal_code": "114 55",
        "words": WORDS,
    }


def test_a_form_that_wants_more_than_sealed_can_give_says_so_and_loses_nothing(
    post: Post, runtime: Runtime, identity: str
) -> None:
    official = make.page(runtime).officials[0].id
    refused = post(**SEALED, officials=[official], message=WORDS)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert refused.headers["Cache-Control"] == "no-store"
    assert "officials would learn your name" in text
    assert WORDS in text
    assert "Valley Choir" in text
    assert "your address is deleted once you confirm" in post(**SEALED, updates="y").get_data(as_text=True)
    with runtime.database.reading() as session:
        assert session.execute(select(signing_form)).all() == []


@pytest.mark.both_databases
def test_once_confirmed_the_signature_counts_and_the_address_is_nowhere(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    assert post(**SEALED).status_code == 303
    path = _ask(runtime, clock)
    before = client.get(path).get_data(as_text=True)
    assert "can no longer read it" in before
    assert "Rana" not in before
    assert "rana@" not in before
    after = _press(client, path)
    assert "Rana" not in after
    assert "Your address is deleted here" in after
    assert make.signature_count(runtime) == 1
    (signed,) = _signatures(runtime)
    assert (signed.visibility, signed.name, signed.country, signed.network) == (
        Visibility.SEALED,
        "",
        None,
        None,
    )
    assert signed.signed_at.hour == signed.confirmed_at.hour == 0
    with runtime.database.reading() as session:
        (person,) = session.execute(select(supporter)).all()
        (form,) = session.execute(select(signing_form)).all()
        emails = session.execute(select(outbox_email)).all()
        tries = session.execute(select(network_rush).where(network_rush.c.network.startswith("codes:"))).all()
    assert person.email is None
    assert (form.email, form.content, form.address_hash, form.spelling_hash, form.network) == (
        "",
        *[None] * 4,
    )
    assert [(row.to_address, row.to_hash, row.subject, row.signature_id) for row in emails] == [
        ("", None, "", None)
    ]
    assert tries == []
    make.write_out(runtime, now=clock())
    assert [email.kind for email in make.emails(runtime)] == ["confirmation"]
    assert "There is nothing more to do" in client.get(path).get_data(as_text=True)


def test_nothing_leads_from_a_sealed_signature_to_the_same_mailbox_under_another_letter(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    other = make.campaign(runtime, now=clock(), slug="save-the-bog")
    make.sign_and_confirm(runtime, other, now=clock())
    with runtime.database.reading() as session:
        (known,) = session.execute(select(supporter)).all()
    clock.forward(hours=2)
    _sign(post, client, runtime, clock)
    sealed_id = _signatures(runtime)[-1].supporter_id
    assert sealed_id != known.id
    with runtime.database.reading() as session:
        rows = session.execute(select(supporter).where(supporter.c.id == sealed_id)).all()
        forms = session.execute(select(signing_form).where(signing_form.c.campaign_id != other.head.id)).all()
    assert {rows[0].address_hash, rows[0].spelling_hash}.isdisjoint({known.address_hash, known.spelling_hash})
    assert all(form.address_hash is None for form in forms)


@pytest.mark.both_databases
def test_one_mailbox_counts_once_however_it_signs(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    for fields in ({}, {"name": "Rana I."}, {"visibility": "public"}, {"visibility": "initials"}, {}):
        clock.forward(hours=13)
        page = _sign(post, client, runtime, clock, **fields)
        make.write_out(runtime, now=clock())
        assert make.signature_count(runtime) == 1
        (signed,) = _signatures(runtime)
        assert (signed.sealed is None) == (signed.visibility is not Visibility.SEALED)
        assert "Thank you" in page
    assert signed.visibility is Visibility.SEALED
    with runtime.database.reading() as session:
        (person,) = session.execute(select(supporter)).all()
        links = session.execute(select(link_token).where(link_token.c.signature_id.is_not(None))).all()
        assert person.email is None
        assert all(not row.to_address for row in session.execute(select(outbox_email)))
        # The links of the emails before are gone, too: only the page that has just been shown has one.
        assert len(links) == 1


def test_who_gets_hold_of_the_mailbox_does_not_learn_from_it_that_somebody_signed_sealed(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    def pages(name: str) -> list[str]:
        clock.forward(hours=13)
        assert post(name=name, email="rana@mail.example", visibility="hidden").status_code == 303
        path = _ask(runtime, clock)
        kinds = [email.kind for email in make.emails(runtime) if email.text]
        shown = client.get(path).get_data(as_text=True)
        return [str(kinds), shown.split("<h1>")[1].split("<form")[0]]

    never = pages("Rana Idris")
    clock.forward(hours=13)
    _sign(post, client, runtime, clock)
    assert pages("Rana Idris") == never


def test_a_public_signature_that_is_sealed_loses_all_that_was_known_of_it(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    official = make.page(runtime).officials[0].id
    assert post(officials=[official], message=WORDS, updates="y").status_code == 303
    _press(client, _ask(runtime, clock))
    clock.forward(hours=13)
    assert post(**SEALED).status_code == 303
    path = _ask(runtime, clock)
    # A worker has not even written the message yet.
    page = _press(client, path)
    assert "Anyone who read or copied it before may still have what it showed" in page
    make.write_out(runtime, now=clock())
    with runtime.database.reading() as session:
        assert session.execute(select(message).where(message.c.words != "")).all() == []
        assert (
            session.scalars(
                select(outbox_email.c.from_name).where(outbox_email.c.from_name.is_not(None))
            ).all()
            == []
        )
        assert session.scalars(select(supporter.c.email)).all() == [None]
    (signed,) = _signatures(runtime)
    assert (signed.name, signed.state, signed.number, signed.anonymized_at) == (
        "",
        SignatureState.CONFIRMED,
        1,
        None,
    )
    assert "Rana" not in client.get(PAGE).get_data(as_text=True)


def test_the_page_of_a_sealed_signature_shows_nothing_and_withdraws_or_erases(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    def manage_path() -> str:
        return "/manage/" + _sign(post, client, runtime, clock).split("/manage/")[1].split('"')[0]

    headers = {"Sec-Fetch-Site": "same-origin"}
    path = manage_path()
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert "cannot read who signed" in page.get_data(as_text=True)
    refused = client.post(path, data={"action": "change", "name": "Else"}, headers=headers)
    assert refused.status_code == 422
    client.post(path, data={"action": "withdraw-for-good"}, headers=headers)
    assert make.signature_count(runtime) == 0
    clock.forward(hours=13)
    path = manage_path()
    assert make.signature_count(runtime) == 1
    client.post(path, data={"action": "erase-for-good"}, headers=headers)
    assert make.signature_count(runtime) == 0
    assert _signatures(runtime) == []
    with runtime.database.reading() as session:
        assert session.execute(select(supporter)).all() == []


def test_the_mail_that_asked_withdraws_too(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    post(**SEALED)
    make.settle(runtime, now=clock())
    mail = make.last_question(runtime)
    _press(client, f"/confirm/{make.link(mail, 'confirm')}")
    client.post(f"/withdraw/{make.link(mail, 'withdraw')}", headers={"Sec-Fetch-Site": "same-origin"})
    assert make.signature_count(runtime) == 0


def test_a_bounce_that_comes_after_the_address_has_gone_changes_nothing_and_breaks_nothing(
    post: Post, client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    post(**SEALED)
    make.settle(runtime, now=clock())
    mail = make.last_question(runtime)
    with runtime.database.transaction() as session:
        session.execute(update(outbox_email).values(state=OutboxState.ACCEPTED, provider_message_id="abc"))
    _press(client, f"/confirm/{make.link(mail, 'confirm')}")
    reports = [
        DeliveryReport(f"e{place}", mail.public_id, kind, clock(), "550 no such user")
        for place, kind in enumerate((EventKind.BOUNCED, EventKind.COMPLAINED))
    ]
    with runtime.database.transaction() as session:
        events.store(session, reports, now=clock())
        assert events.process(session, now=clock()) == 2
    assert make.signature_count(runtime) == 1
    (row,) = make.emails(runtime)
    assert (row.provider_message_id, row.to_address) == (None, "")


def test_a_suspected_one_is_accepted_without_a_mail_to_nobody(
    client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    make.sign_sealed(runtime, make.page(runtime), now=clock(), is_suspected=True)
    (signed,) = _signatures(runtime)
    assert (signed.state, make.signature_count(runtime)) == (SignatureState.SUSPECTED, 0)
    with runtime.database.transaction() as session:
        context = runtime.mail_context
        acceptance.accept(
            session, signed.campaign_id, signed.id, context=context, actor=COMMAND_LINE, now=clock()
        )
    assert make.signature_count(runtime) == 1
    assert [email.kind for email in make.emails(runtime)] == ["confirmation"]


def test_a_sealed_signature_is_on_no_public_page_and_moves_the_count_in_steps_only(
    client: FlaskClient, runtime: Runtime, clock: Clock, identity: str
) -> None:
    page = make.page(runtime)
    before = client.get(PAGE).get_data(as_text=True).split("<main")[1].split("<form")[0]
    make.sign_sealed(runtime, page, now=clock(), pages_follow=False)
    assert client.get(PAGE).get_data(as_text=True).split("<main")[1].split("<form")[0] == before
    make.let_pages_follow(runtime, now=clock())
    document = client.get(f"{PAGE}.json").get_json()
    assert "Rana" not in json.dumps(document)
    assert "sealed" not in json.dumps(document)
    assert "Rana" not in client.get(f"{PAGE}/signatures").get_data(as_text=True)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_exports_carry_the_sealed_text_which_the_key_opens(
    runtime: Runtime, clock: Clock, identity: str, kind: str
) -> None:
    make.sign_sealed(runtime, make.page(runtime), now=clock())
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), name="Ana Bly", email="ana@mail.example")
    out = io.BytesIO()
    exports.write_supporters(
        runtime.database,
        make.SLUG,
        format=kind,
        preset=None,
        out=out,
        actor=COMMAND_LINE,
        now=clock(),
    )
    text = out.getvalue().decode("utf-8-sig")
    rows = json.loads(text) if kind == "json" else list(csv.DictReader(io.StringIO(text, newline="")))
    texts = {row["visibility"]: row["sealed"] for row in rows}
    assert texts["public"] in (None, "")
    opened = sealing.opened(texts["sealed"], identity)
    assert opened
    assert opened["name"] == "Rana Idris"


def test_what_retention_leaves_of_a_sealed_signature_is_a_number(
    runtime: Runtime, clock: Clock, identity: str
) -> None:
    make.sign_sealed(runtime, make.page(runtime), now=clock())
    (signed,) = _signatures(runtime)
    with runtime.database.transaction() as session:
        anonymize(session, [signed.id], keep_names=True, now=clock())
    (left,) = _signatures(runtime)
    assert (left.sealed, left.sealed_to, left.visibility) == (None, None, Visibility.HIDDEN)
    assert make.signature_count(runtime) == 1
