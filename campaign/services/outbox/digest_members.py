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
from campaign.store.tables import DigestedMessage, Official
from campaign.store.tables.core import digested_message, message, outbox_body, outbox_email, signature

_NOT_BEGUN = (OutboxState.HELD, OutboxState.QUEUED, OutboxState.LEASED)
_FOLLOWED = (
    OutboxState.ACCEPTED,
    OutboxState.IN_DOUBT,
    OutboxState.DELIVERED,
    OutboxState.BOUNCED,
    OutboxState.FAILED,
)
_HAS_SERVED = (OutboxState.ACCEPTED, OutboxState.DELIVERED, OutboxState.BOUNCED)

_digests = outbox_email.alias("digest")


def is_digested() -> ColumnElement[bool]:
    """The condition that an email has gone, or goes, as part of a digest."""
    return exists().where(digested_message.c.email_id == outbox_email.c.id)


def is_part(session: Session, email_id: int) -> bool:
    """Whether one email has gone, or goes, as part of a digest."""
    return session.get(DigestedMessage, email_id) is not None


def put_into(session: Session, digest_id: int, email_ids: Sequence[int]) -> None:
    """Make waiting messages, which the caller has locked, part of a digest."""
    session.execute(
        digested_message.insert(), [{"email_id": email_id, "digest_id": digest_id} for email_id in email_ids]
    )
    moved = rows_changed(
        session,
        update(outbox_email)
        .where(outbox_email.c.id.in_(email_ids), outbox_email.c.state == OutboxState.QUEUED)
        .values(state=OutboxState.HELD, reason=None),
    )
    if moved != len(email_ids):
        raise RuntimeError("a message that was locked for a digest has moved on")


def part_with(session: Session, email_ids: Sequence[int]) -> None:
    """Let messages go their own way again, whatever becomes of the digests they were in."""
    session.execute(delete(digested_message).where(digested_message.c.email_id.in_(email_ids)))


def follow(session: Session, digest_ids: Iterable[int], *, now: datetime) -> None:
    """Take the messages of digests to where these have come; repeating it changes nothing.

    A digest that comes back to the queue, and may not go again as it is, is taken apart.
    """
    ids = list(digest_ids)
    session.execute(
        update(outbox_email)
        .where(
            outbox_email.c.id == digested_message.c.email_id,
            _digests.c.id == digested_message.c.digest_id,
            digested_message.c.digest_id.in_(ids),
            _digests.c.state.in_(_FOLLOWED),
            outbox_email.c.state.not_in((OutboxState.CANCELLED, OutboxState.QUEUED)),
            outbox_email.c.state != _digests.c.state,
        )
        .values(
            state=_digests.c.state,
            settled_at=_digests.c.settled_at,
            sending_at=_digests.c.sending_at,
            provider=_digests.c.provider,
            reason=_digests.c.reason,
        )
    )
    served = select(outbox_email.c.id).where(
        outbox_email.c.id.in_(ids), outbox_email.c.state.in_(_HAS_SERVED)
    )
    session.execute(delete(outbox_body).where(outbox_body.c.email_id.in_(served)))
    waiting = outbox_email.c.id.in_(ids) & (outbox_email.c.state == OutboxState.QUEUED)
    for digest_id in session.scalars(select(outbox_email.c.id).where(waiting, _is_stale())).all():
        take_apart(session, digest_id, OutboxState.QUEUED, now=now)


def follow_doubts(session: Session, *, now: datetime) -> None:
    """The same for all digests in doubt, when some may have come into it."""
    in_doubt = (outbox_email.c.state == OutboxState.IN_DOUBT) & (outbox_email.c.kind == EmailKind.DIGEST)
    ids = session.scalars(select(outbox_email.c.id).where(in_doubt)).all()
    if ids:
        follow(session, ids, now=now)


def take_apart(session: Session, digest_id: int, *states: OutboxState, now: datetime) -> bool:
    """Call a digest in one of these states off, and let its messages wait as before, to be digested anew.

    Those of supporters who have withdrawn meanwhile are called back. False, and nothing changed, when it is
    no digest or in no such state.
    """
    official_id = session.scalar(
        update(outbox_email)
        .where(
            outbox_email.c.id == digest_id,
            outbox_email.c.kind == EmailKind.DIGEST,
            outbox_email.c.state.in_(states),
        )
        .values(state=OutboxState.CANCELLED, settled_at=now, leased_by=None, lease_ends_at=None)
        .returning(outbox_email.c.official_id)
    )
    if official_id is None:
        return False
    parts = select(digested_message.c.email_id).where(digested_message.c.digest_id == digest_id)
    session.execute(
        update(outbox_email)
        .where(outbox_email.c.id.in_(parts))
        .values(
            state=case((_is_stood_by(outbox_email), OutboxState.QUEUED), else_=OutboxState.CANCELLED),
            settled_at=case((_is_stood_by(outbox_email), None), else_=now),
            sending_at=None,
            # What was tried alone stays with whom it was tried.
            provider=case((outbox_email.c.state == OutboxState.HELD, outbox_email.c.provider), else_=None),
            reason=None,
        )
    )
    session.execute(delete(digested_message).where(digested_message.c.digest_id == digest_id))
    session.execute(delete(outbox_body).where(outbox_body.c.email_id == digest_id))
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
    session.execute(delete(outbox_body).where(outbox_body.c.email_id.in_(_digests_of(signature_id))))


def _digests_of(signature_id: int) -> Select[Any]:
    return (
        select(digested_message.c.digest_id)
        .join(outbox_email, outbox_email.c.id == digested_message.c.email_id)
        .where(outbox_email.c.signature_id == signature_id)
        .order_by(digested_message.c.digest_id)
    )


def _is_stood_by(emails: FromClause) -> ColumnElement[bool]:
    """Whether the supporter of an email stands by it: a row without a message was emptied."""
    return exists(
        select(1)
        .select_from(message.join(signature, signature.c.id == message.c.signature_id))
        .where(message.c.id == emails.c.message_id, signature.c.state == SignatureState.CONFIRMED)
        .correlate(emails)
    )


def _is_stale() -> ColumnElement[bool]:
    """Whether a digest has lost its words, or holds words of somebody who does not stand by them any more."""
    parts = outbox_email.alias("part")
    taken_back = (
        select(1)
        .select_from(digested_message.join(parts, parts.c.id == digested_message.c.email_id))
        .where(digested_message.c.digest_id == outbox_email.c.id, ~_is_stood_by(parts))
        .correlate(outbox_email)
    )
    words = select(1).where(outbox_body.c.email_id == outbox_email.c.id).correlate(outbox_email)
    return or_(~exists(words), exists(taken_back))
