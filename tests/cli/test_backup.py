import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from click.testing import Result
from pyrage import x25519

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.audit_chain import chain_keys
from campaign.domain.letter import Letter
from campaign.services.campaigns import letters
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.database import Database
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.slow

Campaign = Callable[..., Result]


@pytest.fixture
def with_a_letter(migrated: Path, clock: Clock) -> Path:
    keys = chain_keys(load_settings().secret_key)
    database = Database(f"sqlite:///{migrated}", chain_keys=keys)
    with database.transaction() as session:
        letters.import_letter(
            session, make.LETTER, slug=make.SLUG, publish=False, actor=COMMAND_LINE, now=clock()
        )
    database.close()
    return migrated


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Moves on to a second machine: another instance folder, with another secret."""

    def move() -> Path:
        folder = tmp_path / "elsewhere"
        monkeypatch.setenv("CAMPAIGN_INSTANCE", str(folder))
        return folder

    return move


def stored(folder: Path) -> Letter:
    database = Database(f"sqlite:///{folder / 'campaign.db'}")
    schema.check(database)
    with database.reading() as session:
        letter = letters.stored_letter(session, make.SLUG)
    database.close()
    return letter


def test_a_backup_moves_an_installation_with_its_secret(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    file = tmp_path / "today.backup"
    assert campaign("db", "backup", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = (with_a_letter.parent / "secret_key").read_text()
    folder = elsewhere()
    result = campaign("db", "restore", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored(folder) == make.LETTER
    assert (folder / "secret_key").read_text() == secret
    assert "as it was written. Entries: 3\n" in campaign("audit", "verify").stdout
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_a_backup_can_be_piped(
    campaign: Campaign, with_a_letter: Path, elsewhere: Callable[[], Path]
) -> None:
    piped = campaign("db", "backup", "-")
    folder = elsewhere()
    assert campaign("db", "restore", "-", stdin=piped.stdout_bytes).exit_code == 0
    assert stored(folder) == make.LETTER


def test_a_key_from_the_environment_stays_out_of_the_backup_and_is_asked_for_on_restore(
    campaign: Campaign,
    with_a_letter: Path,
    tmp_path: Path,
    elsewhere: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = "k7Q2mX9vT4bN8wL1cR5yH3zF6dJ0sG-pA_uE"
    file = tmp_path / "today.backup"
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", key)
    campaign("db", "backup", str(file))
    assert key.encode() not in file.read_bytes()
    elsewhere()
    monkeypatch.delenv("CAMPAIGN_SECRET_KEY")
    refused = campaign("db", "restore", str(file))
    assert refused.exit_code == 1
    assert "made under another secret key" in refused.stderr
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", key)
    assert campaign("db", "restore", str(file)).exit_code == 0


def test_a_backup_made_after_a_rotation_replaces_nothing_where_the_newer_key_is_missing(
    campaign: Campaign,
    with_a_letter: Path,
    tmp_path: Path,
    elsewhere: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer, file = "k7Q2mX9vT4bN8wL1cR5yH3zF6dJ0sG-pA_uE", tmp_path / "today.backup"
    older = (with_a_letter.parent / "secret_key").read_text().strip()
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", newer)
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", older)
    assert campaign("db", "backup", str(file)).exit_code == 0
    folder = elsewhere()
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", older)
    monkeypatch.delenv("CAMPAIGN_SECRET_KEY_FALLBACKS")
    refused = campaign("db", "restore", str(file))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("People’s data in the database is encrypted under a secret key")
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY", newer)
    monkeypatch.setenv("CAMPAIGN_SECRET_KEY_FALLBACKS", older)
    # Nothing had been put in: the database takes it without --replace.
    assert campaign("db", "restore", str(file)).exit_code == 0
    assert stored(folder) == make.LETTER


def test_neither_a_backup_nor_data_is_overwritten_by_accident(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path
) -> None:
    file = tmp_path / "today.backup"
    campaign("db", "backup", str(file))
    again = campaign("db", "backup", str(file))
    assert (again.exit_code, again.stderr) == (
        1,
        f"{file} exists already. Choose another name, or add --replace.\n",
    )
    assert campaign("db", "backup", str(file), "--replace").exit_code == 0
    kept = campaign("db", "restore", str(file))
    assert kept.exit_code == 1
    assert "The database is not empty." in kept.stderr
    assert campaign("db", "restore", str(file), "--replace").exit_code == 0


def test_a_backup_for_a_recipient_opens_with_its_key_and_with_no_other(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    printed, other = campaign("db", "backup-key").stdout, campaign("db", "backup-key").stdout
    identity, strange = tmp_path / "key.txt", tmp_path / "other.txt"
    identity.write_text(printed)
    strange.write_text(other)
    recipient = printed.splitlines()[0].partition("CAMPAIGN_BACKUP_RECIPIENT=")[2]
    file = tmp_path / "today.backup"
    made = campaign("db", "backup", str(file), "--recipient", recipient)
    assert (made.exit_code, made.stdout.endswith("today.backup, encrypted.\n")) == (0, True)
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
    opened = pyrage.decrypt(file.read_bytes(), [x25519.Identity.from_str(printed.splitlines()[-1])])
    assert zipfile.ZipFile(io.BytesIO(opened)).testzip() is None
    folder = elsewhere()
    for options, sentence in (
        ((), "This backup is encrypted. Add --identity FILE with the key that opens it."),
        (("--identity", str(strange)), "This key does not open the file, or the file is damaged."),
    ):
        refused = campaign("db", "restore", str(file), *options)
        assert (refused.exit_code, refused.stderr) == (1, f"{sentence}\n")
    assert campaign("db", "restore", str(file), "--identity", str(identity)).exit_code == 0
    assert stored(folder) == make.LETTER


def test_a_backup_with_a_passphrase_is_one_that_age_reads(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path, elsewhere: Callable[[], Path]
) -> None:
    secret, wrong = tmp_path / "passphrase", tmp_path / "wrong"
    secret.write_text("clear water in six rivers\n")
    wrong.write_text("clear water in seven rivers\n")
    piped = campaign("db", "backup", "-", "--passphrase-file", str(secret)).stdout_bytes
    assert zipfile.is_zipfile(io.BytesIO(pyrage.passphrase.decrypt(piped, "clear water in six rivers")))
    folder = elsewhere()
    for options, sentence in (
        ((), "This backup has a passphrase. Add --passphrase-file FILE."),
        (
            ("--passphrase-file", str(wrong)),
            "This passphrase does not open the file, or the file is damaged.",
        ),
    ):
        refused = campaign("db", "restore", "-", *options, stdin=piped)
        assert (refused.exit_code, refused.stderr) == (1, f"{sentence}\n")
    assert campaign("db", "restore", "-", "--passphrase-file", str(secret), stdin=piped).exit_code == 0
    assert stored(folder) == make.LETTER


def test_a_site_that_others_can_reach_takes_no_backup_in_plain_unless_told_to(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_PUBLIC_URL", "https://letters.example.org")
    file = tmp_path / "today.backup"
    refused = campaign("db", "backup", str(file))
    assert (refused.exit_code, file.exists()) == (1, False)
    assert refused.stderr.startswith("A backup holds every name and address. Name who can open it:")
    assert "It is not encrypted." in campaign("db", "backup", str(file), "--plain").stdout
    assert zipfile.is_zipfile(file)
    recipients = [str(x25519.Identity.generate().to_public()) for _ in range(2)]
    monkeypatch.setenv("CAMPAIGN_BACKUP_RECIPIENT", ",".join(recipients))
    assert campaign("db", "backup", str(file), "--replace").exit_code == 0
    # Two were asked for, and the third is the key by which the file was read back.
    assert file.read_bytes().partition(b"\n---")[0].count(b"-> X25519 ") == 3
    monkeypatch.setenv("CAMPAIGN_BACKUP_RECIPIENT", "age1nobody")
    assert "must be the public key of an age identity" in campaign("db", "check").stderr


def test_two_ways_of_encrypting_or_a_key_that_is_none_are_refused_before_anything_is_written(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path
) -> None:
    file, empty = tmp_path / "today.backup", tmp_path / "empty"
    empty.write_text("\n")
    for options, sentence in (
        (("--plain", "--recipient", "age1nobody"), "Choose one:"),
        (("--recipient", "age1nobody"), "This is not the public key of an age identity."),
        (("--passphrase-file", str(empty)), "There is no passphrase in the first line"),
    ):
        refused = campaign("db", "backup", str(file), *options)
        assert (refused.exit_code, refused.stderr.startswith(sentence)) == (1, True), refused.stderr
        assert not file.exists()


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path
) -> None:
    result = campaign("db", "backup", str(tmp_path / "nowhere" / "today.backup"))
    assert result.exit_code == 1
    assert "nowhere/today.backup cannot be written: No such file or directory." in result.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("missing.backup", "There is no file"),
        (".", "is a folder, not a file."),
        ("letter.txt", "This file is no backup made by this program, or it is damaged."),
        ("armored.age", "This age file is in armor, as text."),
    ],
)
def test_what_is_no_backup_is_refused_in_a_sentence(
    campaign: Campaign, with_a_letter: Path, tmp_path: Path, file: str, sentence: str
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Minister,")
    (tmp_path / "armored.age").write_text("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n")
    result = campaign("db", "restore", str(tmp_path / file), "--replace")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert stored(with_a_letter.parent) == make.LETTER
