"""Email addresses: which can be written to, and which are the same mailbox."""

import hmac
import re
from collections.abc import Mapping

from campaign.errors import RefusedError
from campaign.hostnames import wire_host

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f\s]")
# Spaces of every kind, and signs that show nothing at all.
_AROUND = re.compile(
    r"^[\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]+"
    r"|[\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]+$"
)

# Domains that belong to one mailbox service: each name leads to the one we compare by.
ALIAS_DOMAINS: Mapping[str, str] = {
    "googlemail.com": "gmail.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "narod.ru": "yandex.ru",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}
# Services that ignore these characters in the part before the @.
IGNORED_CHARACTERS: Mapping[str, str] = {"gmail.com": ".", "proton.me": "._-"}


def clean_address(text: str) -> str:
    """The address with its domain in lower-case ASCII; RefusedError when nobody can be written to there.

    What is invisible around it comes along when people copy, and is dropped.
    """
    address = _AROUND.sub("", text)
    local, at, domain = address.rpartition("@")
    host = wire_host(domain) if len(address) <= LONGEST_ADDRESS else ""
    labels = host.split(".")
    if not at or len(labels) < 2 or labels[-1].isdigit():
        raise _no_address()
    if not local.isascii() and _LOCAL.fullmatch(_NOT_ASCII.sub("x", local)):
        # RFC 6531: too few mail servers take them, and one on the way that does not loses the mail.
        raise RefusedError(
            "We cannot write to an address with letters like these before the @."
            " Please use one with unaccented Latin letters."
        )
    good = f"{local}@{host}"
    if len(local) > 64 or len(good) > LONGEST_ADDRESS or not _LOCAL.fullmatch(local):
        raise _no_address()
    return good


def _no_address() -> RefusedError:
    return RefusedError("Enter an email address like name@example.org.")


def canonical_address(address: str) -> str:
    """The form two spellings of one mailbox share; for comparing only, never for writing to."""
    local, _, domain = address.lower().rpartition("@")
    domain = ALIAS_DOMAINS.get(domain, domain)
    local = local.partition("+")[0] or local
    for sign in IGNORED_CHARACTERS.get(domain, ""):
        local = local.replace(sign, "")
    return f"{local}@{domain}"


def address_hash(key: bytes, address: str) -> str:
    """What people are told apart by: a keyed hash of the canonical address, in hexadecimal."""
    return hmac.digest(key, canonical_address(address).encode("utf-8", "replace"), "sha256").hex()


def spelling_hash(key: bytes, address: str) -> str:
    """The same of the address as it is spelled, but for its case: for what concerns one spelling only."""
    return hmac.digest(key, address.lower().encode("utf-8", "replace"), "sha256").hex()


def hash_within(key: bytes, campaign_id: int, hashed: str) -> str:
    """A hash made for one campaign from one of the above: without the key nothing leads to that."""
    return hmac.digest(key, f"sealed:{campaign_id}:{hashed}".encode(), "sha256").hex()


def masked_address(address: str) -> str:
    """An address one can recognise but not copy: `r…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
