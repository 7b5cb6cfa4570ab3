"""Supporters that leave by the command line, and the logins of those who may."""

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from campaign.runtime import build_runtime
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
