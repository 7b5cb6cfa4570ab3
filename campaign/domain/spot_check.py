"""A spot check: signatures drawn by lot, whose owners are asked whether it was them. What may be said of it.

What is published says so little of anybody because it comes late and at once: while people answer nobody is
told how many have, and what each of them said is kept nowhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from campaign.domain.confidence import ANYTHING, ShareInterval, share_interval

# How long people have to answer, from the day of the draw on.
ANSWER_DAYS = 14
# Nobody is asked twice within so long, under whatever letter.
ASKED_AGAIN_AFTER = timedelta(days=180)
# From one draw to the next of a letter, whatever became of it: else a list could be written to, draw by draw.
BETWEEN_DRAWS = timedelta(days=28)
# Of fewer answers it is not told what they were.
FEWEST_ANSWERS_TOLD = 5
# So that no other email waits for these.
ASKED_AN_HOUR = 120


class SpotCheckState(StrEnum):
    """How far a spot check has come; each but the last two is followed by the next."""

    PROPOSED = "proposed"  # waits for a second person, and is not public
    COMMITTED = "committed"  # announced; the value that decides is not known, or not entered
    ASKING = "asking"
    PUBLISHED = "published"
    ABANDONED = "abandoned"  # given up, which stays on the page


IS_RUNNING = (SpotCheckState.COMMITTED, SpotCheckState.ASKING)


class PickState(StrEnum):
    """What has become of one entry that was drawn."""

    LEFT = "left"  # it had been taken back before the draw was announced: no part of what is checked
    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"  # what, nobody keeps
    LEFT_SINCE = "left_since"  # withdrawn, erased or removed before its owner was asked
    NO_ADDRESS = "no_address"  # sealed, or forgotten: no address is kept
    ON_PAPER = "on_paper"  # entered by organizers, and never confirmed by its owner
    NO_MAIL = "no_mail"  # the address takes no email that nobody asked for, or none at all
    ASKED_BEFORE = "asked_before"  # in another spot check, not long ago
    NOT_REACHED = "not_reached"  # the email came back, or was never sent


# Who was drawn and still could not be asked, by why: all of them count as people who did not say yes.
NOT_ASKED = (
    PickState.LEFT_SINCE,
    PickState.NO_ADDRESS,
    PickState.ON_PAPER,
    PickState.NO_MAIL,
    PickState.ASKED_BEFORE,
    PickState.NOT_REACHED,
)


@dataclass(frozen=True)
class SpotCheckResult:
    """What is published of a spot check that is over.

    `left` of those drawn had been taken back before; of the others, `not_asked` has the numbers by why. `yes`
    and `no` are None where so few answered that it is not told.
    """

    drawn: int
    left: int
    not_asked: Mapping[str, int]
    asked: int
    answered: int
    yes: int | None
    no: int | None

    @classmethod
    def of(cls, picks: Mapping[PickState, int], *, yes: int, no: int) -> Self:
        """The result of picks by their states."""
        answered = yes + no
        is_told = answered >= FEWEST_ANSWERS_TOLD
        return cls(
            drawn=sum(picks.values()),
            left=picks.get(PickState.LEFT, 0),
            not_asked={state.value: picks.get(state, 0) for state in NOT_ASKED},
            asked=picks.get(PickState.ASKED, 0) + picks.get(PickState.ANSWERED, 0),
            answered=answered,
            yes=yes if is_told else None,
            no=no if is_told else None,
        )

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """What `as_json` has made."""
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @property
    def checked(self) -> int:
        """How many signatures that counted were drawn: what every share is a share of."""
        return self.drawn - self.left

    @property
    def could_not_be_asked(self) -> int:
        """How many of these nobody could ask."""
        return sum(self.not_asked.values())

    @property
    def silent(self) -> int:
        """How many were asked and did not answer."""
        return self.asked - self.answered

    @property
    def whatever_silence_means(self) -> ShareInterval:
        """The share of those who would say yes, if nothing is assumed of who did not answer."""
        if self.yes is None or self.no is None:
            return ANYTHING
        return share_interval(self.yes, self.checked - self.no, self.checked)

    @property
    def if_silence_is_like_answers(self) -> ShareInterval:
        """The same, if those who did not answer are like those who did: which nobody can know."""
        if self.yes is None or self.no is None:
            return ANYTHING
        return share_interval(self.yes, self.yes, self.answered)


def closes_at(drawn_at: datetime) -> datetime:
    """Until when answers count: the end of a day (UTC), so that everybody has all of their days."""
    day = drawn_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=ANSWER_DAYS + 1)
