"""Countries for the form: ISO 3166-1 alpha-2, in the page's language and in its order."""

import re
import unicodedata
from functools import lru_cache

from campaign.i18n import locale_of

# Codes that CLDR names but that are no country: regions, test codes and parts with no code of their own in
# ISO 3166-1. Kosovo's XK stays: people live there.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
_CODE = re.compile(r"[A-Z]{2}")


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Codes and names, sorted by name without regard to case and accents."""
    names = locale_of(language).territories
    named = [(code, str(names.get(code, code))) for code in _codes()]
    return tuple(sorted(named, key=lambda country: _sort_key(country[1])))


def is_country(code: str) -> bool:
    """Whether it is one of the codes."""
    return code in _codes()


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(
        code
        for code in map(str, locale_of("en").territories)
        if _CODE.fullmatch(code) and code not in _NO_COUNTRY
    )


def _sort_key(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
