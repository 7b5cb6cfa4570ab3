"""Brings back what a clock that was ahead has written: what waits for such a time would not go on."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Row, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.activity_lookup import WAITS
from campaign.domain.circuit_breaker import LONGEST_THROTTLE
from campaign.domain.clock_jumps import CLOCKS_DIFFER, brought_back, is_from_future
from campaign.domain.digest import DigestMode
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import LONGEST_WAIT
from campaign.domain.rate_limit import local_day
from campaign.domain.suppressions import TURNED_AWAY_PAUSE
from campaign.store.statements import rows_changed
from campaign.store.tables.core import (
    activity_lookup,
    alert,
    campaign,
    code_failure,
    data_key,
    document,
    job,
    login_attempt,
    official,
    organizer_session,
    outbox_email,
    pace_bucket,
    password_request,
    provider_pause,
    purge_run,
    worker,
)

# The rest follows the next time.
EMAILS_AT_A_TIME = 1000
# Whoever holds a lease may be at work still: it ends as one that begins now.
LEASE = timedelta(minutes=1)
PDF_CLAIM = timedelta(minutes=5)

# When something happened.
_HAPPENED: tuple[Column[Any], ...] = (
    pace_bucket.c.at,
    data_key.c.seen_at,
    data_key.c.walk_began_at,
    worker.c.started_at,
    worker.c.seen_at,
    organizer_session.c.created_at,
    organizer_session.c.seen_at,
    organizer_session.c.authenticated_at,
    login_attempt.c.at,
    code_failure.c.failed_at,
    password_request.c.at,
    password_request.c.handled_at,
    alert.c.began_at,
    alert.c.seen_at,
    alert.c.told_at,
    document.c.failed_at,
    provider_pause.c.paused_at,
    purge_run.c.finished_at,
)
# Until when something waits, and the longest that it can be told to.
_WAITS: tuple[tuple[Column[Any], timedelta], ...] = (
    (provider_pause.c.resumes_at, LONGEST_THROTTLE),
    (official.c.paused_until, TURNED_AWAY_PAUSE),
    (activity_lookup.c.next_at, WAITS[-1]),
    (document.c.claimed_until, PDF_CLAIM),
)
# A mailbox that got the day's mails waits a day for the next; what waits for a digest, three.
_LONGEST_DEFERRED = timedelta(days=4)
_UNASKED = (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED)


def bring_back(session: Session, *, now: datetime) -> Mapping[str, int]:
    """Bring every stored time back that only a wrong clock can have written; how many, by column."""
    changed: Counter[str] = Counter()
    for column in _HAPPENED:
        changed[str(column)] += _set(session, column, timedelta(0), now)
    for column, most_ahead in _WAITS:
        changed[str(column)] += _set(session, column, most_ahead, now)
    changed["job.next_at"] += _jobs(session, now)
    changed["outbox_email.lease_ends_at"] += _leases(session, now)
    changed["outbox_email.settled_at"] += _doubts(session, now)
    changed["outbox_email.due_at"] += _due_times(session, now)
    changed["official.digested_on"] += _digest_days(session, now)
    return {name: number for name, number in changed.items() if number}


def _set(session: Session, column: Column[Any], most_ahead: timedelta, now: datetime) -> int:
    late = update(column.table).where(column > now + most_ahead + CLOCKS_DIFFER)
    return rows_changed(session, late.values({column.name: now}))


def _jobs(session: Session, now: datetime) -> int:
    """Jobs that a clock ahead has put off: one waits for seconds, another for a day."""
    late = update(job).where(job.c.written_at > now + CLOCKS_DIFFER)
    return rows_changed(session, late.values(next_at=now, written_at=now))


def _leases(session: Session, now: datetime) -> int:
    late = outbox_email.c.lease_ends_at > now + LEASE + CLOCKS_DIFFER
    # Each state alone: so the condition is one of the index of what is under way.
    return sum(
        rows_changed(
            session,
            update(outbox_email).where(late, outbox_email.c.state == state).values(lease_ends_at=now + LEASE),
        )
        for state in (OutboxState.LEASED, OutboxState.SENDING)
    )


def _doubts(session: Session, now: datetime) -> int:
    """An email in doubt is looked up so long after it came into it."""
    late = (outbox_email.c.state == OutboxState.IN_DOUBT) & (outbox_email.c.settled_at > now + CLOCKS_DIFFER)
    return rows_changed(session, update(outbox_email).where(late).values(settled_at=now))


def _due_times(session: Session, now: datetime) -> int:
    """Emails that wait for a time that only a wrong clock can have named."""
    late = now + CLOCKS_DIFFER
    email = outbox_email.c
    # What an official gets together waits for a morning, and two days more.
    alike = select(official.c.id).where(official.c.digest_mode == DigestMode.ALIKE)
    waits_long = email.kind.in_(_UNASKED) | (email.official_id.is_not(None) & email.official_id.in_(alike))
    rows = session.execute(
        select(email.id, email.due_at, email.created_at, email.sending_at)
        .where(
            email.state == OutboxState.QUEUED,
            email.due_at > late,
            or_(
                email.created_at > late,
                email.sending_at > late,
                email.due_at > late + _LONGEST_DEFERRED,
                ~waits_long & (email.due_at > late + LONGEST_WAIT),
            ),
        )
        .order_by(email.due_at, email.id)
        .limit(EMAILS_AT_A_TIME)
    ).all()
    if rows:
        statement = update(outbox_email).where(
            email.id == bindparam("b_id"), email.state == OutboxState.QUEUED
        )
        columns = ("due_at", "created_at", "sending_at")
        values = {name: bindparam(f"b_{name}", type_=email[name].type) for name in columns}
        session.execute(statement.values(values), [_as_written_now(row, now) for row in rows])
    return len(rows)


def _as_written_now(row: Row[*tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    written_at = max(row.created_at, row.sending_at or row.created_at)
    is_written_early = is_from_future(written_at, now=now)
    due_at = brought_back(row.due_at, written_at=written_at, most_ahead=_LONGEST_DEFERRED, now=now)
    return {
        "b_id": row.id,
        "b_due_at": due_at if is_written_early else now,
        "b_created_at": min(row.created_at, now),
        "b_sending_at": row.sending_at and min(row.sending_at, now),
    }


def _digest_days(session: Session, now: datetime) -> int:
    """A digest written on a day that has not come was that of today."""
    zone = func.coalesce(official.c.time_zone, campaign.c.time_zone).label("time_zone")
    rows = session.execute(
        select(official.c.id, official.c.digested_on, zone)
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(official.c.digested_on > now.date())
    ).all()
    days = {row.id: local_day(now, row.time_zone) for row in rows}
    ahead = [row.id for row in rows if row.digested_on > days[row.id]]
    for official_id in ahead:
        day = days[official_id]
        session.execute(update(official).where(official.c.id == official_id).values(digested_on=day))
    return len(ahead)
