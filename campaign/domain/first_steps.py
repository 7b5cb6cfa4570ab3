"""The guide for who sets up a desk: five steps, each done, skipped, or still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What an owner is led through, in this order."""

    NAME = "name"
    SENDER = "sender"
    TEST_EMAIL = "test_email"
    DNS = "dns"
    LETTER = "letter"


class StepState(StrEnum):
    """How far a step is."""

    OPEN = "open"
    SKIPPED = "skipped"
    DONE = "done"


@dataclass(frozen=True)
class FirstSteps:
    """Every step with its state."""

    states: Mapping[Step, StepState]

    @property
    def next(self) -> Step | None:
        """The step to take now; None when the guide has come to its end."""
        return next((step for step in Step if self.states[step] is StepState.OPEN), None)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return list(self.states.values()).count(StepState.DONE)


def first_steps(kept: Mapping[str, str], found_done: Mapping[Step, bool]) -> FirstSteps:
    """The steps: what is found done counts, whatever was said of it; else what somebody said."""
    return FirstSteps(
        {
            step: StepState.DONE if found_done.get(step) else StepState(kept.get(step, StepState.OPEN))
            for step in Step
        }
    )
