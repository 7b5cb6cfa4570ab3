"""Numbers for the desk, each from a place in an index: none takes longer as a campaign grows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.signature import SignatureState
from campaign.store.tables import Signature

# States other than confirmed have no stored number; beyond this the desk says "more than".
COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class ConfirmationCounts:
    """How many have confirmed since midnight UTC and in the last seven days, withdrawn ones included."""

    today: int
    week: int


def confirmations(session: Session, campaign_id: int, *, now: datetime) -> ConfirmationCounts:
    """Told by the numbers that signatures got when they were confirmed, not by counting them."""
    latest = _number(session, campaign_id, before=None)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return ConfirmationCounts(
        today=max(0, latest - _number(session, campaign_id, before=midnight)),
        week=max(0, latest - _number(session, campaign_id, before=now - timedelta(days=7))),
    )


def count_in_state(session: Session, campaign_id: int, state: SignatureState) -> int:
    """How many signatures are in a state; counts no further than one more than COUNTED_UP_TO."""
    matching = (
        select(Signature.id)
        .where(Signature.campaign_id == campaign_id, Signature.state == state)
        .limit(COUNTED_UP_TO + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(matching)) or 0


def _number(session: Session, campaign_id: int, *, before: datetime | None) -> int:
    statement = (
        select(Signature.number)
        .where(Signature.campaign_id == campaign_id, Signature.confirmed_at.is_not(None))
        .order_by(Signature.confirmed_at.desc(), Signature.number.desc())
        .limit(1)
    )
    if before is not None:
        statement = statement.where(Signature.confirmed_at < before)
    return session.scalar(statement) or 0
