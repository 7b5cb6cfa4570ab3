"""Which PDFs there are of a campaign, and when one has to be made again."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

# The most names in one PDF; it says how many more there are and where. Ten thousand make about sixty pages
# and take a quarter of a minute.
MOST_NAMES = 10_000
# Changed with the look of PDFs, so that stored ones are made anew.
DESIGN = "4"
# In one paragraph: a PDF writer's time grows with the square of a paragraph's length.
NAMES_IN_PARAGRAPH = 250


class PdfKind(StrEnum):
    """The letter with its names, or a sheet for signing by hand."""

    LETTER = "letter"
    SHEET = "sheet"


def rounded_count(signatures: int, *, digits: int = 3) -> int:
    """A count cut to its leading digits, so that not every new signature makes a new picture."""
    unit = int(10.0 ** max(0, len(str(signatures)) - digits))
    return signatures // unit * unit


def cache_key(kind: PdfKind, language: str, facts: Iterable[object]) -> str:
    """A key for a PDF and everything it shows: two with the same key are the same."""
    content = "\n".join([DESIGN, kind, language, *map(str, facts)])
    return sha256(content.encode()).hexdigest()
