"""Networks: which addresses belong to one connection, for limits that a single machine cannot step around."""

import hmac
import ipaddress


def network_of(address: str | None) -> str:
    """The /24 (IPv4) or /48 (IPv6) an address is in; `unknown` for what is no address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{length}", strict=False))


def network_value(salt: bytes, address: str | None) -> str:
    """What stands for an address's network in 32 characters: it tells which are the same, for one salt.

    There are so few networks that whoever has the salt can try all of them: it has to be deleted.
    """
    return hmac.new(salt, network_of(address).encode(), "sha256").hexdigest()[:32]
