"""Which supporters an organizer wants to see: what is typed into the list's filters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from campaign.domain.addresses import clean_address
from campaign.domain.name_search import LONGEST_SEARCH
from campaign.domain.names import clean_line
from campaign.domain.signature import SignatureState, Visibility
from campaign.errors import RefusedError

FIRST_YEAR, LAST_YEAR = 2000, 2200
LONGEST_SOURCE = 80
Choice = TypeVar("Choice", SignatureState, Visibility)
LONGEST_CODE = 20
LARGEST_ROW = 2**31 - 1


@dataclass(frozen=True)
class SupporterFilter:
    """All that is there must hold; days are those of confirmation by the clocks of `time_zone`, else
    of Greenwich, the last one included.

    `has_words` is that some message was written in own words, `official_id` whom one went to, and
    `version` the version of the letter they are counted for.
    """

    state: SignatureState | None = None
    since: date | None = None
    until: date | None = None
    language: str | None = None
    country: str | None = None
    source: str | None = None
    official_id: int | None = None
    updates: bool | None = None
    has_words: bool | None = None
    visibility: Visibility | None = None
    time_zone: str | None = None
    version: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everybody is meant."""
        return not self.names

    @property
    def names(self) -> list[str]:
        """What is narrowed down, without to what: for the audit log."""
        named = (field.name for field in fields(self) if getattr(self, field.name) is not None)
        return [name for name in named if name != "time_zone"]


EVERYBODY = SupporterFilter()


def read_day(typed: str) -> date | None:
    """A day as browsers send it, None for nothing; RefusedError for what is none."""
    text = typed.strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RefusedError("Enter the day as year, month and day: 2026-03-31.")
    return day


def read_state(typed: str) -> SignatureState | None:
    """A state, None for all; RefusedError for what is none."""
    return _read_one_of(SignatureState, typed)


def read_visibility(typed: str) -> Visibility | None:
    """How a name is shown, None for any; RefusedError for what is none."""
    return _read_one_of(Visibility, typed)


def read_yes_or_no(typed: str) -> bool | None:
    """Yes, no, or None for either; RefusedError for anything else."""
    if typed not in {"", "yes", "no"}:
        raise RefusedError("Not a valid choice.")
    return None if not typed else typed == "yes"


def read_source(typed: str) -> str | None:
    """Where people came from, as links name it, None for anywhere; RefusedError for what is too long."""
    text = clean_line(typed)
    if len(text) > LONGEST_SOURCE:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_SOURCE)
    return text or None


def read_row(typed: str) -> int | None:
    """The number of a row, None for any; RefusedError for what no row has."""
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10 and int(typed) <= LARGEST_ROW):
        raise RefusedError("Not a valid choice.")
    return int(typed)


def read_sought(typed: str) -> str:
    """A name, an organization or an address to look for; RefusedError for no address, and for too much."""
    text = clean_line(typed)
    if "@" in text:
        return clean_address(text)
    if len(text) > LONGEST_SEARCH:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_SEARCH)
    return text


def _read_one_of(choices: type[Choice], typed: str) -> Choice | None:
    if not typed:
        return None
    if typed not in list(choices):
        raise RefusedError("Not a valid choice.")
    return choices(typed)


def read_code(typed: str) -> str | None:
    """The code of a language or a country, None for any; RefusedError for what can be none."""
    if len(typed) > LONGEST_CODE or not typed.replace("-", "").isascii():
        raise RefusedError("Not a valid choice.")
    return typed or None


# What each filter is called in an address and a form, and who reads it; `official` and `words` are short for
# what they mean.
FILTERS: Mapping[str, Callable[[str], Any]] = {
    "state": read_state,
    "since": read_day,
    "until": read_day,
    "language": read_code,
    "country": read_code,
    "source": read_source,
    "official": read_row,
    "updates": read_yes_or_no,
    "words": read_yes_or_no,
    "visibility": read_visibility,
    "version": read_row,
}
_CALLED = {"official": "official_id", "words": "has_words"}


def read_filter(typed: Mapping[str, str], *, time_zone: str | None = None) -> SupporterFilter:
    """What was typed, together; RefusedError for what any part of it is not."""
    return SupporterFilter(
        **{_CALLED.get(name, name): read(typed.get(name, "")) for name, read in FILTERS.items()},
        time_zone=time_zone,
    )
