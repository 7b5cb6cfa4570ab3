"""Looking doubts up in a provider's log: which is next, and what its answer is worth."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.activity_lookup import (
    WAITS,
    FoundInLog,
    LogBusy,
    LogClosed,
    LookupAnswer,
    lookup_note,
    next_lookup,
)
from campaign.domain.circuit_breaker import LONGEST_THROTTLE
from campaign.domain.outbox import OutboxState
from campaign.services.feedback import events
from campaign.services.installation import jobs
from campaign.services.outbox import digest_members
from campaign.store.statements import inserting
from campaign.store.tables.core import activity_lookup, outbox_email

JOB = "activity_lookup"
# An account without the right to its log is not asked again before somebody may have given it one.
PAUSE_WHEN_CLOSED = timedelta(hours=1)

_since = func.coalesce(outbox_email.c.settled_at, outbox_email.c.sending_at, outbox_email.c.created_at)


@dataclass(frozen=True)
class EmailInDoubt:
    """An email to be asked about, and how often it was."""

    email_id: int
    public_id: str
    tries: int
    since: datetime


def next_doubt(session: Session, provider: str, *, now: datetime) -> EmailInDoubt | None:
    """The email in doubt that a provider's log is to be asked about now, the newest first.

    One restored from a backup belongs to no provider: it may have been sent by this one since.
    """
    is_theirs = or_(outbox_email.c.provider == provider, outbox_email.c.provider.is_(None))
    was_asked = activity_lookup.c.email_id.is_not(None)
    row = session.execute(
        select(outbox_email.c.id, outbox_email.c.public_id, activity_lookup.c.tries, _since.label("since"))
        .outerjoin(activity_lookup, activity_lookup.c.email_id == outbox_email.c.id)
        .where(
            outbox_email.c.state == OutboxState.IN_DOUBT,
            # A message in a digest was no email: the log knows the digest.
            ~digest_members.is_digested(),
            is_theirs,
            or_(was_asked & (activity_lookup.c.next_at <= now), ~was_asked & (_since <= now - WAITS[0])),
        )
        .order_by(outbox_email.c.id.desc())
        .limit(1)
    ).first()
    return EmailInDoubt(row.id, row.public_id, row.tries or 0, row.since) if row else None


def claim(session: Session, *, every: timedelta, now: datetime) -> bool:
    """Whether the caller may ask now: all workers together keep the log's limit."""
    return jobs.claim(session, JOB, every=every, now=now)


def is_due(session: Session, provider: str, *, now: datetime) -> bool:
    """Whether there is anything to ask and it may be asked: the look before `claim`."""
    return jobs.is_due(session, JOB, now=now) and next_doubt(session, provider, now=now) is not None


def record(session: Session, doubt: EmailInDoubt, finding: LookupAnswer, *, now: datetime) -> None:
    """Keep what the log said: reports as evidence like any other, all else as a note beside the doubt."""
    match finding:
        case FoundInLog(reports):
            events.store(session, reports, now=now)
        case LogBusy(until):
            jobs.defer(session, JOB, until=min(until, now + LONGEST_THROTTLE), now=now)
        case LogClosed():
            jobs.defer(session, JOB, until=now + PAUSE_WHEN_CLOSED, now=now)
    word = lookup_note(finding)
    if word is None:
        return
    tries = doubt.tries + 1
    values = {
        "tries": tries,
        "asked_at": now,
        "next_at": _not_before(next_lookup(tries, since=doubt.since), now),
        "note": word.value,
    }
    statement = inserting(session, activity_lookup).values(email_id=doubt.email_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["email_id"], set_=values))


def _not_before(moment: datetime | None, now: datetime) -> datetime | None:
    """A doubt that is old when it is first asked about does not use its tries up at once."""
    return max(moment, now + WAITS[0]) if moment else None
