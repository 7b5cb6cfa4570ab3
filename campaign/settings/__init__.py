"""What an installation sets: one frozen record, read from the environment, every problem named at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from campaign.settings import environment_file
from campaign.settings.guessable import problem_with_secret
from campaign.settings.mail import MailSettings
from campaign.settings.private_files import problem_with_access, problem_with_folder, problem_with_writers
from campaign.settings.publisher import PublisherSettings
from campaign.settings.reader import SettingsError, SettingsReader
from campaign.settings.safety import SafetySettings
from campaign.settings.secret_key import MIN_LENGTH, KeySource, read_or_make
from campaign.settings.web import WebSettings

# As SQLAlchemy reads an address (RFC 1738): user and password, host or [IPv6], port, and what follows.
_SERVER = re.compile(
    r"postgresql\+psycopg://([^:/]*(:[^@]*)?@)?(\[[^]/]*]|[^]/:[]*)(:\d*)?([/?].*)?", re.ASCII | re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings, checked."""

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    has_key_file: bool  # whether the key is that of the instance folder, not of the environment
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    mail: MailSettings
    web: WebSettings
    safety: SafetySettings
    publisher: PublisherSettings

    @property
    def first_secret_key(self) -> str:
        """The oldest key still kept: what must stay the same through a rotation is derived from it."""
        return self.secret_key_fallbacks[-1] if self.secret_key_fallbacks else self.secret_key

    @property
    def outbox_folder(self) -> Path:
        """Where the local provider writes one `.eml` file per mail."""
        return self.instance / "outbox"

    @property
    def prepared_folder(self) -> Path:
        """Where the worker writes, encrypted, the files that organizers ordered."""
        return self.instance / "prepared"


def load_settings(
    environment: Mapping[str, str] | None = None, *, key_source: KeySource = read_or_make
) -> Settings:
    """Read the settings; a key that they do not name comes from the `key_source`, by default from a file.

    Raises SettingsError naming all problems at once.
    """
    reader = SettingsReader(os.environ if environment is None else environment)
    if environment is None:
        reader.problems += environment_file.problems()
    instance = Path(reader.text("CAMPAIGN_INSTANCE", "./instance")).expanduser().absolute()
    database_url = _database_url(reader, instance)
    web = WebSettings.read(reader)
    mail = MailSettings.read(reader)
    safety = SafetySettings.read(reader)
    publisher = PublisherSettings.read(reader)
    named_key, fallbacks = _secret_keys(reader)
    reader.refuse_unknown()
    secret_key = named_key or key_source(instance, database_url, reader.problems)
    reader.problems += problem_with_folder(instance)
    if reader.problems:
        raise SettingsError(reader.problems)
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=secret_key,
        has_key_file=not named_key,
        secret_key_fallbacks=fallbacks,
        mail=mail,
        web=web,
        safety=safety,
        publisher=publisher,
    )


def _database_url(reader: SettingsReader, instance: Path) -> str:
    url = reader.text("DATABASE_URL", f"sqlite:///{instance / 'campaign.db'}")
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        reader.problems.append("DATABASE_URL must start with sqlite:/// or postgresql://.")
    elif url.startswith("postgresql") and not _SERVER.fullmatch(url):
        reader.problems.append(
            "DATABASE_URL must be like postgresql://user:password@host:5432/name."
            " In the password, write %40 for @, %3A for : and %2F for /."
        )
    if url in {"sqlite://", "sqlite:///", "sqlite:///:memory:"}:
        reader.problems.append(
            "DATABASE_URL must name a file: a database in memory is lost at the first restart."
        )
    elif url.startswith("sqlite:///file:"):
        reader.problems.append("DATABASE_URL must name a file by its path, not by a file: address.")
    elif url.startswith("sqlite:///"):
        reader.problems += _problems_with_sqlite(
            Path(url.removeprefix("sqlite:///").partition("?")[0]), instance
        )
    return url


def _problems_with_sqlite(file: Path, instance: Path) -> list[str]:
    """What is wrong with who may read or write the database, its log, and the folder they are in."""
    problems = [
        problem
        for suffix in ("", "-wal", "-shm")
        for problem in problem_with_access(Path(f"{file}{suffix}"), "personal data")
    ]
    in_instance = file.absolute().parent == instance
    return problems if in_instance else problems + problem_with_writers(file.absolute().parent)


def _secret_keys(reader: SettingsReader) -> tuple[str, tuple[str, ...]]:
    """The secret key from the environment, empty when it is not set there, and the earlier ones."""
    key = reader.text("CAMPAIGN_SECRET_KEY")
    fallbacks = tuple(reader.text("CAMPAIGN_SECRET_KEY_FALLBACKS").replace(",", " ").split())
    if key:
        reader.problems += problem_with_secret("CAMPAIGN_SECRET_KEY", key, least=MIN_LENGTH)
    for number, earlier in enumerate(fallbacks, start=1):
        name = f"CAMPAIGN_SECRET_KEY_FALLBACKS, key {number},"
        reader.problems += problem_with_secret(name, earlier, least=MIN_LENGTH)
    return key, fallbacks
