"""Updates: news to those who asked for it. What one may hold, whom it is for, and what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from campaign.domain import local_days
from campaign.domain.names import clean_line
from campaign.errors import RefusedError

LONGEST_SUBJECT = 120
LONGEST_BODY = 10_000
# The one place in a text that is filled in for each reader.
NAME_PLACE = "{{name}}"
USUAL_RATE = 5_000
SLOWEST, FASTEST = 60, 100_000
# A group so small could be one person: what a narrow choice finds is told in no smaller number, and no fewer
# are written to. Whoever wants to write to one person writes to them from their own mailbox, with their name.
SMALLEST_NUMBER_TOLD = 10


class UpdateState(StrEnum):
    """How far an update has come."""

    DRAFT = "draft"
    ASKED = "asked"  # waits for a second person
    PREPARING = "preparing"  # approved; the worker makes its list
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"  # everybody on the list has been written to
    STOPPED = "stopped"  # for good, with part of the list left


UPDATE_MOVES: Mapping[UpdateState, frozenset[UpdateState]] = {
    UpdateState.DRAFT: frozenset({UpdateState.ASKED}),
    UpdateState.ASKED: frozenset({UpdateState.DRAFT, UpdateState.PREPARING}),
    UpdateState.PREPARING: frozenset({UpdateState.DRAFT, UpdateState.SENDING, UpdateState.STOPPED}),
    UpdateState.SENDING: frozenset(
        {UpdateState.DRAFT, UpdateState.PAUSED, UpdateState.SENT, UpdateState.STOPPED}
    ),
    UpdateState.PAUSED: frozenset({UpdateState.DRAFT, UpdateState.SENDING, UpdateState.STOPPED}),
    UpdateState.SENT: frozenset(),
    UpdateState.STOPPED: frozenset(),
}
HAS_ENDED = (UpdateState.SENT, UpdateState.STOPPED)


class RecipientState(StrEnum):
    """What has been done about one supporter on the list of an update."""

    WAITING = "waiting"
    WRITTEN = "written"  # their email is in the outbox, or was
    PASSED_OVER = "passed_over"  # they take no news any more


@dataclass(frozen=True)
class UpdateText:
    """An update in one language: a subject, and a body in Markdown."""

    subject: str = ""
    body: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been written."""
        return not (self.subject or self.body)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Which of those who asked for news an update is for; nothing chosen means all of them.

    Days are by the clocks of `time_zone`, else of Greenwich, both included.
    """

    language: str | None = None
    country: str | None = None
    official_id: int | None = None
    signed_from: date | None = None
    signed_until: date | None = None
    time_zone: str | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether it is for all who asked for news."""
        return replace(self, time_zone=None) == Audience()

    @property
    def begins(self) -> datetime | None:
        """The first moment at which somebody may have signed."""
        return local_days.begins(self.signed_from, self.time_zone) if self.signed_from else None

    @property
    def ends(self) -> datetime | None:
        """The moment before which they have to have signed."""
        return local_days.ends(self.signed_until, self.time_zone) if self.signed_until else None

    def as_json(self) -> dict[str, Any]:
        """What is stored of it."""
        values = {name: getattr(self, name) for name in ("language", "country", "official_id", "time_zone")}
        days = {name: getattr(self, name) for name in ("signed_from", "signed_until")}
        return values | {name: day and day.isoformat() for name, day in days.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Audience":
        """The same as it was stored."""
        days = {name: stored.get(name) for name in ("signed_from", "signed_until")}
        return cls(
            language=stored.get("language"),
            country=stored.get("country"),
            official_id=stored.get("official_id"),
            time_zone=stored.get("time_zone"),
            **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
        )


@dataclass(frozen=True)
class AudienceNumber:
    """How many an audience has, told as far as it was counted.

    `is_exact` is false where there are more; `is_few` where a narrow choice found too few to be told.
    """

    number: int
    is_exact: bool
    is_few: bool = False


def told_number(found: int, *, is_exact: bool, is_narrow: bool) -> AudienceNumber:
    """The number as it may be told: who narrows a choice down never comes to know of one single person."""
    is_few = is_narrow and found < SMALLEST_NUMBER_TOLD
    return AudienceNumber(SMALLEST_NUMBER_TOLD if is_few else found, is_exact, is_few)


def may_be_sent(audience: Audience, recipients: int) -> bool:
    """Whether an update may go to a list of so many; one for everybody goes to however few they are."""
    return audience.is_everybody or recipients >= SMALLEST_NUMBER_TOLD


def check_is_for_enough(told: AudienceNumber) -> None:
    """RefusedError for a choice that is known to be too narrow."""
    if told.is_few and told.is_exact:
        raise RefusedError(
            "A narrow choice has to reach at least %(least)s people, so that nobody is singled out. Widen it,"
            " or write to everyone who asked for news.",
            least=SMALLEST_NUMBER_TOLD,
        )


def may_follow(current: UpdateState, following: UpdateState) -> bool:
    """Whether an update in `current` may move to `following`."""
    return following in UPDATE_MOVES[current]


def read_subject(text: str) -> str:
    """The subject of an update, on one line; it may be empty. It names nobody."""
    subject = clean_line(text)
    if len(subject) > LONGEST_SUBJECT:
        raise RefusedError("The subject can have at most %(most)d characters.", most=LONGEST_SUBJECT)
    if "{{" in subject or "}}" in subject:
        raise RefusedError("The subject is the same for everyone: it can’t hold {{name}}.")
    return subject


def read_rate(text: str) -> int:
    """How many emails of an update are sent in an hour."""
    digits = text.strip().replace(",", "").replace("\u202f", "").replace(" ", "")
    if not digits:
        return USUAL_RATE
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise RefusedError("Enter a whole number of emails an hour, like 5000.")
    if not SLOWEST <= int(digits) <= FASTEST:
        raise RefusedError(
            "Enter a number from %(slowest)d to %(fastest)d.", slowest=SLOWEST, fastest=FASTEST
        )
    return int(digits)


def read_day(text: str) -> date | None:
    """A day like 2026-12-01, or None from nothing."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("Enter a date like 2026-12-01.") from None


def check_days(signed_from: date | None, signed_until: date | None) -> None:
    """RefusedError where the last day is before the first."""
    if signed_from and signed_until and signed_until < signed_from:
        raise RefusedError("The last day must not be before the first.")
