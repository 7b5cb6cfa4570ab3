"""Domains that people often mistype: what somebody may have meant, to be asked and never assumed."""

from functools import lru_cache

# The mailbox services most people use, worldwide and in the languages of the letter's readers.
COMMON_DOMAINS = (
    *("gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "msn.com"),
    *("icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "mail.com", "zoho.com"),
    *("yahoo.co.uk", "hotmail.co.uk", "btinternet.com", "comcast.net", "verizon.net"),
    *("yahoo.fr", "hotmail.fr", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "sfr.fr"),
    *("yahoo.es", "hotmail.es", "gmx.de", "gmx.net", "web.de", "t-online.de", "bluewin.ch"),
    *("qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "yeah.net"),
    *("yandex.com", "yandex.ru", "mail.ru", "fastmail.com", "tutanota.com", "tuta.com", "posteo.de"),
)
_ENDINGS = {".con": ".com", ".cmo": ".com", ".ocm": ".com", ".comm": ".com", ".vom": ".com", ".xom": ".com"}
# Real domains of real people that are one slip away from a bigger one.
_ARE_RIGHT = frozenset(
    {*COMMON_DOMAINS, "gmx.com", "gmx.at", "gmx.ch", "gmx.fr", "email.com", "ymail.com", "rocketmail.com"}
    | {"mail.de", "mail.ch", "mail.fr", "live.fr", "live.ca", "live.cn", "mail.co", "pm.me", "ya.ru"}
    | {"yahoo.ca", "yahoo.de", "yahoo.it", "yahoo.in", "outlook.fr", "outlook.es", "outlook.de"}
    | {
        "hotmail.it",
        "hotmail.ca",
        "hotmail.de",
        "139.com",
        "189.cn",
        "tom.com",
        "sina.cn",
        "aol.fr",
        "free.com",
    }
    | {"zoho.eu", "zoho.in", "mac.com", "sky.com", "hey.com", "mail.bg", "mail.ee"}
)


def probably_meant(address: str) -> str | None:
    """The address with the common domain that is one slip away from its own; None where nothing is odd."""
    local, _, domain = address.rpartition("@")
    meant = _domain_meant(domain)
    return f"{local}@{meant}" if meant else None


@lru_cache(maxsize=4096)
def _domain_meant(domain: str) -> str | None:
    if domain in _ARE_RIGHT:
        return None
    for wrong, right in _ENDINGS.items():
        if domain.endswith(wrong):
            return domain.removesuffix(wrong) + right
    return next(
        (common for common in COMMON_DOMAINS if len(common) > 6 and _is_one_slip(domain, common)), None
    )


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was left out, put in, mistaken, or swapped with its neighbour."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return len(typed) != len(meant)
    rest, expected = typed[start:], meant[start:]
    return (
        rest[1:] == expected[1:]
        or rest == expected[1:]
        or rest[1:] == expected
        or (rest[1::-1] == expected[:2] and rest[2:] == expected[2:])
    )
