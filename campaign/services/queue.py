"""The outbox as organizers see it: what needs them, and what they decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.addresses import masked_address
from campaign.domain.states import EmailKind, OutboxState, may_become
from campaign.errors import ConflictError, NotFoundError
from campaign.services import audit, campaigns, digested
from campaign.store.tables import Campaign, Official, OutboxEmail

# An email that is due waits for its pace and for a worker; this long means that something is wrong.
LATE = timedelta(minutes=30)


class Light(StrEnum):
    """How the queue is, in a glance."""

    GOOD = "good"
    LATE = "late"
    NEEDS_YOU = "needs_you"


class Decision(StrEnum):
    """What an organizer may decide about one email."""

    RETRY = "retry"
    SEND_AGAIN = "send-again"
    TREAT_AS_SENT = "treat-as-sent"


# Decision → the state it starts from, the state it leads to.
_MOVES = {
    Decision.RETRY: (OutboxState.FAILED, OutboxState.QUEUED),
    Decision.SEND_AGAIN: (OutboxState.IN_DOUBT, OutboxState.QUEUED),
    Decision.TREAT_AS_SENT: (OutboxState.IN_DOUBT, OutboxState.ACCEPTED),
}


@dataclass(frozen=True)
class EmailShown:
    """One email that needs an organizer, with what is known of it."""

    id: int
    public_id: str
    kind: EmailKind
    recipient: str
    campaign: str | None
    attempts: int
    sending_at: datetime | None
    settled_at: datetime | None
    provider: str | None
    provider_message_id: str | None
    reason: str | None


def light(session: Session, *, now: datetime) -> Light:
    """Three looks into indexes, whatever the queue's length."""
    for state in (OutboxState.IN_DOUBT, OutboxState.FAILED):
        if session.execute(select(OutboxEmail.id).where(OutboxEmail.state == state).limit(1)).first():
            return Light.NEEDS_YOU
    oldest = session.scalar(
        select(func.min(OutboxEmail.due_at)).where(OutboxEmail.state == OutboxState.QUEUED)
    )
    return Light.LATE if oldest is not None and oldest < now - LATE else Light.GOOD


def in_doubt(session: Session, *, limit: int = 100) -> tuple[EmailShown, ...]:
    """Emails of which nobody knows whether they arrived, the newest first."""
    return _shown(session, OutboxState.IN_DOUBT, limit)


def failed(session: Session, *, limit: int = 100) -> tuple[EmailShown, ...]:
    """Emails that will not be tried again by themselves, the newest first."""
    return _shown(session, OutboxState.FAILED, limit)


def decide(session: Session, email_id: int, decision: Decision, *, organizer_id: int, now: datetime) -> None:
    """Carry out an organizer's decision; ConflictError when the email has moved on meanwhile.

    A digest that is to go again is put together anew from those of its messages that still stand.
    """
    start, end = _MOVES[decision]
    if not may_become(start, end):
        raise ValueError(f"{start} never becomes {end}")
    if digested.is_part(session, email_id):
        raise ConflictError("This message went together with others in one mail. Decide about that mail.")
    is_done = end is OutboxState.QUEUED and digested.take_apart(session, email_id, start, now=now)
    if not is_done:
        _move(session, email_id, start, end, now=now)
    if end is not OutboxState.QUEUED:
        digested.follow(session, [email_id], now=now)
    audit.record(
        session,
        action=f"email.{decision.value}",
        organizer_id=organizer_id,
        details={"email": email_id},
        now=now,
    )


def _move(session: Session, email_id: int, start: OutboxState, end: OutboxState, *, now: datetime) -> None:
    values: dict[str, object] = {"state": end, "leased_by": None, "lease_ends_at": None}
    if end is OutboxState.QUEUED:
        values |= {"due_at": now, "attempts": 0, "sending_at": None, "settled_at": None, "reason": None}
        # Their word is as good as proof that nothing left: any provider may take it now.
        values |= {"provider": None}
    else:
        values |= {"settled_at": now}
    moved = session.execute(
        update(OutboxEmail)
        .where(OutboxEmail.id == email_id, OutboxEmail.state == start)
        .values(**values)
        .returning(OutboxEmail.id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if moved is None:
        if session.get(OutboxEmail, email_id) is None:
            raise NotFoundError("There is no such email.")
        raise ConflictError("This email has moved on meanwhile. Look at it again.")


def paused_campaigns(session: Session) -> Sequence[str]:
    """The slugs of campaigns whose messages wait because an organizer said so."""
    return session.scalars(
        select(Campaign.slug).where(Campaign.sending_paused_at.is_not(None)).order_by(Campaign.slug)
    ).all()


def set_paused(session: Session, slug: str, *, paused: bool, organizer_id: int, now: datetime) -> None:
    """Stop a campaign's messages to officials, or let them go on."""
    campaign = campaigns.by_slug(session, slug)
    if paused == (campaign.sending_paused_at is not None):
        return
    campaign.sending_paused_at = now if paused else None
    audit.record(
        session,
        action="campaign.pause" if paused else "campaign.resume",
        organizer_id=organizer_id,
        details={"campaign": campaign.id},
        now=now,
    )


def _shown(session: Session, state: OutboxState, limit: int) -> tuple[EmailShown, ...]:
    statement: Select[OutboxEmail, str | None, str | None] = (
        select(OutboxEmail, Official.name, Campaign.slug)
        .outerjoin(Official, Official.id == OutboxEmail.official_id)
        .outerjoin(Campaign, Campaign.id == OutboxEmail.campaign_id)
        # Of messages in a digest there is one thing to decide, about the digest.
        .where(OutboxEmail.state == state, ~digested.is_digested())
        .order_by(OutboxEmail.id.desc())
        .limit(limit)
    )
    return tuple(
        EmailShown(
            id=email.id,
            public_id=email.public_id,
            kind=email.kind,
            recipient=official or masked_address(email.to_address),
            campaign=slug,
            attempts=email.attempts,
            sending_at=email.sending_at,
            settled_at=email.settled_at,
            provider=email.provider,
            provider_message_id=email.provider_message_id,
            reason=email.reason,
        )
        for email, official, slug in session.execute(statement)
    )
