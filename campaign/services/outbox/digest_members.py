"""Messages that went into a digest: they follow its state, and come out of it until it has begun to leave.

Their own rows wait as *held* meanwhile, so that nothing claims them; `digested_message` says where they are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.store.statements import rows_changed
from campaign.store.tables import DigestedMessage, Message, Official, OutboxBody, OutboxEmail, Signature
from campaign.store.tables.base import table_of

_NOT_BEGUN = (OutboxState.HELD, OutboxState.QUEUED, OutboxState.LEASED)
_FOLLOWED = (
    OutboxState.ACCEPTED,
    OutboxState.IN_DOUBT,
    OutboxState.DELIVERED,
    OutboxState.BOUNCED,
    OutboxState.FAILED,
)
_HAS_SERVED = (OutboxState.ACCEPTED, OutboxState.DELIVERED, OutboxState.BOUNCED)

_emails = table_of(OutboxEmail)
_bodies = table_of(OutboxBody)
_digested = table_of(DigestedMessage)
_digests = _emails.alias("digest")
_messages = table_of(Message)
_signatures = table_of(Signature)


def is_digested() -> ColumnElement[bool]:
    """The condition that an email has gone, or goes, as part of a digest."""
    return exists().where(_digested.c.email_id == _emails.c.id)


def is_part(session: Session, email_id: int) -> bool:
    """Whether one email has gone, or goes, as part of a digest."""
    return session.get(DigestedMessage, email_id) is not None


def put_into(session: Session, digest_id: int, email_ids: Sequence[int]) -> None:
    """Make waiting messages, which the caller has locked, part of a digest."""
    session.execute(
        _digested.insert(), [{"email_id": email_id, "digest_id": digest_id} for email_id in email_ids]
    )
    moved = rows_changed(
        session,
        update(_emails)
        .where(_emails.c.id.in_(email_ids), _emails.c.state == OutboxState.QUEUED)
        .values(state=OutboxState.HELD, reason=None),
    )
    if moved != len(email_ids):
        raise RuntimeError("a message that was locked for a digest has moved on")


def part_with(session: Session, email_ids: Sequence[int]) -> None:
    """Let messages go their own way again, whatever becomes of the digests they were in."""
    session.execute(delete(_digested).where(_digested.c.email_id.in_(email_ids)))


def follow(session: Session, digest_ids: Iterable[int], *, now: datetime) -> None:
    """Take the messages of digests to where these have come; repeating it changes nothing.

    A digest that comes back to the queue, and may not go again as it is, is taken apart.
    """
    ids = list(digest_ids)
    session.execute(
        update(_emails)
        .where(
            _emails.c.id == _digested.c.email_id,
            _digests.c.id == _digested.c.digest_id,
            _digested.c.digest_id.in_(ids),
            _digests.c.state.in_(_FOLLOWED),
            _emails.c.state.not_in((OutboxState.CANCELLED, OutboxState.QUEUED)),
            _emails.c.state != _digests.c.state,
        )
        .values(
            state=_digests.c.state,
            settled_at=_digests.c.settled_at,
            sending_at=_digests.c.sending_at,
            provider=_digests.c.provider,
            reason=_digests.c.reason,
        )
    )
    served = select(_emails.c.id).where(_emails.c.id.in_(ids), _emails.c.state.in_(_HAS_SERVED))
    session.execute(delete(_bodies).where(_bodies.c.email_id.in_(served)))
    waiting = _emails.c.id.in_(ids) & (_emails.c.state == OutboxState.QUEUED)
    for digest_id in session.scalars(select(_emails.c.id).where(waiting, _is_stale())).all():
        take_apart(session, digest_id, OutboxState.QUEUED, now=now)


def follow_doubts(session: Session, *, now: datetime) -> None:
    """The same for all digests in doubt, when some may have come into it."""
    in_doubt = (_emails.c.state == OutboxState.IN_DOUBT) & (_emails.c.kind == EmailKind.DIGEST)
    ids = session.scalars(select(_emails.c.id).where(in_doubt)).all()
    if ids:
        follow(session, ids, now=now)


def take_apart(session: Session, digest_id: int, *states: OutboxState, now: datetime) -> bool:
    """Call a digest in one of these states off, and let its messages wait as before, to be digested anew.

    Those of supporters who have withdrawn meanwhile are called back. False, and nothing changed, when it is
    no digest or in no such state.
    """
    official_id = session.scalar(
        update(_emails)
        .where(_emails.c.id == digest_id, _emails.c.kind == EmailKind.DIGEST, _emails.c.state.in_(states))
        .values(state=OutboxState.CANCELLED, settled_at=now, leased_by=None, lease_ends_at=None)
        .returning(_emails.c.official_id)
    )
    if official_id is None:
        return False
    parts = select(_digested.c.email_id).where(_digested.c.digest_id == digest_id)
    session.execute(
        update(_emails)
        .where(_emails.c.id.in_(parts))
        .values(
            state=case((_is_stood_by(_emails), OutboxState.QUEUED), else_=OutboxState.CANCELLED),
            settled_at=case((_is_stood_by(_emails), None), else_=now),
            sending_at=None,
            # What was tried alone stays with whom it was tried.
            provider=case((_emails.c.state == OutboxState.HELD, _emails.c.provider), else_=None),
            reason=None,
        )
    )
    session.execute(delete(_digested).where(_digested.c.digest_id == digest_id))
    session.execute(delete(_bodies).where(_bodies.c.email_id == digest_id))
    session.execute(
        update(Official).where(Official.id == official_id).values(digested_on=None),
        execution_options={"synchronize_session": False},
    )
    return True


def call_back(session: Session, *, signature_id: int, now: datetime) -> None:
    """Take digests apart that hold a message of a signature and have not begun to leave."""
    for digest_id in session.scalars(_digests_of(signature_id)).all():
        take_apart(session, digest_id, *_NOT_BEGUN, now=now)


def forget_words(session: Session, *, signature_id: int) -> None:
    """Delete the words of digests that hold a message of a signature; their states stay.

    One that has to go again is put together anew, from what is left.
    """
    session.execute(delete(_bodies).where(_bodies.c.email_id.in_(_digests_of(signature_id))))


def _digests_of(signature_id: int) -> Select[Any]:
    return (
        select(_digested.c.digest_id)
        .join(_emails, _emails.c.id == _digested.c.email_id)
        .where(_emails.c.signature_id == signature_id)
        .order_by(_digested.c.digest_id)
    )


def _is_stood_by(emails: FromClause) -> ColumnElement[bool]:
    """Whether the supporter of an email stands by it: a row without a message was emptied."""
    return exists(
        select(1)
        .select_from(_messages.join(_signatures, _signatures.c.id == _messages.c.signature_id))
        .where(_messages.c.id == emails.c.message_id, _signatures.c.state == SignatureState.CONFIRMED)
        .correlate(emails)
    )


def _is_stale() -> ColumnElement[bool]:
    """Whether a digest has lost its words, or holds words of somebody who does not stand by them any more."""
    parts = _emails.alias("part")
    taken_back = (
        select(1)
        .select_from(_digested.join(parts, parts.c.id == _digested.c.email_id))
        .where(_digested.c.digest_id == _emails.c.id, ~_is_stood_by(parts))
        .correlate(_emails)
    )
    words = select(1).where(_bodies.c.email_id == _emails.c.id).correlate(_emails)
    return or_(~exists(words), exists(taken_back))
