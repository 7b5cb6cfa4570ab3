"""What an installation sets: one frozen record, read from the environment, every problem named at once."""

import os
import re
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from secrets import token_urlsafe
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import parse_qs, urlsplit

from campaign.errors import CampaignError

# 32 random bytes in URL-safe base64 are 43 characters; anything under 32 characters is guessable or a slip.
SHORTEST_SECRET = 32
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
PROVIDERS = ("local", "smtp", "sendgrid")
# A reply address adds 27 characters, and SMTP takes 254 (RFC 5321, section 4.5.3.1.3).
LONGEST_REPLY_DOMAIN = 200
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Personalizations in one request, by SendGrid's published limits.
MOST_TOGETHER = 1000
# Of the 64 characters before an @ (RFC 5321), the email's id and its signature take the rest.
LONGEST_RETURN_PART = 18
_RETURN_ADDRESS = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST_RETURN_PART}}}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class SettingsError(CampaignError):
    """One or more settings are wrong; `problems` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Wrong settings: " + " ".join(problems))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings, checked; a rate of 0 is no limit.

    Rates are messages: to one official an hour, to the provider a second, to one recipient domain an hour.
    """

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    mail_provider: str = "local"
    second_mail_provider: str = ""
    mail_from: str = "Campaign <campaign@localhost.example>"
    sendgrid_api_key: str = field(default="", repr=False)
    sendgrid_host: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str = field(default="", repr=False)
    sendgrid_inbound_key: str = field(default="", repr=False)
    reply_domain: str = ""
    sendgrid_together: int = 1
    reads_sendgrid_activity: bool = False
    smtp_url: str = field(default="", repr=False)
    supporter_mail_from: str = ""
    bounce_address: str = ""
    bounce_mailbox: Path | None = None
    official_rate: int = 30
    provider_rate: int = 0
    domain_rate: int = 0
    proof_of_work: str = "auto"
    metrics_token: str = field(default="", repr=False)

    @property
    def public_host(self) -> str:
        """The host name of the public address, without its port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the public address is this machine's own: nobody else can reach it."""
        return self.public_host in LOOPBACK_HOSTS

    @property
    def is_https(self) -> bool:
        """Whether supporters reach the pages over TLS."""
        return self.public_url.startswith("https://")

    @property
    def first_secret_key(self) -> str:
        """The oldest key still kept: what must stay the same through a rotation is derived from it."""
        return self.secret_key_fallbacks[-1] if self.secret_key_fallbacks else self.secret_key

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses our mails come from, in lower case."""
        senders = filter(None, (self.mail_from, self.supporter_mail_from))
        return frozenset(parseaddr(one)[1].lower() for one in senders)

    @property
    def outbox_folder(self) -> Path:
        """Where the local provider writes one `.eml` file per mail."""
        return self.instance / "outbox"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, making the instance folder and its secret on first use.

    Raises SettingsError naming all problems at once.
    """
    read = _Reader(os.environ if environment is None else environment)
    instance = Path(read.text("CAMPAIGN_INSTANCE", "./instance")).expanduser().absolute()
    values: dict[str, Any] = {
        "instance": instance,
        "database_url": _database_url(read, instance),
        "public_url": _public_url(read),
        "trusted_proxies": read.number("CAMPAIGN_TRUSTED_PROXIES", 0, at_most=10),
        "mail_provider": read.choice("CAMPAIGN_MAIL_PROVIDER", PROVIDERS),
        "second_mail_provider": read.choice("CAMPAIGN_SECOND_MAIL_PROVIDER", ("", *PROVIDERS[1:])),
        "mail_from": read.text("CAMPAIGN_MAIL_FROM", Settings.mail_from),
        "sendgrid_api_key": read.text("SENDGRID_API_KEY", ""),
        "sendgrid_host": read.text("CAMPAIGN_SENDGRID_HOST", Settings.sendgrid_host).rstrip("/"),
        "sendgrid_webhook_key": read.text("CAMPAIGN_SENDGRID_WEBHOOK_KEY", ""),
        "sendgrid_inbound_key": read.text("CAMPAIGN_SENDGRID_INBOUND_KEY", ""),
        "reply_domain": read.text("CAMPAIGN_REPLY_DOMAIN", "").lower(),
        "sendgrid_together": read.number("CAMPAIGN_SENDGRID_TOGETHER", 1, at_most=MOST_TOGETHER),
        "reads_sendgrid_activity": read.choice("CAMPAIGN_SENDGRID_ACTIVITY", ("off", "on")) == "on",
        "smtp_url": read.text("CAMPAIGN_SMTP_URL", ""),
        "supporter_mail_from": read.text("CAMPAIGN_SUPPORTER_MAIL_FROM", ""),
        "bounce_address": read.text("CAMPAIGN_BOUNCE_ADDRESS", ""),
        "bounce_mailbox": read.path("CAMPAIGN_BOUNCE_MAILBOX"),
        "official_rate": read.number("CAMPAIGN_OFFICIAL_RATE", Settings.official_rate),
        "provider_rate": read.number("CAMPAIGN_PROVIDER_RATE", 0),
        "domain_rate": read.number("CAMPAIGN_DOMAIN_RATE", 0),
        "proof_of_work": read.choice("CAMPAIGN_PROOF_OF_WORK", ("auto", "off")),
        "metrics_token": read.text("CAMPAIGN_METRICS_TOKEN", ""),
    }
    _check_mail(read, values)
    _check_activity(read, values)
    fallbacks = tuple(read.text("CAMPAIGN_SECRET_KEY_FALLBACKS", "").replace(",", " ").split())
    secret_key = read.text("CAMPAIGN_SECRET_KEY", "")
    if secret_key:
        _check_secret(read, secret_key)
    if not read.problems and not secret_key:
        secret_key = _kept_secret(read, instance)
    if read.problems:
        raise SettingsError(read.problems)
    return Settings(**values, secret_key=secret_key, secret_key_fallbacks=fallbacks)


class _Reader:
    """Reads single values and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environment.get(name, "").strip() or default

    def number(self, name: str, default: int, *, at_most: int = 1_000_000) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,7}", value) or int(value) > at_most:
            self.problems.append(f"{name} must be a whole number from 0 to {at_most}.")
            return default
        return int(value)

    def path(self, name: str) -> Path | None:
        value = self.text(name, "")
        return Path(value).expanduser().absolute() if value else None

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, choices[0]).lower()
        if value not in choices:
            self.problems.append(f"{name} must be one of {', '.join(filter(None, choices))}.")
        return value


def _database_url(read: _Reader, instance: Path) -> str:
    url = read.text("DATABASE_URL", f"sqlite:///{instance / 'campaign.db'}")
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        read.problems.append("DATABASE_URL must start with sqlite:/// or postgresql://.")
    if url in {"sqlite://", "sqlite:///", "sqlite:///:memory:"}:
        read.problems.append(
            "DATABASE_URL must name a file: a database in memory is lost at the first restart."
        )
    return url


def _public_url(read: _Reader) -> str:
    port = read.text("PORT", "8000")
    url = read.text("CAMPAIGN_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        bare = not (parts.path or parts.query or parts.fragment or parts.username)
    except ValueError:
        good = bare = False
    if not (good and bare):
        read.problems.append("CAMPAIGN_PUBLIC_URL must be like https://letters.example, without a path.")
    return url


def _check_mail(read: _Reader, values: Mapping[str, Any]) -> None:
    _check_sender(read, "CAMPAIGN_MAIL_FROM", values["mail_from"])
    if values["supporter_mail_from"]:
        _check_sender(read, "CAMPAIGN_SUPPORTER_MAIL_FROM", values["supporter_mail_from"])
    if values["bounce_address"] and not _RETURN_ADDRESS.fullmatch(values["bounce_address"]):
        read.problems.append(
            "CAMPAIGN_BOUNCE_ADDRESS must be like bounce@your-domain.example,"
            f" with at most {LONGEST_RETURN_PART} plain characters before the @."
        )
    provider = values["mail_provider"]
    if provider != "local" and not read.text("CAMPAIGN_MAIL_FROM", ""):
        read.problems.append(f"CAMPAIGN_MAIL_FROM is needed with CAMPAIGN_MAIL_PROVIDER={provider}.")
    second = values["second_mail_provider"]
    if second and second == provider:
        read.problems.append("CAMPAIGN_SECOND_MAIL_PROVIDER must be another than CAMPAIGN_MAIL_PROVIDER.")
    if second and provider == "local":
        read.problems.append("CAMPAIGN_SECOND_MAIL_PROVIDER has no use beside CAMPAIGN_MAIL_PROVIDER=local.")
    for name, needed, setting in (
        ("sendgrid", "sendgrid_api_key", "SENDGRID_API_KEY"),
        ("smtp", "smtp_url", "CAMPAIGN_SMTP_URL"),
    ):
        if name in (provider, second) and not values[needed]:
            read.problems.append(f"{setting} is needed to send mail by {name}.")
    if values["smtp_url"]:
        _check_smtp_url(read, values["smtp_url"])
    host = urlsplit(values["sendgrid_host"])
    if host.scheme != "https" and not (host.scheme == "http" and host.hostname in LOOPBACK_HOSTS):
        read.problems.append("CAMPAIGN_SENDGRID_HOST must start with https://.")
    if values["sendgrid_webhook_key"] and not _is_public_key(values["sendgrid_webhook_key"]):
        read.problems.append(
            "CAMPAIGN_SENDGRID_WEBHOOK_KEY must be the public key that SendGrid's mail settings show."
        )
    _check_replies(read, values)


def _check_replies(read: _Reader, values: Mapping[str, Any]) -> None:
    domain, key = values["reply_domain"], values["sendgrid_inbound_key"]
    if domain and not (_DOMAIN.fullmatch(domain) and len(domain) <= LONGEST_REPLY_DOMAIN):
        read.problems.append("CAMPAIGN_REPLY_DOMAIN must be a domain like replies.letters.example.")
    if key and not _is_public_key(key):
        read.problems.append(
            "CAMPAIGN_SENDGRID_INBOUND_KEY must be the public key of SendGrid's security policy."
        )
    if key and not domain:
        read.problems.append("CAMPAIGN_SENDGRID_INBOUND_KEY is of no use without CAMPAIGN_REPLY_DOMAIN.")


def _check_activity(read: _Reader, values: Mapping[str, Any]) -> None:
    if not values["reads_sendgrid_activity"]:
        return
    if "sendgrid" not in (values["mail_provider"], values["second_mail_provider"]):
        read.problems.append("CAMPAIGN_SENDGRID_ACTIVITY=on has no use where no mail goes through sendgrid.")
    elif ".eu." in values["sendgrid_host"]:
        read.problems.append("CAMPAIGN_SENDGRID_ACTIVITY=on: SendGrid's EU region keeps no activity to read.")


def _check_sender(read: _Reader, name: str, sender: str) -> None:
    _, address = parseaddr(sender)
    if "@" not in address or any(ord(sign) < 32 for sign in sender):
        read.problems.append(f"{name} must be like Name <address@your-domain.example>.")


def _check_smtp_url(read: _Reader, url: str) -> None:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"smtp", "smtps"} and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        read.problems.append("CAMPAIGN_SMTP_URL must be like smtp://user:password@host:587?starttls=1.")
        return
    starts_tls = parse_qs(parts.query).get("starttls", ["0"])[-1] not in {"0", "no", "false", ""}
    is_encrypted = parts.scheme == "smtps" or starts_tls
    if (parts.username or parts.password) and not is_encrypted and parts.hostname not in LOOPBACK_HOSTS:
        read.problems.append(
            "CAMPAIGN_SMTP_URL would send its password unencrypted: add ?starttls=1, or begin it with smtps://."
        )


def _is_public_key(text: str) -> bool:
    """Whether a text is the base64 of a DER sequence: enough to tell a slip with the others."""
    try:
        return b64decode(text, validate=True)[:1] == b"\x30"
    except ValueError:
        return False


def _check_secret(read: _Reader, secret_key: str) -> None:
    if len(secret_key) < SHORTEST_SECRET:
        read.problems.append(f"CAMPAIGN_SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
    elif len(set(secret_key)) < 10 or re.search(r"(?i)change.?me|example|secret.?key|password", secret_key):
        read.problems.append("CAMPAIGN_SECRET_KEY is one that can be guessed; make a random one.")


def _kept_secret(read: _Reader, instance: Path) -> str:
    """The secret under the instance folder, made once with owner-only permissions."""
    path = instance / "secret_key"
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        instance.chmod(0o700)
        if not path.exists():
            # Written aside and linked, so that of two first starts at once both read the same whole secret.
            with NamedTemporaryFile("w", dir=instance) as file:
                file.write(token_urlsafe(32))
                file.flush()
                with suppress(FileExistsError):
                    path.hardlink_to(file.name)
        return path.read_text().strip()
    except OSError as error:
        read.problems.append(f"The instance folder {instance} cannot be written to: {error.strerror}.")
        return ""
