"""Providers' reports: stored at once, digested by the worker, and only ever moving an email forward."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.events import DeliveryReport, EventKind, SuppressionSource, after_reports, proven
from campaign.domain.outbox import STREAMS, EmailKind, MailStream, OutboxState
from campaign.domain.outcomes import Outcome, Refused
from campaign.domain.suppressions import SUPPRESSES, TELLS_MOOD, Finding, OfficialReport
from campaign.services.feedback import counters, deferrals, suppressions
from campaign.services.officials import pauses
from campaign.services.outbox import digest_members
from campaign.services.outbox.claim import Claimed
from campaign.services.outbox.delivery import KINDS_WITH_LINKS
from campaign.services.outbox.enqueue import forget_words
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables.core import delivery_event, official, outbox_email

_WAITING = select(delivery_event.c.id).where(delivery_event.c.digested_at.is_(None))
# With the address its official has now: what is reported about an earlier one is no news of this one.
_REPORTED = (
    select(
        *(outbox_email.c[name] for name in ("id", "public_id", "state", "kind", "supporter_id")),
        official.c.id.label("official_id"),
    )
    .outerjoin(
        official,
        (official.c.id == outbox_email.c.official_id) & (official.c.email == outbox_email.c.to_address),
    )
    .order_by(outbox_email.c.id)  # in which all lock them
    .with_for_update(of=outbox_email)
)

_Event = Row[*tuple[Any, ...]]


def store(session: Session, reports: Sequence[DeliveryReport], *, now: datetime) -> None:
    """Keep reports for the worker; one that came before is the same one, not another."""
    if not reports:
        return
    # Nothing is reported before it has happened, whatever a reporter's clock says.
    rows = [
        {**vars(report), "occurred_at": min(report.occurred_at, now), "received_at": now}
        for report in reports
    ]
    session.execute(
        inserting(session, delivery_event).on_conflict_do_nothing(index_elements=["event_id"]), rows
    )


def store_refusals(session: Session, outcomes: Iterable[tuple[Claimed, Outcome]], *, now: datetime) -> None:
    """Keep as reports that a mail server refused recipients at once; others return the mail later."""
    reports = [
        DeliveryReport(
            f"refused:{one.email.public_id}:{one.attempts}",
            one.email.public_id,
            EventKind.DROPPED,
            now,
            outcome.reason,
            SuppressionSource.SMTP,
        )
        for one, outcome in outcomes
        if isinstance(outcome, Refused) and outcome.no_such_mailbox
    ]
    store(session, reports, now=now)


def are_waiting(session: Session) -> bool:
    """Whether reports wait to be read: a look at one index."""
    return session.execute(_WAITING.limit(1)).first() is not None


def digest(session: Session, *, now: datetime, batch: int = 500) -> int:
    """Move the emails that reports are about, and note what they say about addresses; how many were read.

    Unknown ids change nothing. However reports are parted and ordered, the end is the same.
    """
    waiting = session.execute(
        select(delivery_event)
        .where(delivery_event.c.digested_at.is_(None))
        .order_by(delivery_event.c.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    by_email: dict[str, list[_Event]] = defaultdict(list)
    for event in waiting:
        by_email[event.public_id].append(event)
    if not by_email:
        return 0
    emails = session.execute(_REPORTED.where(outbox_email.c.public_id.in_(by_email))).all()
    for email in emails:
        _settle(session, email, by_email[email.public_id], now=now)
    deferrals.note(session, waiting)
    counters.add_reports(session, [event.kind for event in waiting])
    officials = {email.public_id: email.official_id for email in emails if email.official_id is not None}
    session.execute(
        update(delivery_event)
        .where(delivery_event.c.id == bindparam("event"))
        .values(digested_at=now, official_id=bindparam("official")),
        [
            {
                "event": event.id,
                "official": officials.get(event.public_id) if event.kind in TELLS_MOOD else None,
            }
            for event in waiting
        ],
    )
    suppressions.take_in(session, _findings(emails, by_email), now=now)
    pauses.apply(session, _about_officials(officials, by_email), now=now)
    return len(waiting)


def _findings(
    emails: Sequence[_Event], by_email: Mapping[str, Sequence[_Event]]
) -> list[tuple[int, Finding]]:
    """What reports about supporters' mail say about the supporters' addresses."""
    return [
        (
            email.supporter_id,
            Finding(SUPPRESSES[event.kind], event.source, event.occurred_at, event.reason),
        )
        for email in emails
        if STREAMS[email.kind] is MailStream.SUPPORTER and email.supporter_id is not None
        for event in by_email[email.public_id]
        if event.kind in SUPPRESSES
    ]


def _about_officials(
    officials: Mapping[str, int], by_email: Mapping[str, Sequence[_Event]]
) -> dict[int, list[OfficialReport]]:
    reports: dict[int, list[OfficialReport]] = defaultdict(list)
    for public_id, official_id in officials.items():
        reports[official_id] += [
            OfficialReport(public_id, event.kind, event.occurred_at, event.reason)
            for event in by_email[public_id]
            if pauses.concerns(event.kind)
        ]
    return {official_id: found for official_id, found in reports.items() if found}


def _settle(session: Session, email: _Event, events: Sequence[_Event], *, now: datetime) -> None:
    state = after_reports(email.state, [event.kind for event in events])
    if state is email.state:
        return
    proof = next(event for event in events if proven(event.kind) is state)
    failed = state in (OutboxState.BOUNCED, OutboxState.FAILED)
    values: dict[str, Any] = {
        "state": state,
        "reason": (proof.reason or proof.kind.value) if failed else None,
        "settled_at": now,
        "leased_by": None,
        "lease_ends_at": None,
    }
    if email.kind in KINDS_WITH_LINKS:
        forget_words(session, outbox_email.c.id == email.id)
    rows_changed(session, update(outbox_email).where(outbox_email.c.id == email.id).values(**values))
    if email.kind is EmailKind.DIGEST:
        digest_members.follow(session, [email.id], now=now)
