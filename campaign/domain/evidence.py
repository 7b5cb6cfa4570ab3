"""What a form's circumstances say of who sent it: they raise a price and mark it, and refuse nobody."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from campaign.domain.proof_of_work import difficulty

# How far back forms of one network, and forms alike, are counted.
WINDOW = timedelta(minutes=10)
# Nobody reads, fills two fields and presses a button in less, unless the browser fills them in.
HASTE = timedelta(seconds=3)
# Forms within the window, and the points of suspicion from that number on. A school or an office behind one
# connection brings some hundred people in ten minutes.
_RUSH = ((300, 3), (100, 2), (20, 1))
_LIKENESS = ((20, 1),)
_TRAP_POINTS = 2
_HASTE_POINTS = 2
_PROOF_POINTS = 2
_SUSPECT_FROM = 4


class FormVerdict(StrEnum):
    """How a form is treated; the page and the mail to its sender are the same."""

    ORDINARY = "ordinary"
    SUSPECTED = "suspected"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one form.

    `from_network` and `alike` count the other forms within WINDOW: those of its network, and those like it.
    `age` is how long the form can have been filled in at most; None when nothing tells.
    """

    from_network: int = 0
    alike: int = 0
    is_trap_filled: bool = False
    age: timedelta | None = None
    has_proof: bool = False


@dataclass(frozen=True)
class Judgement:
    """What follows: how the form counts, and how hard a proof its network's next form is asked for."""

    verdict: FormVerdict
    difficulty: int


def judge(evidence: Evidence) -> Judgement:
    """Weigh the evidence.

    A rush alone suspects nobody, nor does haste or likeness. A filled trap alone does: no person sees it,
    though some browsers fill it in, and a proof of work then speaks for who sent it.
    """
    rush = _points(evidence.from_network, _RUSH)
    signs = _points(evidence.alike, _LIKENESS)
    signs += _TRAP_POINTS if evidence.is_trap_filled else 0
    signs += _HASTE_POINTS if evidence.age is not None and evidence.age < HASTE else 0
    left = rush + signs - (_PROOF_POINTS if evidence.has_proof else 0)
    is_caught = evidence.is_trap_filled and not evidence.has_proof
    is_suspected = is_caught or (signs > 0 and left >= _SUSPECT_FROM)
    return Judgement(
        FormVerdict.SUSPECTED if is_suspected else FormVerdict.ORDINARY, difficulty(rush + signs)
    )


def _points(number: int, steps: tuple[tuple[int, int], ...]) -> int:
    return next((points for least, points in steps if number >= least), 0)
