"""What offices answer, how it is entered, and what may be said of those that have not."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from campaign.domain.names import clean_line, clean_text
from campaign.errors import RefusedError


class Stance(StrEnum):
    """How far an office's answer goes."""

    NONE = "none"  # asked, and it did not answer
    ACKNOWLEDGED = "acknowledged"  # it has the letter, and says no more
    POSITION = "position"  # it says what it thinks
    ACTED = "acted"  # it did something


# A letter to an office takes its time; after this pages say that none has come.
SILENT_AFTER = timedelta(days=40)
LONGEST_NOTE = 2_000
LONGEST_WHAT = 300
LONGEST_ADDRESS = 500
LONGEST_PLACE = 200
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


@dataclass(frozen=True)
class OfficeAnswerShown:
    """One answer as pages show it; without an `ask` it is about the letter as a whole.

    `holder` is who held the office then, where that is somebody else by now.
    """

    official_id: int
    ask: int | None
    stance: Stance
    answered_on: date
    evidence: str | None
    note: str | None
    holder: str | None


@dataclass(frozen=True)
class HandOverShown:
    """What was handed over or posted to an office, and when and where; or that it was refused.

    Who took it stays with the organizers. `picture_tag` names a photo or a receipt.
    """

    official_id: int
    handed_on: date
    what: str
    holder: str | None
    place: str | None = None
    is_refused: bool = False
    refusal: str | None = None
    picture_tag: str | None = None


@dataclass(frozen=True)
class OfficeContact:
    """What is known of our contact with an office, and may be said.

    `arrived_on` is the first day on which a message is known to have arrived, `written_on` one on which mail
    left, whether or not anybody knows that it arrived; `handed_on` when something was first handed over;
    `has_answered` that anything came back, be it public or not.

    Of mail nothing is said before its day (UTC) is over: else a page told the moment at which somebody wrote
    who asked not to be shown.
    """

    official_id: int
    arrived_on: date | None = None
    written_on: date | None = None
    handed_on: date | None = None
    has_answered: bool = False

    def reached_on(self, today: date) -> date | None:
        """The first day on which anything of ours is known to have come to the office."""
        arrived = [self.arrived_on] if self.arrived_on and self.arrived_on < today else []
        handed = [self.handed_on] if self.handed_on else []
        return min([*arrived, *handed], default=None)

    def was_written_to(self, today: date) -> bool:
        """Whether mail has left."""
        return self.written_on is not None and self.written_on < today

    def days_silent(self, today: date) -> int | None:
        """For how many days nothing is known to have come back, once that is SILENT_AFTER; else None."""
        reached_on = self.reached_on(today)
        if self.has_answered or reached_on is None:
            return None
        days = today - reached_on
        return days.days if days >= SILENT_AFTER else None


def read_stance(text: str) -> Stance:
    """How far an answer goes; RefusedError for anything else."""
    try:
        return Stance(text)
    except ValueError:
        raise RefusedError("Choose what the office answered.") from None


def read_past_day(text: str, *, now: datetime) -> date:
    """A day that has come; RefusedError for none and for one to come."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("Enter the day as year, month and day: 2026-03-31.") from None
    # Somewhere on earth it is tomorrow already.
    if day > (now + timedelta(hours=14)).date():
        raise RefusedError("This day is still in the future.")
    return day


def read_web_address(text: str) -> str | None:
    """The address of a page on the web, or None from nothing; RefusedError for anything else.

    It stands as a link on public pages, so that nothing but http and https will do.
    """
    address = text.strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        is_page = parts.scheme in {"http", "https"} and not parts.username and parts.port != 0
        is_page = is_page and bool(_HOST.fullmatch(parts.hostname or ""))
    except ValueError:
        is_page = False
    if not is_page or re.search(r"[\s\x00-\x1f\x7f<>\"'\\]", address) or len(address) > LONGEST_ADDRESS:
        raise RefusedError("Enter the full address of a web page, beginning with https://.")
    return address


def read_note(text: str) -> str | None:
    """The organizers' own words about an answer, or None from nothing."""
    words = clean_text(text)
    if len(words) > LONGEST_NOTE:
        raise RefusedError("Write at most %(most)d characters about an answer.", most=LONGEST_NOTE)
    return words or None


def read_place(text: str) -> str | None:
    """Where something was handed over, or who took it, or None from nothing."""
    place = clean_line(text)
    if len(place) > LONGEST_PLACE:
        raise RefusedError("Say it in at most %(most)d characters.", most=LONGEST_PLACE)
    return place or None


def read_what(text: str) -> str:
    """What was handed over; RefusedError for nothing and for too much."""
    words = clean_line(text)
    if not words:
        raise RefusedError("Say what you handed over: “the letter with 230 names”.")
    if len(words) > LONGEST_WHAT:
        raise RefusedError("Say it in at most %(most)d characters.", most=LONGEST_WHAT)
    return words
