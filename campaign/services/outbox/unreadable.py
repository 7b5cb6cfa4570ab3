"""Emails of which no key opens something: set aside, so that all the others go on, until they can be read."""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaign.domain.digest import DigestMode
from campaign.domain.outbox import HAS_NOT_LEFT, EmailKind, OutboxState
from campaign.services.outbox import digest_members
from campaign.services.outbox.transitions import move
from campaign.store.data_cipher import UNREADABLE, cipher_of
from campaign.store.encrypted_places import place_of
from campaign.store.legible import is_there, is_whole, legible
from campaign.store.tables.core import message, official, outbox_body, outbox_email, signature
from campaign.store.tables.encrypted import as_stored, place_of_column

# By this reason an email is known that failed before anything of it left.
CANNOT_BE_READ = "it cannot be read with the keys that this installation has"
# What a digest tells of a message and of who wrote it, beside the email.
TOLD_IN_DIGEST = (
    *(message.c[name] for name in ("subject", "words")),
    *(signature.c[name] for name in ("name", "role", "organization", "postal_code")),
)
_WAITS = (OutboxState.QUEUED, OutboxState.LEASED)
_AT_ONCE = 500
_ENCRYPTED = (*place_of(outbox_email).columns, *place_of(outbox_body).columns)
_STORED = (
    select(outbox_email.c.id, outbox_email.c.kind, *map(as_stored, _ENCRYPTED))
    .outerjoin(outbox_body, outbox_body.c.email_id == outbox_email.c.id)
    .order_by(outbox_email.c.id)
)
_IS_DIGEST = outbox_email.c.kind == EmailKind.DIGEST

log = logging.getLogger(__name__)


def has_not_left() -> ColumnElement[bool]:
    """The condition that an email waits, or was set aside while it waited."""
    return or_(outbox_email.c.state.in_(HAS_NOT_LEFT), is_set_aside())


def is_set_aside() -> ColumnElement[bool]:
    """The condition that an email was set aside while it waited, and nobody has tried it again."""
    return (outbox_email.c.state == OutboxState.FAILED) & (outbox_email.c.reason == CANNOT_BE_READ)


def set_aside(session: Session, emails: ColumnElement[bool], *, now: datetime) -> None:
    """Take those of a few waiting emails out of the queue that cannot be read.

    The messages of a digest have their own words: they wait to be put together anew.
    """
    of_these = outbox_body.c.email_id.in_(select(outbox_email.c.id).where(emails))
    broken = [
        *place_of(outbox_email).broken(session, emails),
        *place_of(outbox_body).broken(session, of_these),
    ]
    for one in broken:
        log.error("%s %d: %s cannot be read", one.table, one.row, one.column)
    ids = {one.row for one in broken}
    digests = select(outbox_email.c.id).where(outbox_email.c.id.in_(ids), _IS_DIGEST)
    for id_ in session.scalars(digests.order_by(outbox_email.c.id)).all():
        digest_members.take_apart(session, id_, *_WAITS, now=now)
    fail(session, ids, now=now)


def fail(session: Session, ids: Collection[int], *, now: datetime) -> None:
    """Let these waiting emails have failed, which hold or need what cannot be read, for another try."""
    if ids:
        log.error("set aside, since it cannot be read: outbox_email %s", ", ".join(map(str, sorted(ids))))
        these = outbox_email.c.id.in_(ids)
        move(session, OutboxState.FAILED, these, start=_WAITS, by_state=False, now=now, reason=CANNOT_BE_READ)


def readable(session: Session, emails: ColumnElement[bool]) -> Iterator[Sequence[int]]:
    """The ids of those of some emails of which everything can be read now, so many at a time.

    A digest is one of them in any case: it is put together anew before it goes again.
    """
    cipher = cipher_of(session.get_bind().dialect)
    page = select(outbox_email.c.id).where(emails).order_by(outbox_email.c.id).limit(_AT_ONCE)
    after = 0
    while chosen := session.scalars(page.where(outbox_email.c.id > after)).all():
        rows = session.execute(_STORED.where(outbox_email.c.id.in_(chosen))).all()
        ids, kinds, *stored = zip(*rows, strict=True)
        broken = _not_told(session, outbox_email.c.id.in_(ids))
        for column, values in zip(_ENCRYPTED, stored, strict=True):
            opened = cipher.open_column(values, place_of_column(column), ids)
            broken |= {id_ for id_, value in zip(ids, opened, strict=True) if value is UNREADABLE}
        digests = {id_ for id_, kind in zip(ids, kinds, strict=True) if kind is EmailKind.DIGEST}
        yield [id_ for id_ in ids if id_ not in broken - digests]
        after = chosen[-1]


def _not_told(session: Session, emails: ColumnElement[bool]) -> set[int]:
    """The messages to officials who get digests of which one could not tell everything."""
    rows = session.execute(
        select(outbox_email.c.id, *map(legible, TOLD_IN_DIGEST), *map(is_there, TOLD_IN_DIGEST))
        .join(message, message.c.id == outbox_email.c.message_id)
        .join(signature, signature.c.id == message.c.signature_id)
        .join(official, official.c.id == outbox_email.c.official_id)
        .where(emails, official.c.digest_mode != DigestMode.NEVER)
    )
    return {row.id for row in rows if not is_whole(row, TOLD_IN_DIGEST)}
