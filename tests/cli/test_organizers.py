"""`campaign organizer`: who may come in, and what they may do."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from campaign.services.accounts import organizers
from tests.web.organizer.conftest import CHEAP
from tests.web.organizer.test_desk import LETTER

Campaign = Callable[..., Result]


@pytest.fixture
def organizer(campaign: Campaign, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Runs `campaign organizer …` where there is one owner, and one viewer; passwords are hashed cheaply."""
    monkeypatch.setitem(organizers.add.__kwdefaults__, "passwords", CHEAP)
    for email, role in (("olga@desk.example", "owner"), ("vera@desk.example", "viewer")):
        assert campaign("organizer", "add", email, "--role", role).exit_code == 0
    return lambda *arguments: campaign("organizer", *arguments)


def test_all_logins_are_listed_with_what_they_may_do(organizer: Campaign) -> None:
    organizer("disable", "vera@desk.example")
    lines = [line.split("\t") for line in organizer("list").stdout.splitlines()]
    assert [(email, role, state.split()[0]) for email, role, _, state in lines] == [
        ("olga@desk.example", "owner", "enabled"),
        ("vera@desk.example", "viewer", "disabled"),
    ]


@pytest.mark.parametrize("arguments", [("disable",), ("role", "editor"), ("role", "viewer")])
def test_the_last_owner_stays_one(organizer: Campaign, arguments: tuple[str, ...]) -> None:
    command, *more = arguments
    refused = organizer(command, "olga@desk.example", *more)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "This is the last owner. Make somebody else an owner first.\n",
    )
    assert organizer("role", "VERA@desk.example", "owner").exit_code == 0
    assert organizer(command, "olga@desk.example", *more).exit_code == 0


def test_an_owner_who_is_disabled_does_not_count(organizer: Campaign) -> None:
    organizer("role", "vera@desk.example", "owner")
    organizer("disable", "vera@desk.example")
    assert organizer("disable", "olga@desk.example").exit_code == 1
    organizer("enable", "vera@desk.example")
    assert organizer("disable", "olga@desk.example").exit_code == 0


def test_a_reset_prints_an_address_once(organizer: Campaign) -> None:
    lines = organizer("reset", "vera@desk.example").stdout.splitlines()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/organizer/reset/[\w-]{43}", lines[-1])
    assert organizer("reset", "vera@desk.example").stdout.splitlines()[-1] != lines[-1]


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("command", ["disable", "enable", "reset", "role"])
def test_an_address_without_a_login_is_said_to_have_none(organizer: Campaign, command: str) -> None:
    more = ["viewer"] if command == "role" else []
    refused = organizer(command, "nobody@desk.example", *more)
    assert (refused.exit_code, refused.stderr) == (1, "There is no login for this address.\n")


def test_a_disabled_login_is_enabled_before_it_gets_a_new_password(organizer: Campaign) -> None:
    organizer("disable", "vera@desk.example")
    assert "Enable it first." in organizer("reset", "vera@desk.example").stderr


def test_rights_in_one_campaign_and_personal_data_are_given_and_taken_by_command(
    campaign: Campaign, organizer: Campaign, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.md"
    letter.write_text(LETTER, encoding="utf-8")
    assert campaign("letter", "import", str(letter), "--slug", "first").exit_code == 0
    made = organizer("add", "cleo@desk.example", "--role", "editor", "--campaign", "first", "--personal-data")
    assert made.exit_code == 0, made.output
    line = of_cleo(organizer)
    assert (line[1], line[-1]) == ("-", "first: editor with personal data")
    changed = organizer("role", "cleo@desk.example", "viewer", "--personal-data")
    assert changed.exit_code == 0, changed.output
    assert organizer("role", "cleo@desk.example", "none", "--campaign", "first").exit_code == 0
    line = of_cleo(organizer)
    assert (line[1], line[3:]) == ("viewer", ["enabled", "with personal data"])
    assert organizer("role", "cleo@desk.example", "viewer", "--no-personal-data").exit_code == 0
    assert of_cleo(organizer)[3:] == ["enabled"]
    nothing = organizer("role", "cleo@desk.example", "none")
    assert nothing.exit_code == 1
    assert "Choose a role" in nothing.stderr
    assert organizer("role", "cleo@desk.example", "viewer", "--campaign", "second").exit_code == 1


def test_an_invitation_by_command_goes_by_mail_and_prints_no_link(
    campaign: Campaign, organizer: Campaign
) -> None:
    done = organizer("invite", "ben@desk.example", "--role", "owner")
    assert done.exit_code == 0, done.output
    assert "http" not in done.output
    counted = json.loads(campaign("outbox", "status", "--json").stdout)["counts"]
    assert counted["invitation"] == {"queued": 1}
    again = organizer("invite", "olga@desk.example", "--role", "owner")
    assert again.exit_code == 1
    assert "There is already a login for this address." in again.stderr


def of_cleo(organizer: Campaign) -> list[str]:
    """What the list says of her."""
    lines = [line.split("\t") for line in organizer("list").stdout.splitlines()]
    return next(line for line in lines if line[0] == "cleo@desk.example")
