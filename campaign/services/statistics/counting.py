"""Numbers for the desk, each from a place in an index: none takes longer as a campaign grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.rate_limit import last_midnight
from campaign.domain.signature import SignatureState, day_of
from campaign.domain.signing_form import FormState
from campaign.store.tables import Campaign, Signature, SignatureImport, SigningForm
from campaign.store.tables.signatures import FORM_IS_OPEN

# States other than confirmed have no stored number; beyond this the desk says "more than".
COUNTED_UP_TO = 10_000
_INSTANT = timedelta(microseconds=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ConfirmationCounts:
    """How many have confirmed since midnight and in the last seven days, withdrawn ones included."""

    today: int
    week: int


def confirmations(
    session: Session, campaign_id: int, *, now: datetime, time_zone: str | None = None
) -> ConfirmationCounts:
    """Told by the numbers that signatures got when they were confirmed, not by counting them.

    Midnight is that of `time_zone`, else of UTC. What was entered and undone counts as if it had never been.
    """
    undone = _undone_runs(session, campaign_id)
    # Of a sealed signature only the day is kept: the newest of them stands before all others of its day.
    newest = (_last(session, campaign_id, before=before) for before in (None, day_of(now) + _INSTANT))
    last = max(newest, key=lambda one: one.number)
    latest = last.number
    if any(run.undone_at is None or last.at <= run.undone_at for run in undone):
        # Nobody has confirmed since a list was taken out: the last number still has it.
        count = select(Campaign.signature_count).where(Campaign.id == campaign_id)
        latest = session.scalar(count) or 0

    def number_before(moment: datetime) -> int:
        one = _last(session, campaign_id, before=moment)
        with_it = (
            run.undone
            for run in undone
            if run.begun_at < one.at and (run.undone_at is None or one.at <= run.undone_at)
        )
        number: int = one.number - sum(with_it)
        return number

    return ConfirmationCounts(
        today=max(0, latest - number_before(last_midnight(now, time_zone))),
        week=max(0, latest - number_before(now - timedelta(days=7))),
    )


@dataclass(frozen=True)
class WaitingForms:
    """Forms no worker has looked at yet, up to one more than COUNTED_UP_TO, and the oldest's time."""

    number: int
    since: datetime | None


def waiting_forms(session: Session) -> WaitingForms:
    """What came in and waits for a worker: a look at the beginning of one index."""
    received = select(SigningForm.received_at).where(SigningForm.state == FormState.RECEIVED)
    first = received.order_by(SigningForm.id).limit(COUNTED_UP_TO + 1).subquery()
    number, since = session.execute(select(func.count(), func.min(first.c.received_at))).one()
    return WaitingForms(number, since)


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


@dataclass(frozen=True)
class _LastConfirmed:
    """The number that somebody got, and when."""

    number: int
    at: datetime


def _last(session: Session, campaign_id: int, *, before: datetime | None) -> _LastConfirmed:
    statement = (
        select(Signature.number, Signature.confirmed_at)
        .where(Signature.campaign_id == campaign_id, Signature.confirmed_at.is_not(None))
        .order_by(Signature.confirmed_at.desc(), Signature.number.desc())
        .limit(1)
    )
    if before is not None:
        statement = statement.where(Signature.confirmed_at < before)
    row = session.execute(statement).one_or_none()
    return _LastConfirmed(row.number or 0, row.confirmed_at) if row else _LastConfirmed(0, _NEVER)


def _undone_runs(session: Session, campaign_id: int) -> Sequence[Any]:
    columns = (SignatureImport.begun_at, SignatureImport.undone_at, SignatureImport.undone)
    of_campaign = select(*columns).where(SignatureImport.campaign_id == campaign_id)
    return session.execute(of_campaign.where(SignatureImport.undone > 0)).all()
