"""The log behind the count: anybody checks it from outside, and learns of nobody."""

import importlib.util
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.count_log import LogEntryKind, blind_of
from campaign.domain.merkle import extends, includes
from campaign.domain.signature import Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.campaigns import shown_counts
from campaign.services.moderation import removal
from campaign.services.signatures import self_service
from campaign.services.transparency import appending, reading, verifying
from campaign.store.tables import CountLogEntry, CountLogHead, Signature
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

LOG = f"{PAGE}/count-log"


class _UndoneError(Exception):
    """Ends a transaction whose changes nobody wants."""


Publish = Callable[[], None]


@pytest.fixture
def publish(runtime: Runtime, clock: Clock) -> Publish:
    """Lets a day pass, and the worker's job follow."""

    def a_day_later() -> None:
        clock.forward(days=1)
        with runtime.database.transaction() as session:
            for campaign_id in shown_counts.follow(session, now=clock()):
                while appending.append(session, campaign_id, now=clock(), limit=3):
                    pass

    return a_day_later


@pytest.fixture
def outside(client: FlaskClient) -> Callable[..., str]:
    """The verifier that the documentation gives to everybody, with the site's answers as it gets them."""
    path = Path(__file__).parents[2] / "scripts" / "verify_count.py"
    spec = importlib.util.spec_from_file_location("verify_count", path)
    assert spec
    assert spec.loader
    verifier = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verifier)
    return lambda earlier="": verifier.check(lambda path: client.get(PAGE + path).json, earlier)


def sign(runtime: Runtime, page: CampaignPage, clock: Clock, name: str, **details: Any) -> str:
    address = f"{name.lower()}@mail.example"
    signed = make.sign_and_confirm(runtime, page, now=clock(), name=name, email=address, **details)
    return signed.manage_token or ""


@pytest.mark.both_databases
def test_the_count_is_the_sum_of_entries_that_only_grow_whoever_comes_and_goes(
    runtime: Runtime, page: CampaignPage, clock: Clock, publish: Publish, outside: Callable[..., str]
) -> None:
    assert outside().startswith("0 signatures 0:")
    tokens = {
        name: sign(runtime, page, clock, name, visibility=Visibility.HIDDEN)
        for name in ("Ada", "Ben", "Cleo", "Dana", "Emil")
    }
    assert outside().startswith("0 signatures 0:"), "it grows in steps"
    publish()
    first = outside()
    assert first.startswith("5 signatures 5:")
    with runtime.database.transaction() as session:
        self_service.erase(session, tokens["Ada"], now=clock())
        self_service.withdraw(session, tokens["Ben"], TokenPurpose.MANAGE, now=clock())
        ids = removal.signature_of(session, make.SLUG, "cleo@mail.example", key=runtime.address_key)
        removal.remove(session, *ids, reason="forged", actor=COMMAND_LINE, now=clock())
    publish()
    with runtime.database.reading() as session:
        ended = session.scalars(select(CountLogEntry).where(CountLogEntry.stands.is_(False))).all()
        assert len(ended) == 6
        assert {(entry.signature_id, entry.nonce) for entry in ended} == {(None, None)}
    second = outside(first.partition(" signatures ")[2])
    assert second.startswith("2 signatures 8:")
    with runtime.database.transaction() as session:
        removal.restore(session, *ids, actor=COMMAND_LINE, now=clock())
    sign(runtime, page, clock, "Ben")
    publish()
    assert outside(second.partition(" signatures ")[2]).startswith("4 signatures 10:")
    assert make.signature_count(runtime) == 4
    with pytest.raises(ValueError, match="has not only grown"):
        outside("5:" + "00" * 32)


def test_a_proof_shows_that_one_publication_grew_out_of_another(
    runtime: Runtime, page: CampaignPage, clock: Clock, publish: Publish, client: FlaskClient
) -> None:
    heads = []
    for group in (("Ada", "Ben", "Cleo"), ("Dana", "Emil")):
        for name in group:
            sign(runtime, page, clock, name)
        publish()
        heads.append(client.get(f"{LOG}.json").json)
    small, large = ((head["size"], bytes.fromhex(head["root"])) for head in heads)
    proof = client.get(f"{LOG}/consistency.json?first={small[0]}&second={large[0]}").json
    hashes = [bytes.fromhex(given) for given in proof["hashes"]]
    assert extends(*small, *large, hashes)
    assert not extends(small[0], b"\0" * 32, *large, hashes)
    assert client.get(f"{LOG}.json?size=3").json["root"] == heads[0]["root"]


def test_a_signer_alone_is_given_what_finds_their_entry(
    runtime: Runtime, page: CampaignPage, clock: Clock, publish: Publish, client: FlaskClient
) -> None:
    token = sign(runtime, page, clock, "Ada", visibility=Visibility.HIDDEN)
    receipt = f"/manage/{token}/receipt.json"
    assert client.get(receipt).status_code == 404
    publish()
    answer = client.get(receipt)
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json
    assert blind_of(make.SLUG, "ada@mail.example", bytes.fromhex(found["nonce"])).hex() in found["entry"]
    hashes = [bytes.fromhex(given) for given in found["hashes"]]
    entry, root = found["entry"].encode(), bytes.fromhex(found["root"])
    assert includes(entry, found["position"], found["size"], hashes, root)
    public = client.get(f"{LOG}/inclusion.json?position={found['position']}&size={found['size']}").json
    assert public["hashes"] == found["hashes"]
    assert "nonce" not in json.dumps(public)
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=clock())
    assert client.get(receipt).status_code == 404


def test_a_sealed_signer_of_whom_no_address_is_kept_has_no_receipt(
    runtime: Runtime, clock: Clock, page: CampaignPage, publish: Publish, client: FlaskClient
) -> None:
    make.seal_key(runtime, now=clock())
    signed = make.sign_sealed(runtime, make.page(runtime), now=clock())
    publish()
    assert client.get(f"/manage/{signed.manage_token}").status_code == 200
    assert client.get(f"/manage/{signed.manage_token}/receipt.json").status_code == 404


def test_nobody_is_given_more_than_a_page_or_a_proof_of_what_was_never_published(
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    publish: Publish,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_ENTRIES", 2)
    for place in range(5):
        sign(runtime, page, clock, f"Signer{place}")
    publish()
    assert len(client.get(f"{LOG}/entries.json?start=0").json["entries"]) == 2
    for size, status in ((3, 200), (4, 404), (5, 200)):
        assert client.get(f"{LOG}/inclusion.json?position=0&size={size}").status_code == status


@pytest.mark.both_databases
def test_the_log_tells_neither_whom_an_entry_is_about_nor_when_it_came(
    runtime: Runtime, page: CampaignPage, clock: Clock, publish: Publish, client: FlaskClient
) -> None:
    orders = set()
    for turn in range(4):
        names = [f"Signer{turn}{place}" for place in range(6)]
        before = client.get(f"{LOG}.json").json["size"]
        for name in names:
            sign(runtime, page, clock, name)
            clock.forward(minutes=1)
        publish()
        entries = client.get(f"{LOG}/entries.json?start={before}").json["entries"]
        with runtime.database.reading() as session:
            places = [_place(session, name, entries, before) for name in names]
        orders.add(tuple(places))
        assert sorted(places) == list(range(6))
    assert len(orders) > 1, "entries are not in the order of signing"
    assert client.get(f"{LOG}.json").json["published_on"] == clock().date().isoformat()


@pytest.mark.both_databases
def test_a_log_that_somebody_changed_is_found_out(
    runtime: Runtime, page: CampaignPage, clock: Clock, publish: Publish
) -> None:
    for place in range(5):
        sign(runtime, page, clock, f"Signer{place}")
    publish()
    with runtime.database.reading() as session:
        assert verifying.verify(session, page.head.id).head.count == 5
    for changed in (
        update(CountLogEntry).where(CountLogEntry.position == 1).values(kind=LogEntryKind.LEFT),
        delete(CountLogEntry).where(CountLogEntry.position == 4),
        update(CountLogHead).where(CountLogHead.size == 5).values(signed=4),
        update(CountLogHead).where(CountLogHead.size == 3).values(root=bytes(32)),
    ):
        with suppress(_UndoneError), runtime.database.transaction() as session:
            session.execute(changed)
            with pytest.raises(ConflictError):
                verifying.verify(session, page.head.id)
            raise _UndoneError


def _place(session: Session, name: str, entries: list[str], before: int) -> int:
    row = session.execute(
        select(CountLogEntry.position, CountLogEntry.nonce, CountLogEntry.kind)
        .join(Signature, Signature.id == CountLogEntry.signature_id)
        .where(Signature.id == make.signature_of(session, name).id)
    ).one()
    assert row.kind is LogEntryKind.SIGNED
    blind = blind_of(make.SLUG, f"{name.lower()}@mail.example", row.nonce)
    assert entries[row.position - before] == f"signed {blind.hex()}"
    return int(row.position) - before


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        (".json?size=7", 404),
        (".json?size=minus", 422),
        ("/entries.json?start=99999999999999999999", 422),
        ("/entries.json?start=400", 200),
        ("/consistency.json", 422),
        ("/consistency.json?first=1&second=0", 404),
        ("/consistency.json?first=0&second=0", 200),
        ("/inclusion.json?position=0&size=0", 404),
    ],
)
def test_what_the_log_does_not_have_is_said_and_costs_nothing(
    client: FlaskClient, page: CampaignPage, address: str, status: int
) -> None:
    assert client.get(LOG + address).status_code == status
    assert client.get(LOG).status_code == 200
