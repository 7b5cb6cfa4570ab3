"""Providers' reports: stored at once, processed by the worker, and only ever moving an email forward."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.events import DeliveryReport, EventKind, SuppressionSource, after_reports, proven
from campaign.domain.outbox import STREAMS, EmailKind, MailStream, OutboxState
from campaign.domain.outcomes import Outcome, Refused
from campaign.domain.suppressions import DELIVERABILITY_KINDS, SUPPRESSES, AddressReport, OfficialReport
from campaign.services.feedback import counters, suppressions
from campaign.services.officials import pauses
from campaign.services.outbox import digest_members
from campaign.services.outbox.claim import Claimed
from campaign.services.outbox.delivery import has_served
from campaign.services.outbox.enqueue import delete_bodies
from campaign.services.outbox.transitions import move
from campaign.store.legible import legible
from campaign.store.statements import inserting
from campaign.store.tables.core import delivery_event, official, outbox_email

_WAITING = select(delivery_event.c.id).where(delivery_event.c.processed_at.is_(None))
# With the address its official has now: what is reported about an earlier one is no news of this one.
_REPORTED = (
    select(
        *(outbox_email.c[name] for name in ("id", "public_id", "state", "kind", "to_hash")),
        # What is known of the others does not wait for one that no key opens.
        legible(outbox_email.c.to_address),
        outbox_email.c.signature_id,
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
            f"refused:{entry.email.public_id}:{entry.attempts}",
            entry.email.public_id,
            EventKind.DROPPED,
            now,
            outcome.reason,
            SuppressionSource.SMTP,
        )
        for entry, outcome in outcomes
        if isinstance(outcome, Refused) and outcome.no_such_mailbox
    ]
    store(session, reports, now=now)


def are_waiting(session: Session) -> bool:
    """Whether reports wait to be read: a look at one index."""
    return session.execute(_WAITING.limit(1)).first() is not None


def process(session: Session, *, now: datetime, batch: int = 500) -> int:
    """Move the emails that reports are about, and note what they say about addresses; how many were read.

    Unknown ids change nothing. However reports are parted and ordered, the end is the same.
    """
    waiting = session.execute(
        select(delivery_event)
        .where(delivery_event.c.processed_at.is_(None))
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
    states = {email.id: _settle(session, email, by_email[email.public_id], now=now) for email in emails}
    pauses.send_late_returns(session, [id_ for id_ in states if states[id_] is OutboxState.BOUNCED])
    _record_deferrals(session, waiting)
    counters.add_reports(session, [event.kind for event in waiting])
    officials = {email.public_id: email.official_id for email in emails if email.official_id is not None}
    session.execute(
        update(delivery_event)
        .where(delivery_event.c.id == bindparam("event"))
        .values(processed_at=now, official_id=bindparam("official")),
        [
            {
                "event": event.id,
                "official": officials.get(event.public_id) if event.kind in DELIVERABILITY_KINDS else None,
            }
            for event in waiting
        ],
    )
    suppressions.apply(session, _findings(emails, by_email), now=now)
    pauses.apply(session, _about_officials(officials, by_email), now=now)
    return len(waiting)


def _findings(
    emails: Sequence[_Event], by_email: Mapping[str, Sequence[_Event]]
) -> list[tuple[str, str, AddressReport]]:
    """What reports about supporters' mail say about the supporters' addresses, by hash."""
    return [
        (
            email.to_hash,
            email.to_address,
            AddressReport(SUPPRESSES[event.kind], event.source, event.occurred_at, event.reason),
        )
        for email in emails
        if STREAMS[email.kind] is MailStream.SUPPORTER and email.to_hash is not None
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
    return {official_id: about_one for official_id, about_one in reports.items() if about_one}


def _settle(
    session: Session, email: _Event, events: Sequence[_Event], *, now: datetime
) -> OutboxState | None:
    """Move an email to what reports prove; gives its new state, None where they say nothing new."""
    state = after_reports(email.state, [event.kind for event in events])
    if state is email.state:
        return None
    proof = next(event for event in events if proven(event.kind) is state)
    failed = state in (OutboxState.BOUNCED, OutboxState.FAILED)
    reason = (proof.reason or proof.kind.value) if failed else None
    if has_served(email.kind, email.signature_id):
        delete_bodies(session, outbox_email.c.id == email.id)
    move(session, state, outbox_email.c.id == email.id, now=now, reason=reason)
    if email.kind is EmailKind.DIGEST:
        digest_members.follow(session, [email.id], now=now)
    return state


def _record_deferrals(session: Session, events: Iterable[_Event]) -> None:
    """Keep on emails that were accepted when the recipient's server last deferred them, and why.

    Any later state makes an end of it: only accepted ones are shown as deferred.
    """
    latest: dict[str, tuple[datetime, str | None]] = {}
    for event in events:
        if event.kind is EventKind.DEFERRED:
            previous = latest.get(event.public_id)
            if previous is None or previous[0] <= event.occurred_at:
                latest[event.public_id] = (event.occurred_at, event.reason)
    if latest:
        session.execute(
            _DEFER,
            [
                {"b_id": public_id, "b_at": at, "b_reason": reason}
                for public_id, (at, reason) in latest.items()
            ],
        )


_DEFER = (
    update(outbox_email)
    .where(outbox_email.c.public_id == bindparam("b_id"), outbox_email.c.state == OutboxState.ACCEPTED)
    .values(deferred_at=bindparam("b_at"), reason=bindparam("b_reason"))
)
