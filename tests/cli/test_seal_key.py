"""Keys of sealed signatures on the command line: printed once, put together offline, replaced."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from pyrage import x25519
from sqlalchemy import select, update

from campaign.domain.sealing import fingerprint, read_identity
from campaign.runtime import Runtime, build_runtime
from campaign.services.audit import audit_log
from campaign.services.seals import keys, sealing
from campaign.settings import load_settings
from campaign.store.tables.core import signature
from tests import make

Command = Callable[..., Result]


@pytest.fixture
def runtime(migrated: Path, instance: Path) -> Iterator[Runtime]:
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    make.campaign(runtime, now=datetime.now(UTC))
    yield runtime
    runtime.close()


def _recipient(runtime: Runtime) -> str | None:
    return make.page(runtime).seal_recipient


def test_a_new_key_is_printed_once_and_only_its_recipient_is_stored(
    runtime: Runtime, campaign: Command
) -> None:
    printed = campaign("seal-key", "new", make.SLUG).output
    identity = read_identity(printed)
    recipient = str(x25519.Identity.from_str(identity).to_public())
    assert _recipient(runtime) == recipient
    assert fingerprint(recipient) in printed
    again = campaign("seal-key", "new", make.SLUG)
    assert again.exit_code == 1
    assert "already has a seal key" in again.output
    assert "AGE-SECRET-KEY" not in again.output
    shown = campaign("seal-key", "show", make.SLUG).output
    assert recipient in shown
    secret = identity.removeprefix("AGE-SECRET-KEY-1")
    instance = runtime.settings.instance
    assert all(secret.encode() not in path.read_bytes() for path in instance.rglob("*") if path.is_file())
    with runtime.database.reading() as session:
        (entry,) = [entry for entry in audit_log.entries(session) if entry.action == "seal.new"]
    assert entry.details["fingerprint"] == fingerprint(recipient)


def test_a_key_in_shares_is_never_printed_whole_and_any_three_give_it(
    runtime: Runtime, campaign: Command
) -> None:
    printed = campaign("seal-key", "new", make.SLUG, "--shares", "3/5").output
    assert "AGE-SECRET-KEY" not in printed
    shares = [line for line in printed.splitlines() if line and not line.startswith("#")]
    assert len(shares) == 5
    together = campaign("seal-key", "combine", stdin="\n".join(shares[1:4])).output
    assert keys.recipient_of(read_identity(together)) == _recipient(runtime)
    too_few = campaign("seal-key", "combine", stdin="\n".join(shares[:2]))
    assert too_few.exit_code == 1
    assert "AGE-SECRET-KEY" not in too_few.output


@pytest.mark.slow
def test_when_a_partner_leaves_all_is_sealed_anew_without_the_server_seeing_a_key(
    runtime: Runtime, campaign: Command, tmp_path: Path
) -> None:
    old = read_identity(campaign("seal-key", "new", make.SLUG).output)
    now = datetime.now(UTC)
    for number in range(3):
        make.sign_sealed(
            runtime, make.page(runtime), now=now, name=f"Rana {number}", email=f"r{number}@x.example"
        )
    new = read_identity(campaign("seal-key", "replace", make.SLUG).output)
    recipient = keys.recipient_of(new)
    make.sign_sealed(runtime, make.page(runtime), now=now, name="Rana 3", email="r3@x.example")
    fetched, resealed = str(tmp_path / "sealed.jsonl"), str(tmp_path / "resealed.jsonl")
    assert "3 sealed" in campaign("seal-key", "fetch", make.SLUG, "--output", fetched).output
    assert (
        "0 sealed anew, 3 are of another key"
        in campaign("seal-key", "reseal", fetched, "--to", recipient, stdin=new).output
    )
    told = campaign("seal-key", "reseal", fetched, "--to", recipient, "--output", resealed, stdin=old)
    assert "3 sealed anew, 0" in told.output
    # One of them signs anew meanwhile: what they have said last stays.
    _reword(runtime, "Rana 1", to="Rana One", recipient=recipient, old=old)
    assert "2 stored, 1 left" in campaign("seal-key", "store", make.SLUG, resealed).output
    assert "0 stored, 3 left" in campaign("seal-key", "store", make.SLUG, resealed).output
    assert _names(runtime, new) == ["Rana 0", "Rana 2", "Rana 3", "Rana One"]


def test_a_file_that_is_not_for_this_campaign_stores_nothing(
    runtime: Runtime, campaign: Command, tmp_path: Path
) -> None:
    old = read_identity(campaign("seal-key", "new", make.SLUG).output)
    make.sign_sealed(runtime, make.page(runtime), now=datetime.now(UTC))
    campaign("seal-key", "replace", make.SLUG)
    fetched, resealed = str(tmp_path / "sealed.jsonl"), str(tmp_path / "resealed.jsonl")
    campaign("seal-key", "fetch", make.SLUG, "--output", fetched)
    stranger = keys.new_key().recipient
    campaign("seal-key", "reseal", fetched, "--to", stranger, "--output", resealed, stdin=old)
    refused = campaign("seal-key", "store", make.SLUG, resealed)
    assert refused.exit_code == 1
    assert "another recipient" in refused.output
    assert _names(runtime, old) == ["Rana Idris"]
    Path(resealed).write_text("not a line\n")
    assert campaign("seal-key", "store", make.SLUG, resealed).exit_code == 1


def _names(runtime: Runtime, identity: str) -> list[str]:
    with runtime.database.reading() as session:
        texts = session.scalars(select(signature.c.sealed).where(signature.c.sealed.is_not(None))).all()
    opened = [sealing.opened(text, identity) for text in texts]
    return sorted(fields["name"] for fields in opened if fields)


def _reword(runtime: Runtime, name: str, *, to: str, recipient: str, old: str) -> None:
    with runtime.database.transaction() as session:
        rows = session.execute(select(signature.c.id, signature.c.sealed)).all()
        (row_id,) = [row.id for row in rows if (sealing.opened(row.sealed, old) or {}).get("name") == name]
        values = {
            "sealed": sealing.seal_text(f'{{"name": "{to}"}}'.encode(), recipient),
            "sealed_to": fingerprint(recipient),
        }
        session.execute(update(signature).where(signature.c.id == row_id).values(**values))


def test_a_key_that_was_made_elsewhere_gives_its_recipient_alone(runtime: Runtime, campaign: Command) -> None:
    recipient = keys.new_key().recipient
    assert campaign("seal-key", "new", make.SLUG, "--recipient", "age1nonsense").exit_code == 1
    assert campaign("seal-key", "new", make.SLUG, "--recipient", recipient, "--shares", "2/3").exit_code == 1
    assert campaign("seal-key", "new", make.SLUG, "--recipient", recipient).output == ""
    assert _recipient(runtime) == recipient
