"""Settings of the web: under which address people reach it, and through what."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from campaign.hostnames import wire_url
from campaign.settings.reader import SettingsReader

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """Where the pages are; `trusted_proxies` is the exact number of proxies in front."""

    public_url: str
    trusted_proxies: int

    @classmethod
    def read(cls, reader: SettingsReader) -> Self:
        """The settings as they are, with what is wrong in the reader's problems."""
        port = reader.text("PORT", "8000")
        public_url = wire_url(reader.text("CAMPAIGN_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"))
        if not _is_origin(public_url):
            reader.problems.append(
                "CAMPAIGN_PUBLIC_URL must be like https://letters.example, without a path."
            )
        elif not _is_protected(public_url):
            reader.problems.append(
                "CAMPAIGN_PUBLIC_URL must begin with https://. By http, passwords and the links in mails"
                " could be read on their way; it will do on this machine alone (127.0.0.1, localhost)."
            )
        trusted_proxies = reader.number("CAMPAIGN_TRUSTED_PROXIES", 0, at_most=10)
        return cls(public_url=public_url, trusted_proxies=trusted_proxies)

    @property
    def public_host(self) -> str:
        """The host name of the public address, without its port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def public_port(self) -> int | None:
        """The port the public address names; None for the usual one."""
        return urlsplit(self.public_url).port

    @property
    def is_local(self) -> bool:
        """Whether the public address is this machine's own: nobody else can reach it."""
        return self.public_host in LOOPBACK_HOSTS

    @property
    def is_https(self) -> bool:
        """Whether supporters reach the pages over TLS."""
        return self.public_url.startswith("https://")


def _is_protected(url: str) -> bool:
    """Whether nobody on the way can read what is sent: by TLS, within this machine, or by Tor."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in LOOPBACK_HOSTS or host.endswith(".onion")


def _is_origin(url: str) -> bool:
    """Whether an address is scheme, host and port alone."""
    try:
        parts = urlsplit(url)
        # A host outside ASCII has come without a wire form: no browser could go there.
        has_host = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        has_host = has_host and parts.netloc.isascii()
    except ValueError:
        return False
    return bool(has_host and not (parts.path or parts.query or parts.fragment or parts.username))
