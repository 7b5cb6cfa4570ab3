import stat
from pathlib import Path

import pytest

from campaign.settings import environment_file, load_settings
from campaign.settings.reader import SettingsError


def problems(tmp_path: Path, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "instance"), **environment})
    return raised.value.problems


def test_a_first_start_makes_its_folder_and_its_secret_for_the_owner_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    first = load_settings({"CAMPAIGN_INSTANCE": str(instance)})
    again = load_settings({"CAMPAIGN_INSTANCE": str(instance)})
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert stat.S_IMODE((instance / "secret_key").stat().st_mode) == 0o600


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        DATABASE_URL="mysql://somewhere",
        CAMPAIGN_SECRET_KEY="short",
        CAMPAIGN_PUBLIC_URL="letters.example",
        CAMPAIGN_TRUSTED_PROXIES="two",
        CAMPAIGN_MAIL_PROVIDER="pigeon",
        CAMPAIGN_OFFICIAL_RATE="-1",
        CAMPAIGN_SENDGRID_WEBHOOK_KEY="no key",
    )
    for name in (
        "DATABASE_URL",
        "CAMPAIGN_SECRET_KEY",
        "CAMPAIGN_PUBLIC_URL",
        "CAMPAIGN_TRUSTED_PROXIES",
        "CAMPAIGN_MAIL_PROVIDER",
        "CAMPAIGN_OFFICIAL_RATE",
        "CAMPAIGN_SENDGRID_WEBHOOK_KEY",
    ):
        assert any(problem.startswith(name) for problem in found), name
    assert not (tmp_path / "instance").exists()


def test_a_provider_that_lacks_its_key_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, CAMPAIGN_MAIL_PROVIDER="sendgrid")
    assert [problem.split()[0] for problem in found] == ["CAMPAIGN_MAIL_FROM", "SENDGRID_API_KEY"]


def test_a_log_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    asked = {"CAMPAIGN_SENDGRID_ACTIVITY": "on"}
    assert "no mail goes through sendgrid" in problems(tmp_path, **asked)[0]
    mail = {
        "CAMPAIGN_MAIL_PROVIDER": "sendgrid",
        "SENDGRID_API_KEY": "k",
        "CAMPAIGN_MAIL_FROM": "R <a@b.example>",
    }
    eu = {"CAMPAIGN_SENDGRID_HOST": "https://api.eu.sendgrid.com"}
    assert "EU region" in problems(tmp_path, **asked, **mail, **eu)[0]
    assert load_settings({"CAMPAIGN_INSTANCE": str(tmp_path), **asked, **mail}).mail.reads_sendgrid_activity


def test_a_mail_host_without_tls_is_taken_on_loopback_only(tmp_path: Path) -> None:
    assert "CAMPAIGN_SENDGRID_HOST" in problems(tmp_path, CAMPAIGN_SENDGRID_HOST="http://api.example")[0]
    local = {"CAMPAIGN_INSTANCE": str(tmp_path), "CAMPAIGN_SENDGRID_HOST": "http://127.0.0.1:9999/"}
    assert load_settings(local).mail.sendgrid_host == "http://127.0.0.1:9999"


def test_a_reply_domain_is_a_domain_and_its_key_a_key(tmp_path: Path) -> None:
    for wrong in ("letters", "a@b.example", "replies_x.example", "x." * 120 + "example", "a..example"):
        assert "CAMPAIGN_REPLY_DOMAIN must be" in problems(tmp_path, CAMPAIGN_REPLY_DOMAIN=wrong)[0]
    assert len(problems(tmp_path, CAMPAIGN_SENDGRID_INBOUND_KEY="no key")) == 2
    good = {"CAMPAIGN_INSTANCE": str(tmp_path), "CAMPAIGN_REPLY_DOMAIN": "Replies.Letters.example"}
    assert load_settings(good).mail.reply_domain == "replies.letters.example"


def test_a_postgres_address_is_taken_in_every_common_spelling(tmp_path: Path) -> None:
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        settings = load_settings({"CAMPAIGN_INSTANCE": str(tmp_path), "DATABASE_URL": f"{prefix}u:p%40@h/db"})
        assert settings.database_url == "postgresql+psycopg://u:p%40@h/db"


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written to"):
        load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "file" / "instance")})


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = load_settings({"CAMPAIGN_INSTANCE": str(tmp_path), "SENDGRID_API_KEY": "SG.hidden"})
    assert "SG.hidden" not in repr(settings)
    assert settings.secret_key not in repr(settings)


def test_links_follow_the_port_unless_told_otherwise(tmp_path: Path) -> None:
    base = {"CAMPAIGN_INSTANCE": str(tmp_path)}
    assert load_settings({**base, "PORT": "8123"}).web.public_url == "http://127.0.0.1:8123"
    assert load_settings({**base, "CAMPAIGN_PUBLIC_URL": "https://letters.example/"}).web.is_https


def test_where_mail_comes_from_and_returns_to_is_checked_with_the_rest(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        CAMPAIGN_SUPPORTER_MAIL_FROM="nobody",
        CAMPAIGN_BOUNCE_ADDRESS="a-very-long-name-indeed@letters.example",
        CAMPAIGN_SMTP_URL="smtp://mail.example:port",
    )
    assert [problem.split()[0] for problem in found] == [
        "CAMPAIGN_SUPPORTER_MAIL_FROM",
        "CAMPAIGN_BOUNCE_ADDRESS",
        "CAMPAIGN_SMTP_URL",
    ]


def test_a_slip_in_a_name_stops_the_start_and_says_what_may_have_been_meant(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        CAMPAIGN_MAIL_PROVIDR="smtp",
        CAMPAIGN_DATABASE_URL="sqlite:///elsewhere.db",
        CAMPAIGN_XYZZY="1",
        CAMPAIGN_OFFICIAL_RATE="many",
    )
    assert found[-3:] == (
        "There is no setting CAMPAIGN_DATABASE_URL. Did you mean DATABASE_URL?",
        "There is no setting CAMPAIGN_MAIL_PROVIDR. Did you mean CAMPAIGN_MAIL_PROVIDER?",
        "There is no setting CAMPAIGN_XYZZY.",
    )
    assert found[0].startswith("CAMPAIGN_OFFICIAL_RATE")


def test_names_that_others_set_for_commands_and_tests_are_known(tmp_path: Path) -> None:
    load_settings(
        {"CAMPAIGN_INSTANCE": str(tmp_path), "CAMPAIGN_DEBUG": "1", "CAMPAIGN_TEST_POSTGRESQL_URL": "x"}
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_files_that_others_may_read_are_all_named_at_once(
    tmp_path: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = tmp_path / "instance"
    load_settings({"CAMPAIGN_INSTANCE": str(instance)})
    (instance / "campaign.db").touch()
    (tmp_path / ".env").write_text(f"CAMPAIGN_INSTANCE={instance}\nSENDGRID_API_KEY=SG.key\n")
    files = [tmp_path / ".env", instance / "campaign.db", instance / "secret_key"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(instance))
    load_settings()
    for file in files:
        file.chmod(mode)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert [problem.split()[2] for problem in raised.value.problems] == [str(file) for file in files]
    assert raised.value.problems[0].endswith(f"Run: chmod 600 {files[0]}")


def test_a_file_of_settings_without_a_secret_may_be_read_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CAMPAIGN_PUBLIC_URL=https://letters.example\nSENDGRID_API_KEY=\n")
    (tmp_path / ".env").chmod(0o644)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(tmp_path / "instance"))
    load_settings()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"CAMPAIGN_MAIL_FROM=Rivi\xe8res <a@b.example>\n", "is not text in UTF-8"),
        (b"CAMPAIGN_MAIL_FROM=\0\n", "is not text in UTF-8"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_is_named_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("CAMPAIGN_OFFICIAL_RATE", "many")
    environment_file.load()
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert f"The file {tmp_path / '.env'} {sentence}" in raised.value.problems[0]
    assert raised.value.problems[1].startswith("CAMPAIGN_OFFICIAL_RATE")


def test_names_outside_ascii_are_the_ones_that_browsers_and_mail_servers_know(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "CAMPAIGN_INSTANCE": str(tmp_path / "instance"),
            "CAMPAIGN_PUBLIC_URL": "https://Straße.example:8443",
            "CAMPAIGN_MAIL_PROVIDER": "smtp",
            "CAMPAIGN_MAIL_FROM": "Größe, wir <brief@straße.example>".replace("Größe, wir", '"Größe, wir"'),
            "CAMPAIGN_SUPPORTER_MAIL_FROM": "neues@bürger.example",
            "CAMPAIGN_SMTP_URL": "smtps://jörg:p%C3%A4ss@mail.straße.example:465",
            "CAMPAIGN_REPLY_DOMAIN": "Antwort.Bürger.example",
            "CAMPAIGN_BOUNCE_ADDRESS": "zurueck@bürger.example",
        }
    )
    assert settings.web.public_url == "https://xn--strae-oqa.example:8443"
    assert settings.web.public_host == "xn--strae-oqa.example"
    mail = settings.mail
    assert mail.from_address == '"Größe, wir" <brief@xn--strae-oqa.example>'
    assert mail.own_addresses == {"brief@xn--strae-oqa.example", "neues@xn--brger-kva.example"}
    assert mail.smtp_url == "smtps://jörg:p%C3%A4ss@mail.xn--strae-oqa.example:465"
    assert mail.reply_domain == "antwort.xn--brger-kva.example"
    assert mail.bounce_address == "zurueck@xn--brger-kva.example"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CAMPAIGN_MAIL_FROM", "Jörg <jörg@river.example>", "before the @"),
        ("CAMPAIGN_SUPPORTER_MAIL_FROM", "用户@river.example", "before the @"),
        ("CAMPAIGN_MAIL_FROM", "Rana <rana@☕.example>", "must be like"),
        ("CAMPAIGN_MAIL_FROM", "Rana <@river.example>", "must be like"),
        ("CAMPAIGN_BOUNCE_ADDRESS", "zurück@river.example", "must be like"),
        ("CAMPAIGN_REPLY_DOMAIN", "☕.example", "must be a domain"),
        ("CAMPAIGN_PUBLIC_URL", "https://☕.example", "must be like"),
        ("CAMPAIGN_SMTP_URL", "smtps://☕.example", "must be like"),
        ("CAMPAIGN_SENDGRID_HOST", "https://☕.example", "must be like"),
    ],
)
def test_a_name_that_no_mail_could_leave_from_is_refused_at_the_start(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    [found] = problems(tmp_path, **{name: value})
    assert found.startswith(name)
    assert words in found


@pytest.mark.parametrize("address", ["[::1", "u:p@h:abc/db", "u:p@h:5432,other:5432/db", "u:p@[::1]x/db"])
def test_an_address_of_a_server_that_is_none_is_named(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL must be like postgresql://"):
        load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "here"), "DATABASE_URL": f"postgres://{address}"})


@pytest.mark.parametrize(
    "address", ["u:p%40@h/db", "u:p#w@h:5432/db", "/db?host=/run/pg", "u@[::1]:5432/db", "h"]
)
def test_an_address_of_a_server_may_be_short_or_long(tmp_path: Path, address: str) -> None:
    load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "here"), "DATABASE_URL": f"postgres://{address}"})
