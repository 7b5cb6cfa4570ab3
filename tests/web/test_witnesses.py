"""Partner organizations sign what they saw of a count's log, and anybody can verify it."""

import base64
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.ssh_signatures import SshSignature, armored, key_line, read_public_key
from campaign.domain.witnesses import NAMESPACE, read_signature
from campaign.errors import CampaignError, ConflictError, NotFoundError
from campaign.runtime import Runtime
from campaign.services.transparency import appending, witnesses
from campaign.store.tables import Witness
from campaign.web.public.witnesses import MOST_AN_HOUR
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

LOG = f"{PAGE}/count-log"


class Partner:
    """An organization with a key of its own."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, text: bytes) -> str:
        unsigned = SshSignature(self.public_key, b"sha512", b"", NAMESPACE)
        return armored(replace(unsigned, signature=self._key.sign(unsigned.signed(text))))


@pytest.fixture
def partner(runtime: Runtime, page: CampaignPage, clock: Clock) -> Partner:
    """A registered witness of a log with two publications."""
    grow(runtime, page, clock, "Ada")
    grow(runtime, page, clock, "Ben")
    partner = Partner()
    register(runtime, "River Watch", partner, now=clock())
    return partner


def grow(runtime: Runtime, page: CampaignPage, clock: Clock, name: str) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), name=name, email=f"{name.lower()}@mail.example")
    with runtime.database.transaction() as session:
        appending.append(session, page.head.id, now=clock())


def register(runtime: Runtime, name: str, partner: Partner, *, now: datetime) -> None:
    with runtime.database.transaction() as session:
        key = key_line(partner.public_key)
        witnesses.add(session, make.SLUG, name, key, actor=COMMAND_LINE, now=now)


@pytest.mark.both_databases
def test_a_witness_signs_the_log_and_anybody_verifies_it(
    partner: Partner, client: FlaskClient, clock: Clock
) -> None:
    assert "Has not signed yet" in client.get(LOG).text
    text = client.get(f"{LOG}/checkpoint.txt?size=1").data
    assert client.post(f"{LOG}/witnesses.json?size=1", data=partner.sign(text)).status_code == 201
    text = client.get(f"{LOG}/checkpoint.txt").data
    answer = client.post(f"{LOG}/witnesses.json?size=2", data=partner.sign(text))
    assert answer.json["signed_on"] == clock().date().isoformat()
    page = client.get(LOG).text
    assert "River Watch" in page
    assert "Signed the log with 2 entries on" in page
    (told,) = client.get(f"{LOG}/witnesses.json").json["witnesses"]
    assert [one["size"] for one in told["signatures"]] == [2, 1]
    for one in told["signatures"]:
        given = read_signature(one["signature"])
        key = Ed25519PublicKey.from_public_bytes(read_public_key(told["public_key"]))
        key.verify(given.signature, given.signed(one["checkpoint"].encode()))
    assert client.get(told_at(client)).status_code == 200
    root = client.get(f"{LOG}.json").json["root"]
    assert (
        told["signatures"][0]["checkpoint"].splitlines()[2] == base64.b64encode(bytes.fromhex(root)).decode()
    )


def told_at(client: FlaskClient) -> str:
    """The address that the log's own JSON names."""
    return str(client.get(f"{LOG}.json").json["witnesses"])


def test_what_is_forged_old_or_for_another_log_is_refused_in_one_sentence(
    partner: Partner, client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    first, second = (client.get(f"{LOG}/checkpoint.txt?size={size}").data for size in (1, 2))
    stranger = Partner()
    assert client.post(f"{LOG}/witnesses.json?size=2", data=partner.sign(second)).status_code == 201
    for size, body, status, sentence in (
        (2, stranger.sign(second), 422, "not by a registered witness, or not for this log"),
        (2, partner.sign(second + b"more\n"), 422, "not by a registered witness, or not for this log"),
        (2, partner.sign(second.replace(make.SLUG.encode(), b"other")), 422, "not for this log"),
        (1, partner.sign(second), 422, "not for this log with 1 entries"),
        (1, partner.sign(first), 409, "has already signed the log with 2 entries"),
        (2, partner.sign(second), 409, "has already signed the log with 2 entries"),
        (7, partner.sign(second), 404, "never published with 7 entries"),
        (2, "-----BEGIN", 422, "no signature by an Ed25519 key"),
        (2, b"\xff" * 100_000, 422, "no signature by an Ed25519 key"),
        (2, "", 422, "Send the signature file"),
    ):
        answer = client.post(f"{LOG}/witnesses.json?size={size}", data=body)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), sentence
        assert sentence in answer.json["detail"]
    with runtime.database.transaction() as session:
        witnesses.remove(session, make.SLUG, "River Watch", actor=COMMAND_LINE, now=clock())
    assert "until" in client.get(LOG).text
    grown = make.page(runtime)
    grow(runtime, grown, clock, "Cleo")
    third = client.get(f"{LOG}/checkpoint.txt").data
    assert client.post(f"{LOG}/witnesses.json?size=3", data=partner.sign(third)).status_code == 422
    (told,) = client.get(f"{LOG}/witnesses.json").json["witnesses"]
    assert len(told["signatures"]) == 1, "what was signed stays"


def test_a_key_or_a_name_stands_for_one_witness(partner: Partner, runtime: Runtime, clock: Clock) -> None:
    def refused(name: str, who: Partner) -> type[CampaignError]:
        with pytest.raises(CampaignError) as caught:
            register(runtime, name, who, now=clock())
        return caught.type

    assert refused("Another name", partner) is ConflictError
    assert refused("River Watch", Partner()) is ConflictError
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        witnesses.remove(session, make.SLUG, "Nobody", actor=COMMAND_LINE, now=clock())


def test_a_strangers_signature_takes_no_writers_turn(
    partner: Partner, client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = client.get(f"{LOG}/checkpoint.txt").data
    monkeypatch.setattr(type(runtime.database), "transaction", None)
    weak = SshSignature(b"\1" + bytes(31), b"sha512", b"\1" + bytes(63), NAMESPACE)
    for body in (Partner().sign(text), partner.sign(b"other"), "no signature", armored(weak)):
        assert client.post(f"{LOG}/witnesses.json?size=2", data=body).status_code == 422


def test_a_weak_key_that_is_registered_from_before_signs_nothing(
    partner: Partner, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    """Under the neutral point any text has this signature: its own point, and zero."""
    neutral = b"\1" + bytes(31)
    with runtime.database.transaction() as session:
        row = Witness(campaign_id=page.head.id, name="W", public_key=neutral, added_on=clock().date())
        session.add(row)
    weak = armored(SshSignature(neutral, b"sha512", neutral + bytes(32), NAMESPACE))
    assert client.post(f"{LOG}/witnesses.json?size=2", data=weak).status_code == 422


def test_one_network_hands_in_so_many_signatures_an_hour_and_others_are_not_kept_waiting(
    partner: Partner, client: FlaskClient, clock: Clock
) -> None:
    text = client.get(f"{LOG}/checkpoint.txt").data
    address = f"{LOG}/witnesses.json?size=2"
    for _ in range(MOST_AN_HOUR):
        assert client.post(address, data="none").status_code == 422
    refused = client.post(address, data=partner.sign(text))
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert "Wait an hour" in refused.json["detail"]
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post(address, data=partner.sign(text), environ_overrides=elsewhere).status_code == 201
