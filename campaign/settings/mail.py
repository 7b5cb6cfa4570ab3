"""Settings of email: its providers, its from-addresses, its rates, and where mail comes in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from campaign.hostnames import wire_address, wire_host, wire_url
from campaign.settings.reader import SettingsReader
from campaign.settings.web import LOOPBACK_HOSTS

PROVIDERS = ("local", "smtp", "sendgrid")
# Personalizations in one request, by SendGrid's published limits.
MAX_BATCH = 1000
# A reply address adds 27 characters, and SMTP takes 254 (RFC 5321, section 4.5.3.1.3).
MAX_REPLY_DOMAIN = 200
# Of the 64 characters before an @ (RFC 5321), the email's id and its signature take the rest.
MAX_BOUNCE_LOCAL_PART = 18
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_SELECTOR = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,3}")
_BOUNCE_ADDRESS = re.compile(rf"[A-Za-z0-9._-]{{1,{MAX_BOUNCE_LOCAL_PART}}}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How mail leaves and comes in.

    The from-addresses are `Name <address>`. Rates are messages: to one official an hour, to the provider a
    second, to one recipient domain an hour; 0 is no limit.
    """

    provider: str
    second_provider: str
    from_address: str
    supporter_from_address: str
    sendgrid_api_key: str = field(repr=False)
    sendgrid_host: str
    sendgrid_webhook_key: str = field(repr=False)
    sendgrid_inbound_key: str = field(repr=False)
    sendgrid_batch_size: int
    reads_sendgrid_activity: bool
    smtp_url: str = field(repr=False)
    reply_domain: str
    bounce_address: str
    bounce_mailbox: Path | None
    official_rate: int
    provider_rate: int
    domain_rate: int
    dkim_selector: str = ""
    quiet_sender: str = "No reply"

    @classmethod
    def read(cls, reader: SettingsReader) -> Self:
        """The settings as they are, with what is wrong in the reader's problems."""
        mail = cls(
            provider=reader.choice("CAMPAIGN_MAIL_PROVIDER", PROVIDERS),
            second_provider=reader.choice("CAMPAIGN_SECOND_MAIL_PROVIDER", ("", *PROVIDERS[1:])),
            from_address=_wire_sender(
                reader.text("CAMPAIGN_MAIL_FROM", "Campaign <campaign@localhost.example>")
            ),
            supporter_from_address=_wire_sender(reader.text("CAMPAIGN_SUPPORTER_MAIL_FROM")),
            sendgrid_api_key=reader.text("SENDGRID_API_KEY"),
            sendgrid_host=wire_url(
                reader.text("CAMPAIGN_SENDGRID_HOST", "https://api.sendgrid.com").rstrip("/")
            ),
            sendgrid_webhook_key=reader.public_key(
                "CAMPAIGN_SENDGRID_WEBHOOK_KEY", "the public key that SendGrid's mail settings show"
            ),
            sendgrid_inbound_key=reader.public_key(
                "CAMPAIGN_SENDGRID_INBOUND_KEY", "the public key of SendGrid's security policy"
            ),
            sendgrid_batch_size=reader.number("CAMPAIGN_SENDGRID_TOGETHER", 1, at_most=MAX_BATCH),
            reads_sendgrid_activity=reader.choice("CAMPAIGN_SENDGRID_ACTIVITY", ("off", "on")) == "on",
            smtp_url=wire_url(reader.text("CAMPAIGN_SMTP_URL")),
            reply_domain=_wire(wire_host, reader.text("CAMPAIGN_REPLY_DOMAIN").lower()),
            bounce_address=_wire(wire_address, reader.text("CAMPAIGN_BOUNCE_ADDRESS")),
            bounce_mailbox=reader.path("CAMPAIGN_BOUNCE_MAILBOX"),
            official_rate=reader.number("CAMPAIGN_OFFICIAL_RATE", 30),
            provider_rate=reader.number("CAMPAIGN_PROVIDER_RATE", 0),
            domain_rate=reader.number("CAMPAIGN_DOMAIN_RATE", 0),
            dkim_selector=reader.text("CAMPAIGN_DKIM_SELECTOR").lower(),
            quiet_sender=reader.text("CAMPAIGN_QUIET_SENDER", "No reply"),
        )
        has_from_address = bool(reader.text("CAMPAIGN_MAIL_FROM"))
        reader.problems += [
            *_address_problems(mail),
            *_provider_problems(mail, has_from_address=has_from_address),
            *_sendgrid_problems(mail),
            *_reply_problems(mail),
        ]
        return mail

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses our mails come from, in lower case."""
        senders = filter(None, (self.from_address, self.supporter_from_address))
        return frozenset(parseaddr(sender)[1].lower() for sender in senders)

    def uses(self, provider: str) -> bool:
        """Whether some mail goes through this provider."""
        return provider in (self.provider, self.second_provider)


def _wire(as_wire: Callable[[str], str], value: str) -> str:
    """The value with its host as the wire carries it; one that has none as it came, to be refused as that."""
    return as_wire(value) or value


def _wire_sender(sender: str) -> str:
    """`Name <address>` with the address as the wire carries it, and the name as it was written."""
    _, address = parseaddr(sender)
    if not address:
        return sender
    before, _, after = sender.rpartition(address)
    return f"{before}{_wire(wire_address, address)}{after}"


def _address_problems(mail: MailSettings) -> list[str]:
    problems = []
    for name, sender in (
        ("CAMPAIGN_MAIL_FROM", mail.from_address),
        ("CAMPAIGN_SUPPORTER_MAIL_FROM", mail.supporter_from_address),
    ):
        problems += _sender_problems(name, sender) if sender else []
    if mail.bounce_address and not _BOUNCE_ADDRESS.fullmatch(mail.bounce_address):
        problems.append(
            "CAMPAIGN_BOUNCE_ADDRESS must be like bounce@your-domain.example,"
            f" with at most {MAX_BOUNCE_LOCAL_PART} plain characters before the @."
        )
    return problems


def _sender_problems(name: str, sender: str) -> list[str]:
    address = parseaddr(sender)[1]
    local, _, domain = address.rpartition("@")
    if any(ord(sign) < 32 for sign in sender) or not (wire_address(address) and local):
        return [f"{name} must be like Name <address@your-domain.example>."]
    if not domain.isascii() or not _LOCAL_PART.fullmatch(local):
        return [
            f"{name} has signs before the @ that not every mail server takes: use unaccented Latin letters,"
            " digits and the signs . _ + - there. The name, and the domain, may have any letters."
        ]
    return []


def _provider_problems(mail: MailSettings, *, has_from_address: bool) -> list[str]:
    problems = []
    if mail.provider != "local" and not has_from_address:
        problems.append(f"CAMPAIGN_MAIL_FROM is needed with CAMPAIGN_MAIL_PROVIDER={mail.provider}.")
    if mail.second_provider and mail.second_provider == mail.provider:
        problems.append("CAMPAIGN_SECOND_MAIL_PROVIDER must be another than CAMPAIGN_MAIL_PROVIDER.")
    if mail.second_provider and mail.provider == "local":
        problems.append("CAMPAIGN_SECOND_MAIL_PROVIDER has no use beside CAMPAIGN_MAIL_PROVIDER=local.")
    for provider, name, value in (
        ("sendgrid", "SENDGRID_API_KEY", mail.sendgrid_api_key),
        ("smtp", "CAMPAIGN_SMTP_URL", mail.smtp_url),
    ):
        if mail.uses(provider) and not value:
            problems.append(f"{name} is needed to send mail by {provider}.")
    if mail.smtp_url:
        problems += _smtp_url_problems(mail.smtp_url)
    return problems


def _smtp_url_problems(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        # A name that is outside ASCII still has no wire form; a user and a password may have any letters.
        has_host = bool(parts.hostname) and str(parts.hostname).isascii()
        is_known = parts.scheme in {"smtp", "smtps"} and has_host and parts.port != 0
    except ValueError:
        is_known = False
    if not is_known:
        return ["CAMPAIGN_SMTP_URL must be like smtp://user:password@host:587?starttls=1."]
    starts_tls = parse_qs(parts.query).get("starttls", ["0"])[-1] not in {"0", "no", "false", ""}
    is_encrypted = parts.scheme == "smtps" or starts_tls
    if not is_encrypted and parts.hostname not in LOOPBACK_HOSTS:
        return [
            "CAMPAIGN_SMTP_URL would send mail and password unencrypted: add ?starttls=1, or begin it with"
            " smtps://. Only to this machine (127.0.0.1, localhost) it may go without."
        ]
    return []


def _sendgrid_problems(mail: MailSettings) -> list[str]:
    problems = []
    host = urlsplit(mail.sendgrid_host)
    if host.scheme != "https" and not (host.scheme == "http" and host.hostname in LOOPBACK_HOSTS):
        problems.append("CAMPAIGN_SENDGRID_HOST must start with https://.")
    elif not host.netloc.isascii():
        problems.append("CAMPAIGN_SENDGRID_HOST must be like https://api.sendgrid.com.")
    if mail.reads_sendgrid_activity and not mail.uses("sendgrid"):
        problems.append("CAMPAIGN_SENDGRID_ACTIVITY=on has no use where no mail goes through sendgrid.")
    elif mail.reads_sendgrid_activity and ".eu." in mail.sendgrid_host:
        problems.append("CAMPAIGN_SENDGRID_ACTIVITY=on: SendGrid's EU region keeps no activity to read.")
    return problems


def _reply_problems(mail: MailSettings) -> list[str]:
    domain = mail.reply_domain
    problems = []
    if domain and not (_DOMAIN.fullmatch(domain) and len(domain) <= MAX_REPLY_DOMAIN):
        problems.append("CAMPAIGN_REPLY_DOMAIN must be a domain like replies.letters.example.")
    if mail.dkim_selector and not _SELECTOR.fullmatch(mail.dkim_selector):
        problems.append("CAMPAIGN_DKIM_SELECTOR must be a name like s1, without the domain.")
    if mail.sendgrid_inbound_key and not domain:
        problems.append("CAMPAIGN_SENDGRID_INBOUND_KEY is of no use without CAMPAIGN_REPLY_DOMAIN.")
    return problems
