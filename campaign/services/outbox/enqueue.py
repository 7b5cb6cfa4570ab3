"""The outbox as the rest of the product sees it: write emails in, release them, cancel them, count them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import HAS_NOT_LEFT, EmailKind, OutboxState
from campaign.mail.email import TextFile
from campaign.services.outbox import digest_members, unreadable
from campaign.services.outbox.suppression_check import AddressHashes, reason_not_sent, suppression_of
from campaign.services.outbox.transitions import move
from campaign.store.prepared import Prepared
from campaign.store.row_numbers import new_numbers
from campaign.store.tables.core import outbox_body, outbox_campaign, outbox_email
from campaign.store.tables.encrypted import Public, in_row


@dataclass(frozen=True, kw_only=True)
class NewEmail:
    """One finished email to write into the outbox, QUEUED, or HELD until somebody lets it go.

    Without `html` it is the text in paragraphs. `hashes` are those of a supporter's address. One that
    `is_quiet` says nothing of what it is about; others are `also_about` these campaigns, beside their own.
    """

    kind: EmailKind
    state: OutboxState
    due_at: datetime
    to_address: str
    language: str
    subject: str
    text: str
    html: str | None
    to_name: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    campaign_id: int | None = None
    supporter_id: int | None = None
    signature_id: int | None = None
    message_id: int | None = None
    official_id: int | None = None
    update_id: int | None = None
    hashes: AddressHashes | None = None
    is_quiet: bool = False
    also_about: tuple[int, ...] = ()
    files: tuple[TextFile, ...] = ()


_WORDS = ("text", "html", "unsubscribe_url", "files")
_APART = (*_WORDS, "hashes", "also_about")
_INSERT = Prepared(
    insert(outbox_email),
    columns=[
        *("id", "to_hash", "public_id", "created_at", "attempts", "reason", "settled_at"),
        *(field.name for field in fields(NewEmail) if field.name not in _APART),
    ],
)
_INSERT_BODY = Prepared(insert(outbox_body), columns=["email_id", *_WORDS])
_INSERT_FURTHER = Prepared(insert(outbox_campaign), columns=["email_id", "campaign_id"])


@dataclass(frozen=True)
class OutboxStatus:
    """How many emails of each kind are in each state, and since when the longest-waiting one is due."""

    counts: Mapping[str, Mapping[str, int]]
    oldest_due_at: datetime | None


def enqueue(session: Session, emails: Sequence[NewEmail], *, now: datetime) -> Sequence[int]:
    """Store the emails in the caller's transaction, so that they exist exactly when its other rows do.

    Their ids, in the same order.
    A second email for one `message_id` breaks a unique constraint: one message is one email.
    """
    return insert_emails(session.connection(), emails, now=now)


def insert_emails(connection: Connection, emails: Sequence[NewEmail], *, now: datetime) -> Sequence[int]:
    """The same as `enqueue`, without a session.

    A mail to a supporter whose address is suppressed is stored as cancelled, with the reason and without
    its words.
    """
    rows = []
    for email in emails:
        if email.state not in (OutboxState.HELD, OutboxState.QUEUED):
            raise ValueError(f"an email cannot begin as {email.state}")
        row = {**vars(email), "public_id": secrets.token_hex(16), "created_at": now, "attempts": 0}
        row["files"] = [vars(file) for file in email.files] or None
        row["to_hash"] = email.hashes.spelling if email.hashes else None
        if email.official_id is not None:
            row["to_address"] = Public(email.to_address)
        suppression = suppression_of(connection, email.hashes, email.kind)
        if suppression:
            row |= {"state": OutboxState.CANCELLED, "reason": reason_not_sent(suppression), "settled_at": now}
        rows.append({"reason": None, "settled_at": None, **row})
    ids = new_numbers(connection, outbox_email, len(rows))
    for id_, row in zip(ids, rows, strict=True):
        row["id"] = row["email_id"] = id_
    if rows:
        _INSERT.many(connection, (in_row(outbox_email, row) for row in rows))
        bodies = (row for row in rows if row["settled_at"] is None)
        _INSERT_BODY.many(connection, (in_row(outbox_body, row) for row in bodies))
    further = [{"email_id": row["id"], "campaign_id": id_} for row in rows for id_ in row["also_about"]]
    if further:
        _INSERT_FURTHER.many(connection, further)
    return ids


def lock_rows(session: Session, emails: ColumnElement[bool]) -> None:
    """Keep everybody else from the rows that meet a condition until the transaction ends, in their order.

    Whoever is about to change several and their words does so first: two that take the same rows in different
    orders wait for each other for ever. SQLite has one writer, who holds everything.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(
            select(outbox_email.c.id).where(emails).order_by(outbox_email.c.id).with_for_update()
        ).all()


def lock_each(session: Session, ids: Sequence[int]) -> None:
    """The same for emails by their ids."""
    if ids and session.get_bind().dialect.name != "sqlite":
        lock_rows(session, outbox_email.c.id.in_(ids))


def delete_bodies(session: Session, emails: ColumnElement[bool]) -> None:
    """Delete the words of the emails that meet a condition; their rows stay, so that counts hold."""
    chosen = select(outbox_email.c.id).where(emails)
    session.execute(delete(outbox_body).where(outbox_body.c.email_id.in_(chosen)))


def release(session: Session, *, signature_id: int, now: datetime) -> int:
    """Queue the held emails of a signature, due now; says how many there were.

    Those in a digest go with it.
    """
    of_signature = outbox_email.c.signature_id == signature_id
    return move(
        session,
        OutboxState.QUEUED,
        of_signature & ~digest_members.is_digested(),
        start=(OutboxState.HELD,),
        by_state=False,
        now=now,
        due_at=now,
    )


def cancel(session: Session, emails: ColumnElement[bool], *, now: datetime, **values: Any) -> int:
    """Cancel the emails that meet a condition and have not begun to leave; says how many there were.

    One that a worker has only claimed is cancelled too: the mark "sending" then finds it gone. So is one that
    waited and could not be read: nobody tries it again. One in a digest comes out of it, unless the digest
    has begun to leave: then it has left too.
    """
    digest_members.take_out(session, emails, now=now)
    not_in_digest = ~digest_members.is_digested()
    return move(
        session,
        OutboxState.CANCELLED,
        emails & not_in_digest & unreadable.has_not_left(),
        start=(*HAS_NOT_LEFT, OutboxState.FAILED),
        by_state=False,
        now=now,
        **values,
    )


def status(session: Session) -> OutboxStatus:
    """What is in the outbox; every group is counted from an index that holds no text."""
    counts: dict[str, dict[str, int]] = {}
    grouped = select(outbox_email.c.kind, outbox_email.c.state, func.count()).group_by(
        outbox_email.c.state, outbox_email.c.kind
    )
    for kind, state, number in session.execute(grouped):
        counts.setdefault(kind.value, {})[state.value] = number
    oldest = select(func.min(outbox_email.c.due_at)).where(outbox_email.c.state == OutboxState.QUEUED)
    return OutboxStatus(counts, session.scalar(oldest))
