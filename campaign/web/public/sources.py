"""The tag of a shared link, `?source=…`, which tells organizers what brought a supporter."""

import re

# Those of the links, codes and papers that this program makes itself.
_MOST_ASKS = 12
KNOWN_SOURCES = frozenset(
    {
        *("whatsapp", "telegram", "line", "bluesky", "facebook", "x"),
        *("link", "mail", "paper", "qr", "share"),
        *(f"ask-{number}" for number in range(1, _MOST_ASKS + 1)),
    }
)
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,80}")


def clean_source(text: str) -> str:
    """A tag as it is stored; empty for anything that is none."""
    return text if _SOURCE.fullmatch(text) else ""
