"""A new version of a letter, and those who signed an earlier one: what they are asked, and what they answer.

Nobody is moved by silence: whoever does not answer stays counted for the version they signed.
"""

from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.visible_text import without_invisible_signs
from campaign.domain.web_addresses import reads_as_web_address
from campaign.errors import RefusedError

# It says in short what changed. A place for news it is not: it goes to people who asked for none.
LONGEST_IN_SHORT = 1_500


class VersionAnswer(StrEnum):
    """What somebody says who is asked about a version that is not the one they signed."""

    AFFIRM = "affirm"  # counted for the new version from now on
    STAY = "stay"  # counted for the one they signed
    WITHDRAW = "withdraw"  # not counted any more


@dataclass(frozen=True)
class VersionSplit:
    """Of those who signed on the page, how many count for the version that stands, and for earlier ones."""

    current: int
    earlier: int


def split(*, shown: int, earlier: int) -> VersionSplit:
    """The number that a page shows, by versions; `earlier` was counted before, and may be too many."""
    earlier = min(max(earlier, 0), shown)
    return VersionSplit(shown - earlier, earlier)


def read_answer(typed: str) -> VersionAnswer:
    """One of the three; RefusedError for none of them."""
    if typed not in list(VersionAnswer):
        raise RefusedError("Choose one of the three answers.")
    return VersionAnswer(typed)


def check_in_short(text: str, *, as_read: str) -> str:
    """What changed, in short; RefusedError where it is longer, or leads anywhere.

    `as_read` is the same as its readers get it: signs that Markdown takes away hide no address.
    """
    if len(text) > LONGEST_IN_SHORT:
        raise RefusedError("The text can have at most %(most)d characters.", most=LONGEST_IN_SHORT)
    lines = [*text.split("\n"), *map(without_invisible_signs, as_read.split("\n"))]
    if any(map(reads_as_web_address, lines)):
        raise RefusedError(
            "Leave out web and email addresses: this email goes to people who asked for no news. "
            "It has links to the letter and to its changes."
        )
    return text
