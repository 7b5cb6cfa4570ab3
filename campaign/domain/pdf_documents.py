"""What can be printed of a campaign, and when a printed thing is a new one."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

# The most names in one document. Beyond, it says how many more there are and where: ten thousand make about
# sixty pages and take a worker a quarter of a minute.
MOST_NAMES = 10_000
# In one paragraph: a PDF writer's time grows with the square of a paragraph's length.
NAMES_IN_PARAGRAPH = 250


class PaperKind(StrEnum):
    """What is printed."""

    LETTER = "letter"
    SHEET = "sheet"


def rounded_count(signatures: int) -> int:
    """A count to three leading digits: of a long list, not every new name makes a new document."""
    unit = int(10.0 ** max(0, len(str(signatures)) - 3))
    return signatures // unit * unit


def edition(kind: PaperKind, language: str, facts: Iterable[object]) -> str:
    """The name of a document with everything it shows; two with the same name are the same."""
    told = "\n".join([kind, language, *map(str, facts)])
    return sha256(told.encode()).hexdigest()
