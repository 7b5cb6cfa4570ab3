"""Other sites that may show a campaign's form in a frame."""

from urllib.parse import urlsplit

from campaign.errors import RefusedError
from campaign.hostnames import wire_host

MOST_SITES = 50
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def clean_sites(text: str, *, loopback: bool) -> tuple[str, ...]:
    """The origins in a text, one a line and each once, as a browser writes them.

    Sites must be on https, for whoever can change a page on its way could show the form in it;
    `loopback` lets in http on the machine's own addresses, to try it out. RefusedError names the line that
    is no site.
    """
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    if len(lines) > MOST_SITES:
        raise RefusedError("At most %(most)d sites can show the form.", most=MOST_SITES)
    return tuple(dict.fromkeys(_origin(line, loopback=loopback) for line in lines))


def _origin(line: str, *, loopback: bool) -> str:
    try:
        parts = urlsplit(line if "://" in line else f"https://{line}")
        host = wire_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        raise _no_site(line) from None
    labels = host.split(".")
    safe = parts.scheme == "https" and len(labels) > 1
    tried_out = loopback and parts.scheme in {"http", "https"} and host in _LOOPBACK
    if not (safe or tried_out) or parts.username is not None:
        raise _no_site(line)
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


def _no_site(line: str) -> RefusedError:
    return RefusedError(
        "“%(line)s” is not the address of a site on https, like https://www.river.example.", line=line[:100]
    )
