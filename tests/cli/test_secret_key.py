"""The secret key and the data belong together, whatever becomes of the file it is kept in."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.audit_chain import chain_keys
from campaign.domain.tokens import key_fingerprint
from campaign.services.campaigns import letters
from campaign.services.installation import database_key, encryption
from campaign.settings import load_settings
from campaign.store.database import Database
from tests import make
from tests.conftest import Clock

Campaign = Callable[..., Result]

OTHER_KEY = "k7Q2mX9vT4bN8wL1cR5yH3zF6dJ0sG-pA_uE"
THIRD_KEY = "z4Wq8nB1tK6vX0pR3mJ7cF2hY9sL5dG-aE_uQ"


@pytest.fixture
def key_file(campaign: Campaign, migrated: Path, clock: Clock) -> Path:
    """The key of an installation that has started once and holds a letter."""
    assert campaign("db", "check").exit_code == 0
    with (
        closing(Database(f"sqlite:///{migrated}", chain_keys=chain_keys("k" * 40))) as database,
        database.transaction() as session,
    ):
        letters.import_letter(
            session, make.LETTER, slug=make.SLUG, publish=False, actor=COMMAND_LINE, now=clock()
        )
    return migrated.parent / "secret_key"


def stored_fingerprints(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT key_fingerprint FROM installation")]


def refused(result: Result, *words: str) -> bool:
    """Whether the command ended with one sentence, which has these words."""
    return result.exit_code == 1 and result.stderr.count("\n") == 1 and all(w in result.stderr for w in words)


def test_the_first_start_tells_the_database_its_key(key_file: Path) -> None:
    assert stored_fingerprints(key_file.with_name("campaign.db")) == [key_fingerprint(key_file.read_text())]


def test_a_lost_key_stops_the_start_and_no_other_takes_its_place(campaign: Campaign, key_file: Path) -> None:
    key = key_file.read_text()
    key_file.unlink()
    assert refused(campaign("db", "check"), str(key_file), "is lost", "Put that file back")
    assert not key_file.exists()
    key_file.write_text(key)
    assert campaign("db", "check").exit_code == 0


def test_a_key_lost_before_the_database_knew_it_stops_the_start_too(
    campaign: Campaign, key_file: Path
) -> None:
    with closing(sqlite3.connect(key_file.with_name("campaign.db"))) as connection:
        connection.execute("DELETE FROM installation")
        connection.commit()
    key_file.unlink()
    assert refused(campaign("db", "check"), "is lost")
    assert not key_file.exists()


def test_a_key_of_another_installation_stops_the_start(campaign: Campaign, key_file: Path) -> None:
    key_file.write_text(OTHER_KEY)
    for command in (("db", "check"), ("db", "upgrade"), ("worker", "--once"), ("outbox", "status")):
        assert refused(campaign(*command), str(key_file), "made under another secret key"), command


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe" * 40])
def test_a_key_that_is_not_whole_stops_the_start_and_stays_as_it_is(
    campaign: Campaign, key_file: Path, content: bytes
) -> None:
    key_file.write_bytes(content)
    assert refused(campaign("db", "check"), str(key_file), "is not whole")
    assert key_file.read_bytes() == content


def test_a_key_that_cannot_be_read_stops_the_start(campaign: Campaign, key_file: Path) -> None:
    key_file.unlink()
    key_file.mkdir()
    assert refused(campaign("db", "check"), str(key_file), "cannot be read")


def test_a_rotated_key_is_known_by_the_oldest_that_is_still_kept(
    campaign: Campaign, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", OTHER_KEY)
    assert refused(campaign("db", "check"), "CAMPAIGN_SECRET_KEY_FALLBACKS")
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", key_file.read_text())
    assert campaign("db", "check").exit_code == 0
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", f"{THIRD_KEY},{key_file.read_text()}")
    assert campaign("db", "check").exit_code == 0


def test_a_new_key_takes_over_by_a_command_and_says_which_is_needed_no_longer(
    campaign: Campaign, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "UNTIL_ALL_HAVE_THE_KEY", timedelta(0))
    oldest = key_file.read_text()
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", OTHER_KEY)
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", oldest)
    assert campaign("db", "check").exit_code == 0
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", THIRD_KEY)
    assert refused(campaign("db", "check"), "encrypted under a secret key that is missing here")
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", f"{OTHER_KEY},{oldest}")
    done = campaign("db", "reencrypt")
    assert done.exit_code == 0
    assert "no row needs an earlier one" in done.stdout
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", oldest)
    assert "Every encrypted value can be read." in campaign("db", "check", "--values").stdout


def test_an_installation_without_any_data_takes_the_key_it_is_given(
    campaign: Campaign, migrated: Path
) -> None:
    assert campaign("db", "check").exit_code == 0
    (migrated.parent / "secret_key").write_text(OTHER_KEY)
    assert campaign("db", "check").exit_code == 0
    assert stored_fingerprints(migrated) == [key_fingerprint(OTHER_KEY)]


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["lost", "empty", "foreign"])
def test_a_restore_brings_the_key_back(campaign: Campaign, key_file: Path, tmp_path: Path, loss: str) -> None:
    key, file = key_file.read_text(), str(tmp_path / "today.backup")
    assert campaign("db", "backup", file).exit_code == 0
    if loss == "lost":
        key_file.unlink()
    else:
        key_file.write_text("" if loss == "empty" else OTHER_KEY)
    assert campaign("db", "restore", file, "--replace").exit_code == 0
    assert key_file.read_text() == key
    assert campaign("db", "check").exit_code == 0


def test_a_restore_that_fails_makes_no_key(campaign: Campaign, key_file: Path, tmp_path: Path) -> None:
    key_file.unlink()
    (tmp_path / "letter.txt").write_text("Dear Minister,")
    assert campaign("db", "restore", str(tmp_path / "letter.txt"), "--replace").exit_code == 1
    assert not key_file.exists()


def test_the_key_that_a_killed_restore_left_counts_when_its_data_is_there(
    campaign: Campaign, key_file: Path
) -> None:
    earlier, waiting = key_file.read_text(), key_file.with_name("secret_key.restored")
    (leftover := key_file.with_name("restore-abc")).mkdir()
    (leftover / "staged.db").write_text("everybody's data")
    waiting.write_text(OTHER_KEY)
    assert campaign("db", "check").exit_code == 0
    assert (key_file.read_text(), waiting.exists(), leftover.exists()) == (earlier, False, False)

    waiting.write_text(OTHER_KEY)
    with closing(sqlite3.connect(key_file.with_name("campaign.db"))) as connection:
        connection.execute("UPDATE installation SET key_fingerprint = ?", [key_fingerprint(OTHER_KEY)])
        connection.execute("DELETE FROM data_key")
        connection.commit()
    assert campaign("db", "check").exit_code == 0
    assert (key_file.read_text(), waiting.exists()) == (OTHER_KEY, False)
    assert key_file.with_name("secret_key.before-restore").read_text() == earlier


def test_nothing_starts_in_the_middle_of_a_restore(
    campaign: Campaign, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_key, "PATIENCE_SECONDS", 0.1)
    (staging := key_file.with_name("restore-abc")).mkdir()
    with database_key.restoring(key_file.parent):
        assert refused(campaign("db", "check"), "A backup is being restored.")
    assert staging.exists()
    assert campaign("db", "check").exit_code == 0
    assert not staging.exists()


def test_two_first_starts_at_once_read_one_key(tmp_path: Path) -> None:
    environment = {"CAMPAIGN_INSTANCE": str(tmp_path / "instance")}
    first = load_settings(environment, key_source=database_key.key_of_start)
    second = load_settings(environment, key_source=database_key.key_of_start)
    assert first.secret_key == second.secret_key
    assert [path.name for path in (tmp_path / "instance").iterdir()] == ["secret_key"]
