"""The queue's status for organizers, and what they decide about its emails."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.alerts import AlertKind
from campaign.domain.outbox import OF_UPDATES, EmailKind, OutboxState, PauseCause
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.monitoring.health import HealthReport
from campaign.services.outbox import digest_members, provider_pauses, unreadable
from campaign.services.outbox.delivery import DELETE_BODY_ONCE_SENT
from campaign.services.outbox.enqueue import delete_bodies
from campaign.services.outbox.provider_pauses import BreakerState
from campaign.services.outbox.suppression_check import takes_no_more
from campaign.services.outbox.transitions import move
from campaign.services.outbox.withdrawn import is_stood_by, tells
from campaign.store.tables.core import outbox_body, outbox_email


class QueueStatus(StrEnum):
    """Whether the queue needs an organizer, is late, or neither."""

    GOOD = "good"
    LATE = "late"
    NEEDS_YOU = "needs_you"


class Decision(StrEnum):
    """What an organizer may decide about one email, or about all that are in the same state."""

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
class EmailSelection:
    """The emails that one decision is about: how many there are up to the id `up_to`, which is 0 for none.

    Beside them, so many stay as they are because they are `unreadable`.
    """

    number: int
    up_to: int
    unreadable: int = 0


def queue_status(session: Session, report: HealthReport) -> QueueStatus:
    """The status that follows from a health report, and from emails in doubt or failed."""
    needs_somebody = {AlertKind.KEY_REFUSED, AlertKind.DOUBT, AlertKind.OFFICIAL_PAUSED}
    if any(report.has(kind) for kind in needs_somebody):
        return QueueStatus.NEEDS_YOU
    for state in (OutboxState.IN_DOUBT, OutboxState.FAILED):
        if session.execute(select(outbox_email.c.id).where(outbox_email.c.state == state).limit(1)).first():
            return QueueStatus.NEEDS_YOU
    is_late = report.has(AlertKind.QUEUE_LATE) or report.has(AlertKind.NO_WORKER)
    return QueueStatus.LATE if is_late else QueueStatus.GOOD


def decide(
    session: Session,
    email_id: int,
    decision: Decision,
    *,
    of_campaigns: Collection[int] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Carry out a decision about one email; ConflictError when it has moved on meanwhile.

    NotFoundError for one that is not `of_campaigns`, if these are named.
    """
    if of_campaigns is not None:
        campaign_id = session.scalar(select(outbox_email.c.campaign_id).where(outbox_email.c.id == email_id))
        if campaign_id not in of_campaigns:
            raise NotFoundError("There is no such email.")
    if not _move(session, decision, outbox_email.c.id == email_id, now=now):
        raise _why_not(session, email_id, decision)
    details = {"email": email_id}
    audit_log.record(session, action=f"email.{decision.value}", actor=actor, details=details, now=now)


def select_emails(session: Session, decision: Decision, *, campaign_id: int | None) -> EmailSelection:
    """The emails that a decision about all would be about, of one campaign or of all."""
    emails = _all_for(decision, campaign_id=campaign_id)
    row = session.execute(select(func.count(), func.max(outbox_email.c.id)).where(emails)).one()
    number, up_to = row[0], row[1] or 0
    if number and _MOVES[decision][1] is OutboxState.QUEUED:
        number = sum(map(len, unreadable.readable(session, emails & (outbox_email.c.id <= up_to))))
    return EmailSelection(number, up_to, row[0] - number)


def decide_all(
    session: Session,
    decision: Decision,
    *,
    campaign_id: int | None,
    up_to: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Carry out a decision about every email it fits, up to the id that was shown; how many there were.

    Those that came later were not shown, and those that have moved on are left alone.
    """
    condition = _all_for(decision, campaign_id=campaign_id) & (outbox_email.c.id <= up_to)
    number = _move(session, decision, condition, now=now)
    if number:
        audit_log.record(
            session,
            action=f"emails.{decision.value}",
            actor=actor,
            details={"number": number, "campaign": campaign_id, "up_to": up_to},
            now=now,
        )
    return number


def set_paused(session: Session, slug: str, *, paused: bool, actor: Actor, now: datetime) -> None:
    """Stop a campaign's messages to officials, or let them go on."""
    campaign = campaigns.campaign_row(session, slug)
    if paused == (campaign.sending_paused_at is not None):
        return
    campaign.sending_paused_at = now if paused else None
    audit_log.record(
        session,
        action="campaign.pause" if paused else "campaign.resume",
        actor=actor,
        details={"campaign": campaign.id},
        now=now,
    )


def set_provider_paused(
    session: Session, provider: str, *, paused: bool, actor: Actor, now: datetime
) -> None:
    """Send nothing through a provider until an organizer says so, or use it again, whatever it rested for."""
    if paused:
        provider_pauses.pause(
            session, provider, cause=PauseCause.ORGANIZER, reason="paused on the desk", now=now
        )
    elif provider_pauses.breaker_state(session, provider, now=now) is BreakerState.CLOSED:
        return
    else:
        provider_pauses.resume(session, provider)
    audit_log.record(
        session,
        action="provider.pause" if paused else "provider.resume",
        actor=actor,
        details={"provider": provider},
        now=now,
    )


def _why_not(session: Session, email_id: int, decision: Decision) -> Exception:
    """Why a decision about an email was not carried out."""

    def it(condition: ColumnElement[bool]) -> bool:
        return (
            session.scalar(select(outbox_email.c.id).where(outbox_email.c.id == email_id, condition))
            is not None
        )

    if not it(true()):
        return NotFoundError("There is no such email.")
    if digest_members.is_in_digest(session, email_id):
        return ConflictError(
            "This message was sent together with others in one email. Decide about that email."
        )
    if it(tells()):
        return ConflictError(
            "The emails of this campaign are quiet now, and this one says what it is about. It won’t be sent."
        )
    if it(~is_stood_by()):
        return ConflictError("The person who wrote this has withdrawn it. It won’t be sent again.")
    if it(takes_no_more()):
        return ConflictError(
            "This address is suppressed, so this email won’t be sent."
            " Choose “Allow email again” for it first."
        )
    if it(~_has_words()):
        return ConflictError("The text of this email is no longer kept, so it can’t be sent again.")
    if it(outbox_email.c.state == _MOVES[decision][0]):
        return ConflictError(
            "This email can’t be read with the keys that this installation has, so it stays as it is."
            " Try again once the missing key is back."
        )
    return ConflictError("This email has changed in the meantime. Look at it again.")


def _all_for(decision: Decision, *, campaign_id: int | None) -> ColumnElement[bool]:
    # Of messages in a digest there is one thing to decide, about the digest.
    start, end = _MOVES[decision]
    condition = (outbox_email.c.state == start) & ~digest_members.is_digested()
    if end is OutboxState.QUEUED:
        condition &= _may_go_again()
    return condition if campaign_id is None else condition & (outbox_email.c.campaign_id == campaign_id)


def _may_go_again() -> ColumnElement[bool]:
    has_words = _has_words() | (outbox_email.c.kind == EmailKind.DIGEST)
    return is_stood_by() & ~takes_no_more() & has_words


def _has_words() -> ColumnElement[bool]:
    """Whether the words of an email are kept: those with links that have served are not."""
    return exists().where(outbox_body.c.email_id == outbox_email.c.id)


def _move(session: Session, decision: Decision, emails: ColumnElement[bool], *, now: datetime) -> int:
    start, end = _MOVES[decision]
    emails &= (outbox_email.c.state == start) & ~digest_members.is_digested()
    digests = session.scalars(
        select(outbox_email.c.id).where(emails, outbox_email.c.kind == EmailKind.DIGEST)
    ).all()
    if end is OutboxState.ACCEPTED:
        # As when a provider accepts them: links that act for a supporter have served.
        is_test = outbox_email.c.kind.in_(OF_UPDATES) & outbox_email.c.signature_id.is_(None)
        delete_bodies(session, emails & outbox_email.c.kind.in_(DELETE_BODY_ONCE_SENT) & ~is_test)
        moved = move(session, end, emails, start=(start,), now=now)
        if digests:
            digest_members.follow(session, digests, now=now)
        return moved
    # They are put together anew, from those of their messages that still stand.
    taken_apart = sum(digest_members.take_apart(session, digest, start, now=now) for digest in digests)
    return taken_apart + sum(
        _queue_again(session, ids, start, now=now)
        for ids in unreadable.readable(session, emails & _may_go_again())
    )


def _queue_again(session: Session, ids: Sequence[int], start: OutboxState, *, now: datetime) -> int:
    """Queue emails in one state that may still go, as if nobody had tried them; how many there were."""
    return move(
        session,
        OutboxState.QUEUED,
        outbox_email.c.id.in_(ids) & ~digest_members.is_digested() & _may_go_again(),
        start=(start,),
        by_state=False,
        now=now,
        due_at=now,
        attempts=0,
        sending_at=None,
        reason=None,
        # Their word is as good as proof that nothing left: any provider may take it now.
        provider=None,
    )
