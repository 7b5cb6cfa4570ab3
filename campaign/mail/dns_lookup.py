"""Questions to the DNS: what a name's TXT records say, in bounded time."""

from collections.abc import Sequence
from typing import Protocol

import dns.exception
import dns.resolver

# Each question, with all that is tried again for it.
SECONDS = 3.0


class TextLookup(Protocol):
    """What answers such questions; a test has an answer of its own."""

    def __call__(self, name: str) -> Sequence[str] | None:
        """The TXT records of a name, none if it has none; None when nobody gave an answer."""


class DnsTexts:
    """Asks the resolvers that this machine uses, or those it is told of."""

    def __init__(self, nameservers: Sequence[str] = (), *, port: int = 53, seconds: float = SECONDS) -> None:
        self._nameservers = list(nameservers)
        self._port = port
        self._seconds = seconds

    def __call__(self, name: str) -> Sequence[str] | None:
        """As TextLookup says; no fault of a network or of an answer is an error."""
        try:
            answer = self._resolver().resolve(name, "TXT", raise_on_no_answer=False, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError):
            return None
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer.rrset or ()]

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = list(self._nameservers)
        resolver.port = self._port
        resolver.lifetime = self._seconds
        resolver.timeout = min(self._seconds, resolver.timeout)
        return resolver
