"""Numbers for the desk, each from a place in an index: none takes longer as a campaign grows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.store.tables import Signature, SigningForm
from campaign.store.tables.signatures import FORM_IS_OPEN

# States other than confirmed have no stored number; beyond this the desk says "more than".
COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class WaitingForms:
    """Forms no worker has looked at yet, up to one more than COUNTED_UP_TO, and the oldest's time."""

    number: int
    since: datetime | None


def waiting_forms(session: Session) -> WaitingForms:
    """What came in and waits for a worker: a look at the beginning of one index."""
    number, since = session.execute(_WAITING_FORMS).one()
    return WaitingForms(number, since)


def _waiting_forms() -> Select[int, datetime]:
    received = select(SigningForm.received_at).where(SigningForm.state == FormState.RECEIVED)
    first = received.order_by(SigningForm.id).limit(COUNTED_UP_TO + 1).subquery()
    return select(func.count(), func.min(first.c.received_at))


_WAITING_FORMS = _waiting_forms()


def unconfirmed_forms(session: Session, campaign_id: int) -> int:
    """How many forms wait to be confirmed; counts no further than one more than COUNTED_UP_TO."""
    matching = (
        select(SigningForm.id)
        .where(SigningForm.campaign_id == campaign_id, FORM_IS_OPEN)
        .limit(COUNTED_UP_TO + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(matching)) or 0


def held_forms(session: Session, campaign_id: int) -> int:
    """How many forms are held, because very many came from one network; up to COUNTED_UP_TO."""
    matching = (
        select(SigningForm.id)
        .where(SigningForm.campaign_id == campaign_id, SigningForm.state == FormState.HELD)
        .limit(COUNTED_UP_TO)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(matching)) or 0


def count_in_state(session: Session, campaign_id: int, state: SignatureState) -> int:
    """How many signatures are in a state; counts no further than one more than COUNTED_UP_TO."""
    matching = (
        select(Signature.id)
        .where(Signature.campaign_id == campaign_id, Signature.state == state)
        .limit(COUNTED_UP_TO + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(matching)) or 0
