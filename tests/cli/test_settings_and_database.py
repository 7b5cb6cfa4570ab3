"""What stands in the way of a start: each is one sentence, on standard error, with exit status 1."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from campaign.store import schema
from tests.waiting import PATIENCE_SECONDS

Campaign = Callable[..., Result]
COMMANDS = [["serve", "--port", "47111"], ["worker"], ["db", "check"], ["letter", "show", "x"]]


def refused(result: Result) -> str:
    """The one sentence of a command that failed."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


def test_all_wrong_settings_are_named_at_once_one_a_line(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", "short")
    monkeypatch.setenv("CAMPAIGN_PUBLIC_URL", "letters.example/path")
    monkeypatch.setenv("CAMPAIGN_OFFICIAL_RATE", "many")
    lines = refused(campaign("serve")).splitlines()
    assert [line.split()[0] for line in lines] == [
        "CAMPAIGN_PUBLIC_URL",
        "CAMPAIGN_OFFICIAL_RATE",
        "CAMPAIGN_SECRET_KEY",
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_empty_database_is_told_how_to_be_filled(
    campaign: Campaign, environment: dict[str, str], command: list[str]
) -> None:
    assert refused(campaign(*command)) == "The database is empty. Run: campaign db upgrade"


@pytest.mark.parametrize("command", [*COMMANDS, ["run"], ["db", "upgrade"]], ids=" ".join)
def test_a_database_newer_than_the_program_is_left_alone(
    campaign: Campaign, of_the_future: Path, command: list[str]
) -> None:
    before = of_the_future.read_bytes()
    assert "newer version of this program (schema 9999)" in refused(campaign(*command))
    assert of_the_future.read_bytes() == before


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("command", [*COMMANDS, ["run", "--port", "47111"]], ids=" ".join)
def test_an_older_database_waits_for_its_backup_and_names_the_command(
    campaign: Campaign, from_the_past: Path, command: list[str]
) -> None:
    sentence = refused(campaign(*command))
    assert "older schema (0001)" in sentence
    assert sentence.endswith("Back it up, then run: campaign db upgrade")


@pytest.mark.slow
def test_the_command_that_an_older_database_waits_for_brings_it_up_to_date(
    campaign: Campaign, from_the_past: Path
) -> None:
    assert campaign("db", "upgrade").exit_code == 0
    assert campaign("db", "check").exit_code == 0


def test_an_instance_folder_that_cannot_be_made_is_named(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(tmp_path / "file" / "instance"))
    sentence = refused(campaign("run"))
    assert sentence == f"The instance folder {tmp_path}/file/instance cannot be written to: Not a directory."


def test_an_instance_folder_that_cannot_be_made_is_named_with_a_key_from_the_environment_too(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", "k7Q2mX9vT4bN8wL1cR5yH3zF6dJ0sG-pA_uE")
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(tmp_path / "file" / "instance"))
    assert "cannot be written to: Not a directory." in refused(campaign("db", "upgrade"))


def test_a_file_that_is_no_database_is_named_and_left_as_it_was(
    campaign: Campaign, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = migrated.with_name("letter.txt")
    other.write_text("Dear Minister,\n" * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{other}")
    assert f"The database sqlite:///{other} cannot be used: file is not a database." == refused(
        campaign("db", "upgrade")
    )
    assert other.read_text() == "Dear Minister,\n" * 100


def test_a_database_server_out_of_reach_is_named_without_its_password(
    campaign: Campaign, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://letters:hunter2hunter2@127.0.0.1:1/letters")
    sentence = refused(campaign("db", "check"))
    assert "127.0.0.1" in sentence
    assert "hunter2" not in sentence


@pytest.mark.slow
def test_upgrading_twice_is_fine(campaign: Campaign, environment: dict[str, str], instance: Path) -> None:
    head = schema.head_revision()
    assert campaign("db", "upgrade").stdout == f"The database has schema {head} now.\n"
    assert campaign("db", "upgrade").stdout == f"The database has schema {head} already.\n"
    assert campaign("db", "check").exit_code == 0
    assert instance.stat().st_mode & 0o077 == 0


def test_settings_may_stand_in_a_file_and_the_environment_wins(
    program: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CAMPAIGN_OFFICIAL_RATE=many\nCAMPAIGN_PROVIDER_RATE=many\n")
    process = program("db", "check", CAMPAIGN_PROVIDER_RATE="5")
    _, said = process.communicate(timeout=PATIENCE_SECONDS)  # type: ignore[attr-defined]
    assert said == "CAMPAIGN_OFFICIAL_RATE must be a whole number from 0 to 1000000.\n"


def test_help_names_every_command_without_loading_them(program: Callable[..., object]) -> None:
    process = program("--help", PYTHONPROFILEIMPORTTIME="1")
    said, imported = process.communicate(timeout=PATIENCE_SECONDS)  # type: ignore[attr-defined]
    for command in ("run", "serve", "worker", "db", "letter", "official", "organizer", "export", "outbox"):
        assert f"  {command} " in said
    assert "campaign.cli" in imported
    assert "sqlalchemy" not in imported
    assert "flask" not in imported
