"""What owners said of each step of the guide, remembered for all of them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.first_steps import Step, StepState
from campaign.services.audit import audit_log
from campaign.services.setup import row


def said(session: Session) -> Mapping[str, str]:
    """What was said, by step."""
    found = row.read(session)
    return found.steps if found else {}


def say(session: Session, step: Step, state: StepState, *, actor: Actor, now: datetime) -> None:
    """Remember that a step was skipped or done, or is to be taken after all."""
    row.write(session, steps={**said(session), step.value: state.value})
    details = {"step": step.value, "to": state.value}
    audit_log.record(session, action="site.step", actor=actor, details=details, now=now)
