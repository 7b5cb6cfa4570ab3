"""Networks: which addresses belong to one connection, for limits that a single machine cannot step around."""

import hmac
import ipaddress
import re

from campaign.errors import RefusedError

# Organizers see so much of what stands for a network: enough to tell those of a day apart.
SHORT_VALUE = 8
_VALUE = re.compile(r"[0-9a-f]{8,32}")


def network_of(address: str | None) -> str:
    """The /24 (IPv4) or /48 (IPv6) an address is in; `unknown` for what is no address."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    return str(ipaddress.ip_network(f"{parsed}/{8 * _octets(parsed)}", strict=False))


def network_value(salt: bytes, address: str | None) -> str:
    """What stands for an address's network in 32 characters: it tells which are the same, for one salt.

    There are so few networks that whoever has the salt can try all of them: it has to be deleted.
    """
    parsed = _parsed(address)
    network = parsed.packed[: _octets(parsed)] if parsed else b""
    return hmac.digest(salt, network, "sha256").hex()[:32]


def short_value(value: str) -> str:
    """What organizers see of it."""
    return value[:SHORT_VALUE]


def read_network(text: str) -> str | None:
    """The beginning of such a value as it was typed, None for an empty text; RefusedError for another."""
    value = text.strip().lower()
    if value and not _VALUE.fullmatch(value):
        raise RefusedError("Enter a network as it is shown here.")
    return value or None


def _parsed(address: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return parsed.ipv4_mapped
    return parsed


def _octets(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return 3 if address.version == 4 else 6
