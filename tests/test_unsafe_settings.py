"""Settings that would be unsafe on a real host stop the start, each with a sentence that says what to do."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from random import Random
from secrets import token_urlsafe

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from campaign.settings import environment_file, load_settings
from campaign.settings.guessable import is_guessable
from campaign.settings.private_files import problem_with_writers
from campaign.settings.reader import SettingsError


def start(tmp_path: Path, **environment: str) -> tuple[str, ...]:
    """Read the settings as a start does, and say what stops it."""
    try:
        load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "instance"), **environment})
    except SettingsError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    "url",
    [
        "http://letters.example",
        "http://letters.example:8000",
        "http://192.168.1.5:8000",
        "http://0.0.0.0:8000",
        "http://localhost.letters.example",
        "http://127.0.0.1.letters.example",
        "HTTP://letters.example",
    ],
)
def test_http_is_refused_wherever_others_come_by(tmp_path: Path, url: str) -> None:
    (problem,) = start(tmp_path, CAMPAIGN_PUBLIC_URL=url)
    assert problem.startswith("CAMPAIGN_PUBLIC_URL must begin with https://.")


@pytest.mark.parametrize(
    "url",
    [
        "https://letters.example",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000",
        "http://" + "a2" * 28 + ".onion",
    ],
)
def test_an_address_that_nobody_listens_in_on_is_taken(tmp_path: Path, url: str) -> None:
    assert start(tmp_path, CAMPAIGN_PUBLIC_URL=url) == ()


@pytest.mark.parametrize(
    "secret",
    [
        "a" * 40,
        "ab" * 20,
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "change-me-change-me-change-me-change-me",
        "example-secret-key-example-secret-key",
        "my-very-own-secret-key-for-production-1",
        "this_is_the_default_key_of_the_guide_42!",
        "passwordpasswordpasswordpassword1234567",
        "your_own_long_and_random_text_goes_here_7",
    ],
)
@pytest.mark.parametrize(
    "name", ["CAMPAIGN_SECRET_KEY", "CAMPAIGN_SECRET_KEY_FALLBACKS", "CAMPAIGN_METRICS_TOKEN"]
)
def test_a_secret_that_can_be_guessed_is_refused(tmp_path: Path, name: str, secret: str) -> None:
    (problem,) = start(tmp_path, **{name: secret})
    assert problem.startswith(name)
    assert "guessed" in problem
    assert secret not in problem


@pytest.mark.parametrize(
    ("name", "least"),
    [("CAMPAIGN_SECRET_KEY", 32), ("CAMPAIGN_SECRET_KEY_FALLBACKS", 32), ("CAMPAIGN_METRICS_TOKEN", 20)],
)
def test_a_short_secret_is_refused(tmp_path: Path, name: str, least: int) -> None:
    secret = "k7Q2mX9vT4bN8wL1cR5yH3zF6dJ0sG-pA_uE"
    assert f"at least {least} characters" in start(tmp_path, **{name: secret[: least - 1]})[0]
    assert start(tmp_path, **{name: secret[:least]}) == ()


def test_every_earlier_key_is_looked_at(tmp_path: Path) -> None:
    keys = f"{token_urlsafe(32)},short,{'n' * 40}"
    assert [problem[:36] for problem in start(tmp_path, CAMPAIGN_SECRET_KEY_FALLBACKS=keys)] == [
        "CAMPAIGN_SECRET_KEY_FALLBACKS, key 2",
        "CAMPAIGN_SECRET_KEY_FALLBACKS, key 3",
    ]


def test_the_key_in_its_file_is_no_guess_either(tmp_path: Path) -> None:
    assert start(tmp_path) == ()
    (tmp_path / "instance" / "secret_key").write_text("change-me" * 5)
    (problem,) = start(tmp_path)
    assert "secret_key is one that can be guessed" in problem


def test_random_secrets_are_taken() -> None:
    drawn = Random(7)
    for _ in range(3_000):
        made = urlsafe_b64encode(drawn.randbytes(32)).decode().rstrip("=")
        assert not any(map(is_guessable, (made, drawn.randbytes(32).hex(), drawn.randbytes(16).hex())))


def test_a_short_word_that_chance_wrote_makes_no_secret_a_known_one() -> None:
    assert not is_guessable("Nbq_MWYoUr-VclhTUenaGif7Wna_GxrfuND-Rfiql3E")


def der(key: PublicKeyTypes) -> str:
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize("name", ["CAMPAIGN_SENDGRID_WEBHOOK_KEY", "CAMPAIGN_SENDGRID_INBOUND_KEY"])
def test_a_key_of_webhooks_is_of_the_kind_that_signs_them(tmp_path: Path, name: str) -> None:
    usual = {"CAMPAIGN_REPLY_DOMAIN": "replies.letters.example"}
    good = der(ec.generate_private_key(ec.SECP256R1()).public_key())
    other_curve = der(ec.generate_private_key(ec.SECP384R1()).public_key())
    other_kind = der(rsa.generate_private_key(65537, 2048).public_key())
    assert start(tmp_path, **usual, **{name: good}) == ()
    for wrong in (other_curve, other_kind, good[:40], "MA==", "0", "no key"):
        assert start(tmp_path, **usual, **{name: wrong})[0].startswith(name)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u:p@mail.example:587",
        "smtp://u:p@mail.example?starttls=0",
        "smtp://u@10.0.0.1",
        "smtp://relay",
        "smtp://mail.example:25",
        "smtp://localhost.mail.example",
    ],
)
def test_mail_goes_to_no_other_machine_unencrypted(tmp_path: Path, url: str) -> None:
    (problem,) = start(tmp_path, CAMPAIGN_SMTP_URL=url)
    assert problem.startswith("CAMPAIGN_SMTP_URL would send mail and password unencrypted: add ?starttls=1")


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u:p@127.0.0.1:25",
        "smtp://localhost",
        "smtps://u:p@mail.example",
        "smtp://u:p@mail.example?starttls=1",
    ],
)
def test_a_mail_server_is_taken_where_nobody_listens_in(tmp_path: Path, url: str) -> None:
    assert start(tmp_path, CAMPAIGN_SMTP_URL=url) == ()


@pytest.mark.parametrize("url", ["smtp://", "smtp://:25", "smtp://mail.example:0?starttls=1", "mail.example"])
def test_an_address_of_no_mail_server_is_refused(tmp_path: Path, url: str) -> None:
    assert "must be like smtp://" in start(tmp_path, CAMPAIGN_SMTP_URL=url)[0]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770, 0o777])
def test_the_folder_of_the_installation_is_its_owners_alone(tmp_path: Path, mode: int) -> None:
    assert start(tmp_path) == ()
    (tmp_path / "instance").chmod(mode)
    (problem,) = start(tmp_path)
    assert problem.endswith(f"Run: chmod 700 {tmp_path / 'instance'}")


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_database_and_its_log_are_their_owners_alone_wherever_they_are(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    file = folder / f"letters.db{suffix}"
    file.touch(mode=0o600)
    url = f"sqlite:///{folder / 'letters.db'}"
    assert start(tmp_path, DATABASE_URL=url) == ()
    file.chmod(0o640)
    assert start(tmp_path, DATABASE_URL=url)[0].endswith(f"Run: chmod 600 {file}")


def test_nobody_else_can_put_another_database_in_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    url = f"sqlite:///{folder / 'letters.db'}"
    folder.chmod(0o777)
    assert start(tmp_path, DATABASE_URL=url) == (
        f"{folder} can be changed by others than its owner. Run: chmod go-w {folder}",
    )
    folder.chmod(0o1777)
    assert start(tmp_path, DATABASE_URL=url) == ()


@pytest.mark.parametrize(
    "url", ["sqlite:///file:x?mode=memory&uri=true", "sqlite:///file:/srv/x.db?uri=true"]
)
def test_a_database_is_named_by_its_path(tmp_path: Path, url: str) -> None:
    assert "must name a file by its path" in start(tmp_path, DATABASE_URL=url)[0]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o646])
def test_a_file_of_settings_that_others_may_change_is_refused_whatever_it_holds(
    tmp_path: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("CAMPAIGN_OFFICIAL_RATE=20\n")
    file.chmod(mode)
    monkeypatch.chdir(tmp_path)
    assert environment_file.problems() == [
        f"{file} can be changed by others than its owner. Run: chmod go-w {file}"
    ]
    file.chmod(0o644)
    assert environment_file.problems() == []


def test_a_file_of_settings_that_belongs_to_somebody_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    owner = file.stat().st_uid
    assert problem_with_writers(file, user_id=owner) == []
    others = problem_with_writers(file, user_id=owner + 1)
    assert owner == 0 or "belongs to another user" in others[0]


def test_all_that_is_unsafe_is_told_at_once(tmp_path: Path) -> None:
    assert start(tmp_path) == ()
    (tmp_path / "instance").chmod(0o755)
    (tmp_path / "instance" / "campaign.db").touch()
    (tmp_path / "instance" / "campaign.db").chmod(0o644)
    told = start(
        tmp_path,
        CAMPAIGN_PUBLIC_URL="http://letters.example",
        CAMPAIGN_SECRET_KEY="a" * 40,
        CAMPAIGN_SECRET_KEY_FALLBACKS="b" * 40,
        CAMPAIGN_METRICS_TOKEN="x",
        CAMPAIGN_SMTP_URL="smtp://relay",
        CAMPAIGN_SENDGRID_WEBHOOK_KEY="0",
    )
    assert len(told) == 8
