"""Supporters that leave by the command line, and the logins of those who may."""

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from campaign.documents import age_file
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.sealing import ShareCount
from campaign.runtime import build_runtime
from campaign.services.documents import exports
from campaign.services.seals import keys, recipients
from campaign.settings import load_settings
from tests import make
from tests.conftest import Clock

Campaign = Callable[..., Result]


@pytest.fixture
def signed(migrated: Path, clock: Clock) -> None:
    runtime = build_runtime(load_settings())
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), name="رەنا ئىدرىس", updates=True)
    make.sign(runtime, page, now=clock(), name="Ivo Marsh", email="ivo@mail.example")
    runtime.close()


def test_confirmed_supporters_are_written_to_standard_output(campaign: Campaign, signed: None) -> None:
    result = campaign("export", "supporters", make.SLUG, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    [row] = csv.DictReader(result.stdout.splitlines())
    assert (row["name"], row["email"], row["updates"]) == ("رەنا ئىدرىس", "rana@mail.example", "Y")


def test_a_file_is_its_owners_alone_and_replaced_only_when_told(
    campaign: Campaign, signed: None, tmp_path: Path
) -> None:
    file = tmp_path / "supporters.json"
    order = ("export", "supporters", make.SLUG, "--format", "json", "--output", str(file))
    assert campaign(*order).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [row] = json.loads(file.read_text())
    assert row["email"] == "rana@mail.example"
    again = campaign(*order)
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    assert campaign(*order, "--replace").exit_code == 0


def test_an_export_that_fails_leaves_no_file(campaign: Campaign, signed: None, tmp_path: Path) -> None:
    file = tmp_path / "supporters.csv"
    result = campaign("export", "supporters", "nowhere", "--format", "csv", "--output", str(file))
    assert (result.exit_code, result.stderr) == (1, "There is no campaign named nowhere.\n")
    assert list(tmp_path.glob("*supporters*")) == []


def test_every_export_is_recorded_and_the_record_is_whole(campaign: Campaign, signed: None) -> None:
    before = int(campaign("audit", "verify").stdout.splitlines()[0].split()[-1])
    campaign("export", "supporters", make.SLUG, "--format", "csv")
    told = campaign("audit", "verify").stdout.splitlines()
    assert told[0] == f"The record is as it was written. Entries: {before + 1}"


@pytest.mark.slow
def test_a_login_gets_a_first_password_that_is_shown_once(campaign: Campaign, migrated: Path) -> None:
    made = campaign("organizer", "add", "Ada@River.example", "--role", "editor")
    assert made.exit_code == 0
    assert "can sign in at http://127.0.0.1:8000/organizer/ as editor." in made.stdout
    password = made.stdout.rpartition(": ")[2].strip()
    assert len(password) >= 15
    again = campaign("organizer", "add", "ada@river.example", "--role", "editor")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "already" in again.stderr


def test_a_password_of_ones_own_is_read_and_never_printed(campaign: Campaign, migrated: Path) -> None:
    password = "nine herons over the weir"
    made = campaign(
        "organizer", "add", "ada@river.example", "--role", "owner", "--password-stdin", stdin=password + "\n"
    )
    assert made.exit_code == 0
    assert password not in made.stdout
    assert "password" not in made.stdout


@pytest.mark.parametrize("password", ["", "short", "password password"])
def test_a_bad_password_makes_no_login(campaign: Campaign, migrated: Path, password: str) -> None:
    refused = campaign(
        "organizer", "add", "ada@river.example", "--role", "owner", "--password-stdin", stdin=password + "\n"
    )
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1


def test_a_role_that_is_none_is_wrong_usage(campaign: Campaign, migrated: Path) -> None:
    assert campaign("organizer", "add", "ada@river.example", "--role", "queen").exit_code == 2


WORDS = "a passphrase of several words"


def lists(folder: Path, kind: str, *, preset: str = "") -> tuple[str, list[str]]:
    """A list with somebody who signed sealed, by a key in shares, on the server: its file, and the shares."""
    runtime = build_runtime(load_settings())
    made_key = keys.new_key(ShareCount(2, 3))
    now = runtime.clock()
    with runtime.database.transaction() as session:
        recipients.give(session, make.SLUG, made_key.recipient, actor=COMMAND_LINE, now=now)
    make.sign_sealed(
        runtime, make.page(runtime), now=now, name="Mina Sato", email="mina@mail.example", country="JP"
    )
    file = folder / f"list.{kind}"
    with file.open("wb") as out:
        exports.write_supporters(
            runtime.database, make.SLUG, format=kind, preset=preset, out=out, actor=COMMAND_LINE, now=now
        )
    runtime.close()
    return str(file), list(made_key.shares)


def shares_in(folder: Path, shares: list[str]) -> list[str]:
    """A file for each keeper's share, as the options that name them."""
    options = []
    for number, share in enumerate(shares):
        file = folder / f"share-{number}"
        file.write_text(f"# Share {number}\n{share}\n")
        options += ["--identity", str(file)]
    return options


@pytest.mark.first_rows(1)
@pytest.mark.parametrize(
    ("kind", "preset"), [("json", ""), ("csv", ""), ("csv", "civicrm"), ("json", "mailchimp")]
)
def test_sealed_rows_are_opened_offline_with_enough_shares(
    campaign: Campaign, signed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, preset: str
) -> None:
    file, shares = lists(tmp_path, kind, preset=preset)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = campaign("export", "open", file, *shares_in(tmp_path, shares[1:]))
    assert (result.exit_code, result.stderr) == (0, "1 sealed rows opened, 0 are sealed to another key.\n")
    text = result.stdout
    rows = json.loads(text) if kind == "json" else list(csv.DictReader(text.splitlines()))
    known, sealed = rows
    assert "رەنا ئىدرىس" in text
    assert {"Mina", "Sato"} <= set(sealed.values()) or sealed["name"] == "Mina Sato"
    assert "JP" in sealed.values()
    assert not sealed["sealed"]
    assert {"capacity", "words"} <= known.keys() == sealed.keys()
    one = campaign("export", "open", file, *shares_in(tmp_path, shares[:1]))
    assert (one.exit_code, "These shares do not give a key" in one.stderr) == (1, True)


@pytest.mark.slow
def test_an_encrypted_list_is_opened_offline_by_its_passphrase_or_key(
    campaign: Campaign, signed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, shares = lists(tmp_path, "csv")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    plain = Path(file).read_bytes()
    (tmp_path / "words").write_text(f"{WORDS}\n")
    other = keys.new_key()
    (tmp_path / "key").write_text(f"# a key\n{other.identity}\n")
    for name, chunks, options in (
        ("p.age", age_file.for_passphrase([plain], WORDS), ["--passphrase-file", str(tmp_path / "words")]),
        ("r.age", age_file.for_recipient([plain], other.recipient), ["--identity", str(tmp_path / "key")]),
    ):
        encrypted = tmp_path / name
        encrypted.write_bytes(b"".join(chunks))
        out = tmp_path / f"{name}.csv"
        result = campaign(
            *("export", "open", str(encrypted), *options, *shares_in(tmp_path, shares[:2])),
            *("--output", str(out)),
        )
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        assert "1 sealed rows opened" in result.stderr
        assert "Mina Sato" in out.read_text()
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        closed = campaign("export", "open", str(encrypted))
        assert (closed.exit_code, closed.stdout) == (1, "")
        assert "Add --" in closed.stderr
        damaged = tmp_path / "damaged"
        damaged.write_bytes(encrypted.read_bytes()[:-1])
        assert campaign("export", "open", str(damaged), *options).exit_code == 1
    assert campaign("export", "open", file).stdout_bytes == plain


def test_what_stays_closed_is_said_and_what_is_no_list_is_refused(
    campaign: Campaign, signed: None, tmp_path: Path
) -> None:
    file, _ = lists(tmp_path, "json")
    (tmp_path / "key").write_text(f"{keys.new_key().identity}\n")
    key = ("--identity", str(tmp_path / "key"))
    result = campaign("export", "open", file, *key)
    assert "0 sealed rows opened, 1 are sealed to another key." in result.stderr
    assert json.loads(result.stdout)[1]["sealed"]
    sheet = tmp_path / "list.xlsx"
    sheet.write_bytes(b"PK\x03\x04 and more")
    assert "Export CSV or JSON" in campaign("export", "open", str(sheet), *key).stderr
    for content in (
        b"[1]",
        b"[\n{]\n",
        b"a,b\n1,2\n",
        b"a,b\n1\n",
        b"[" + b"x" * 300_000,
        b'email,"' + b"x" * 140_000,
    ):
        bad = tmp_path / "bad"
        bad.write_bytes(content)
        refused = campaign("export", "open", str(bad), *key)
        assert (refused.exit_code, "no list of supporters" in refused.stderr) == (1, True)
    (tmp_path / "empty").write_text("# nothing\n")
    none = campaign("export", "open", file, "--identity", str(tmp_path / "empty"))
    assert "neither a key nor a share" in none.stderr
