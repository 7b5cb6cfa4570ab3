"""The emails that need a look, page by page, each with what is known of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from campaign.domain.addresses import masked_address
from campaign.domain.events import EventKind
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.outbox import digest_members
from campaign.services.outbox.unreadable import CANNOT_BE_READ
from campaign.store.legible import legible
from campaign.store.tables import Campaign, Official
from campaign.store.tables.core import activity_lookup, delivery_event, outbox_email

PAGE = 25


class EmailList(StrEnum):
    """The lists there are, as addresses name them."""

    IN_DOUBT = "in-doubt"
    FAILED = "failed"
    BOUNCED = "bounced"
    DEFERRED = "deferred"


_CONDITIONS: dict[EmailList, ColumnElement[bool]] = {
    EmailList.IN_DOUBT: outbox_email.c.state == OutboxState.IN_DOUBT,
    EmailList.FAILED: outbox_email.c.state == OutboxState.FAILED,
    EmailList.BOUNCED: outbox_email.c.state == OutboxState.BOUNCED,
    EmailList.DEFERRED: (outbox_email.c.state == OutboxState.ACCEPTED)
    & outbox_email.c.deferred_at.is_not(None),
}


@dataclass(frozen=True)
class EventShown:
    """One report of the provider's about an email."""

    kind: EventKind
    occurred_at: datetime
    reason: str | None


@dataclass(frozen=True)
class EmailShown:
    """One email with what is known of it; `attempts` is the number of its last request.

    Without a `recipient` it goes to a supporter whom the reader may not know of. One that `is_unreadable` was
    set aside for that, before anything of it left.
    """

    id: int
    public_id: str
    kind: EmailKind
    recipient: str
    campaign: str | None
    title: str | None
    attempts: int
    sending_at: datetime | None
    settled_at: datetime | None
    deferred_at: datetime | None
    provider: str | None
    provider_message_id: str | None
    reason: str | None
    events: tuple[EventShown, ...]
    lookup_note: str | None
    is_unreadable: bool


@dataclass(frozen=True)
class EmailPage:
    """Some emails, the newest first; `next` is the id the next page begins before."""

    emails: tuple[EmailShown, ...]
    next: int | None


def page(
    session: Session,
    email_list: EmailList,
    *,
    campaign_id: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
    with_people: bool = True,
) -> EmailPage:
    """One page of a list, of one campaign or of all: a range of an index, whatever the queue's length.

    Unless it is `with_people`, of mails to others than officials nothing is told of who gets them.
    """
    statement = _LISTED.where(_CONDITIONS[email_list]).limit(limit + 1)
    if campaign_id is not None:
        statement = statement.where(outbox_email.c.campaign_id == campaign_id)
    if before is not None:
        statement = statement.where(outbox_email.c.id < before)
    rows = session.execute(statement).all()
    listed = rows[:limit]
    events = _events_of(session, [row.public_id for row in listed])
    in_doubt = [row.id for row in listed] if email_list is EmailList.IN_DOUBT else []
    notes = _notes_of(session, in_doubt)
    emails = tuple(_shown(row, events[row.public_id], notes.get(row.id)) for row in listed)
    if not with_people:
        emails = tuple(
            email if row.official else _without_person(email)
            for email, row in zip(emails, listed, strict=True)
        )
    return EmailPage(emails, emails[-1].id if len(rows) > limit else None)


_LISTED = (
    select(
        *(outbox_email.c[name] for name in ("id", "public_id", "kind", "attempts")),
        legible(outbox_email.c.to_address),
        *(outbox_email.c[name] for name in ("sending_at", "settled_at", "deferred_at", "provider")),
        *(outbox_email.c[name] for name in ("provider_message_id", "reason")),
        Official.name.label("official"),
        Campaign.slug,
        Campaign.title,
    )
    .outerjoin(Official, Official.id == outbox_email.c.official_id)
    .outerjoin(Campaign, Campaign.id == outbox_email.c.campaign_id)
    # Of messages in a digest there is one thing to see and to decide, the digest.
    .where(~digest_members.is_digested())
    .order_by(outbox_email.c.id.desc())
)


def _shown(row: Row[*tuple[Any, ...]], events: Sequence[EventShown], lookup_note: str | None) -> EmailShown:
    return EmailShown(
        id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        recipient=row.official or (masked_address(row.to_address) if row.to_address else ""),
        campaign=row.slug,
        title=row.title,
        attempts=row.attempts,
        sending_at=row.sending_at,
        settled_at=row.settled_at,
        deferred_at=row.deferred_at,
        provider=row.provider,
        provider_message_id=row.provider_message_id,
        reason=row.reason,
        events=tuple(events),
        lookup_note=lookup_note,
        is_unreadable=row.reason == CANNOT_BE_READ,
    )


def _without_person(email: EmailShown) -> EmailShown:
    """The email without whom it is for, and without what a mail server says, which may name them."""
    events = tuple(replace(event, reason=None) for event in email.events)
    return replace(email, recipient="", reason=None, events=events)


def _events_of(session: Session, public_ids: Sequence[str]) -> dict[str, list[EventShown]]:
    by_email: dict[str, list[EventShown]] = defaultdict(list)
    if public_ids:
        rows = session.execute(
            select(
                delivery_event.c.public_id,
                delivery_event.c.kind,
                delivery_event.c.occurred_at,
                delivery_event.c.reason,
            )
            .where(delivery_event.c.public_id.in_(public_ids))
            .order_by(delivery_event.c.occurred_at, delivery_event.c.id)
            .limit(20 * PAGE)
        )
        for row in rows:
            by_email[row.public_id].append(EventShown(row.kind, row.occurred_at, row.reason))
    return by_email


def _notes_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(
        select(activity_lookup.c.email_id, activity_lookup.c.note).where(activity_lookup.c.email_id.in_(ids))
    )
    return {row.email_id: row.note for row in rows}
