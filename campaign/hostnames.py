"""Names of hosts as the wire carries them: IDNA 2008, mapped as browsers do (UTS 46, never transitional).

The standard library's own codec is IDNA 2003: it would write to strasse.example for straße.example.
"""

import re
from urllib.parse import SplitResult, urlsplit

import idna

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 253


def wire_host(name: str) -> str:
    """The name in lower-case ASCII, without a last dot; empty where there can be no such name."""
    name = name.removesuffix(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, std3_rules=True).decode() if len(name) <= _LONGEST else ""
        except UnicodeError:
            return ""
    name = name.lower()
    is_good = len(name) <= _LONGEST and all(map(_LABEL.fullmatch, name.split(".")))
    return name if is_good else ""


def readable_host(name: str) -> str:
    """A name as its owners write it: not `xn--…` where that stands for letters."""
    try:
        return idna.decode(name)
    except UnicodeError:
        return name


def wire_address(address: str) -> str:
    """An email address with the name of its host as the wire carries it; empty where there can be no such."""
    local, at, host = address.rpartition("@")
    wire = wire_host(host)
    return f"{local}@{wire}" if at and wire else ""


def wire_url(url: str) -> str:
    """An address of the web, or of a server, with its host's name as the wire carries it.

    One that has no readable host is given back as it came: whoever reads it says what is wrong.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if not host or ":" in host:  # the numbers of IPv6
        return url
    wire = wire_host(host)
    return _with_host(parts, wire).geturl() if wire else url


def _with_host(parts: SplitResult, host: str) -> SplitResult:
    user, at, rest = parts.netloc.rpartition("@")
    _, colon, port = rest.partition(":")
    return parts._replace(netloc=f"{user}{at}{host}{colon}{port}")
