"""What is counted for each day of a campaign, and by what; the rules of how few may be told apart."""

from collections.abc import Mapping
from enum import StrEnum

from campaign.domain.similarity import PERSONAL_FROM

# What somebody else may have typed into a link is counted by itself for so many of them, then together.
MOST_SOURCES = 100
# The key of all sources, or countries, that are not counted by themselves.
OTHER = "*"
# Fewer than these could be told apart by somebody who knows one of them.
SMALL_CELL = 5
# The key of messages without any words of their writer's own.
NO_WORDS = "-"
# Own words are counted in bands as wide as this, named by their lower end.
BAND = 5


class Figure(StrEnum):
    """What is counted; each is a number of acts on a day.

    None is set right afterwards, but for a list of signatures that was entered by mistake and undone.
    """

    STARTED = "started"  # a form came in
    ASKED = "asked"  # its mailbox was asked to confirm, for the first time
    CONFIRMED = "confirmed"  # a signature counts
    WITHDRAWN = "withdrawn"  # its writer took back one that had counted
    REMOVED = "removed"  # an organizer took out one that had counted
    RESTORED = "restored"  # and put it back
    WRITTEN = "written"  # a message to an official
    SENT = "sent"  # a provider accepted it


class Dimension(StrEnum):
    """By what an act is counted beside the whole; each act is counted once in each that it has."""

    ALL = "all"
    LANGUAGE = "language"
    COUNTRY = "country"
    SOURCE = "source"
    OFFICIAL = "official"
    OWN_WORDS = "own_words"


def band_of(score: int | None) -> str:
    """The band of own words that a message's score falls into."""
    return NO_WORDS if score is None else str(min(score, 99) // BAND * BAND)


def personal(bands: Mapping[str, int]) -> int:
    """How many messages are mostly their writers' own."""
    return sum(number for band, number in bands.items() if band != NO_WORDS and int(band) >= PERSONAL_FROM)


def median_band(bands: Mapping[str, int]) -> tuple[int, int] | None:
    """Between how many and how many percent of own words the median of messages with any lies."""
    with_words = sorted((int(band), number) for band, number in bands.items() if band != NO_WORDS)
    half, passed = sum(number for _, number in with_words) / 2, 0
    for band, number in with_words:
        passed += number
        if number and passed >= half:
            return band, min(100, band + BAND)
    return None


def merged(cells: Mapping[str, int], *, below: int = SMALL_CELL) -> dict[str, int]:
    """Cells with those that are small put together under OTHER, so that none tells of one person."""
    large = {key: number for key, number in cells.items() if number >= below and key != OTHER}
    rest = sum(cells.values()) - sum(large.values())
    return {**large, OTHER: rest} if rest else large
