"""Forget me, keep my count: the person goes, the number stays, and nobody counts twice."""

import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.traces import traced
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports
from campaign.services.retention.purges import all_purges
from campaign.services.seals.traces import in_tables
from campaign.store.tables.core import signature, supporter
from campaign.worker.retention import RetentionRun
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

WORDS = "My grandmother drank from it."
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def _signed(runtime: Runtime, clock: Clock, **details: object) -> str:
    """The page of a signature that counts."""
    done = make.sign_and_confirm(runtime, make.page(runtime), now=clock(), **details)
    return f"/manage/{done.manage_token}"


def _forget(client: FlaskClient, path: str) -> TestResponse:
    asked = client.post(path, data={"action": "forget"}, headers=SAME_SITE)
    assert "still be counted?" in asked.get_data(as_text=True)
    return client.post(path, data={"action": "forget-for-good"}, headers=SAME_SITE)


def _close_and_purge(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())
    clock.forward(days=91)
    purges = all_purges(
        outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
    )
    run = RetentionRun(runtime.database, purges, actor=COMMAND_LINE, now=clock())
    while run.step():
        pass


@pytest.mark.both_databases
def test_the_person_goes_and_the_number_stays(client: FlaskClient, runtime: Runtime, clock: Clock) -> None:
    official = make.page(runtime).officials[0].id
    path = _signed(
        runtime, clock, organization="Valley Choir", officials=(official,), words=WORDS, updates=True
    )
    asked = make.link(make.last_question(runtime), "withdraw")
    make.sign(runtime, make.page(runtime), now=clock(), name="Rana once more")
    assert "Rana Idris" in client.get(PAGE).get_data(as_text=True)
    gone = _forget(client, path)
    assert "Your signature still counts" in gone.get_data(as_text=True)
    assert make.signature_count(runtime) == 1
    assert "Rana Idris" not in client.get(PAGE).get_data(as_text=True)
    assert list(in_tables(runtime.database, traced(["Rana", "rana@mail.example", "Choir", WORDS]))) == []
    assert client.get(path).status_code == 404
    assert client.get(f"/withdraw/{asked}").status_code == 410
    out = io.BytesIO()
    exports.write_supporters(
        runtime.database, make.SLUG, format="json", preset=None, out=out, actor=COMMAND_LINE, now=clock()
    )
    assert json.loads(out.getvalue()) == []
    with runtime.database.reading() as session:
        noted = [entry for entry in audit_log.entries(session) if entry.action == "signature.forget"]
    assert [sorted(entry.details) for entry in noted] == [["by", "campaign", "signature"]]


def test_so_does_a_person_whose_address_cannot_be_read(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    path = _signed(runtime, clock)
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE supporter SET email = substr(email, 1, 60)"))
    assert "Your signature still counts" in _forget(client, path).get_data(as_text=True)
    assert make.signature_count(runtime) == 1
    assert list(in_tables(runtime.database, traced(["Rana", "rana@mail.example"]))) == []


def test_signing_again_counts_once_and_tells_nobody(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    def shown() -> str:
        clock.forward(hours=13)
        make.sign(runtime, make.page(runtime), now=clock())
        mail = make.last_question(runtime)
        assert mail.kind == "confirmation"
        return f"/confirm/{make.link(mail, 'confirm')}"

    never = client.get(shown()).get_data(as_text=True).split("<h1>")[1].split("<form")[0]
    _forget(client, _signed(runtime, clock, email="other@mail.example"))
    clock.forward(hours=13)
    _forget(client, _signed(runtime, clock))
    assert make.signature_count(runtime) == 2
    path = shown()
    assert client.get(path).get_data(as_text=True).split("<h1>")[1].split("<form")[0] == never
    done = make.confirm(runtime, path.removeprefix("/confirm/"), now=clock())
    assert (done.is_changed, done.already) == (False, False)
    assert make.signature_count(runtime) == 2
    with runtime.database.reading() as session:
        assert session.scalars(select(signature.c.name).order_by(signature.c.id)).all() == ["", "Rana Idris"]


def test_after_the_letter_has_closed_not_even_the_code_is_left(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    _forget(client, _signed(runtime, clock))
    with runtime.database.reading() as session:
        (before,) = session.execute(select(supporter)).all()
    assert before.spelling_hash is not None
    _close_and_purge(runtime, clock)
    with runtime.database.reading() as session:
        (after,) = session.execute(select(supporter)).all()
    assert after.spelling_hash is None
    assert after.address_hash != before.address_hash
    assert make.signature_count(runtime) == 1


def test_what_does_not_count_cannot_be_kept_in_the_count(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    path = _signed(runtime, clock)
    client.post(path, data={"action": "withdraw-for-good"}, headers=SAME_SITE)
    assert "Forget me" not in client.get(path).get_data(as_text=True)
    refused = client.post(path, data={"action": "forget-for-good"}, headers=SAME_SITE)
    assert refused.status_code == 409


def test_whoever_signs_with_a_forgotten_signers_mailbox_reads_of_no_earlier_day(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    _forget(client, _signed(runtime, clock))
    clock.forward(days=3)
    own = client.get(_signed(runtime, clock, name="Some Body")).get_data(as_text=True)
    assert "Confirmed on November 26, 2026" in own
    assert make.signature_count(runtime) == 1
    with runtime.database.reading() as session:
        assert [person.email for person in session.execute(select(supporter))] == ["rana@mail.example"]


def test_what_was_signed_elsewhere_stays(client: FlaskClient, runtime: Runtime, clock: Clock) -> None:
    other = make.campaign(runtime, now=clock(), slug="save-the-bog")
    make.sign_and_confirm(runtime, other, now=clock())
    clock.forward(hours=13)
    _forget(client, _signed(runtime, clock))
    with runtime.database.reading() as session:
        people = session.execute(select(supporter).order_by(supporter.c.id)).all()
    assert [person.email for person in people] == ["rana@mail.example", None]
    assert people[0].address_hash != people[1].address_hash
