"""Messages that went into a digest: they follow its state, and come out of it until it has begun to leave.

Their own rows wait as *held* meanwhile, so that nothing claims them; `digested_message` says where they are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import HAS_NOT_LEFT, EmailKind, OutboxState
from campaign.services.outbox.transitions import following_digest, move, moving
from campaign.services.outbox.withdrawn import is_stood_by, reason_not_stood_by
from campaign.store.tables import DigestedMessage, Official
from campaign.store.tables.core import digested_message, office_check, outbox_body, outbox_email

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
    part = select(1).where(digested_message.c.email_id == outbox_email.c.id)
    return exists(part.correlate(outbox_email))


def went_to() -> ColumnElement[Any]:
    """Where an email went: one in a digest where that did, whatever was corrected while it was on its way."""
    together = (
        select(_digests.c.to_address)
        .join(digested_message, digested_message.c.digest_id == _digests.c.id)
        .where(digested_message.c.email_id == outbox_email.c.id)
        .correlate(outbox_email)
        .scalar_subquery()
    )
    return func.coalesce(together, outbox_email.c.to_address)


def number_in(session: Session, digest_id: int) -> int:
    """How many messages are in one digest."""
    parts = select(func.count()).where(digested_message.c.digest_id == digest_id)
    return session.execute(parts).scalar_one()


def is_in_digest(session: Session, email_id: int) -> bool:
    """Whether one email has gone, or goes, as part of a digest."""
    return session.get(DigestedMessage, email_id) is not None


def add(session: Session, digest_id: int, email_ids: Sequence[int], *, now: datetime) -> None:
    """Make waiting messages, which the caller has locked, part of a digest."""
    session.execute(
        digested_message.insert(), [{"email_id": email_id, "digest_id": digest_id} for email_id in email_ids]
    )
    chosen = outbox_email.c.id.in_(email_ids)
    moved = move(session, OutboxState.HELD, chosen, by_state=False, now=now, reason=None)
    if moved != len(email_ids):
        raise RuntimeError("a message that was locked for a digest has moved on")


def release(session: Session, email_ids: Sequence[int]) -> None:
    """Let messages go their own way again, whatever becomes of the digests they were in."""
    session.execute(delete(digested_message).where(digested_message.c.email_id.in_(email_ids)))


def follow(session: Session, digest_ids: Iterable[int], *, now: datetime) -> None:
    """Take the messages of digests to where these have come; repeating it changes nothing.

    A digest that comes back to the queue, and may not go again as it is, is taken apart.
    """
    ids = list(digest_ids)
    session.execute(
        following_digest(_digests.c.state, _FOLLOWED)
        .where(
            outbox_email.c.id == digested_message.c.email_id,
            _digests.c.id == digested_message.c.digest_id,
            digested_message.c.digest_id.in_(ids),
        )
        .values(
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

    Those are cancelled whose supporters have withdrawn meanwhile, or whose words are kept no longer. False,
    and nothing changed, when it is no digest or in no such state.
    """
    is_digest = (outbox_email.c.id == digest_id) & (outbox_email.c.kind == EmailKind.DIGEST)
    called_off = moving(OutboxState.CANCELLED, is_digest, start=states, settled_at=now)
    official_id = session.scalar(called_off.returning(outbox_email.c.official_id))
    if official_id is None:
        return False
    _wait_alone(session, digest_id, now=now)
    session.execute(delete(digested_message).where(digested_message.c.digest_id == digest_id))
    session.execute(delete(outbox_body).where(outbox_body.c.email_id == digest_id))
    # From now on nothing says who is in it: its text must not be tried out once one of them is forgotten.
    session.execute(update(office_check).where(office_check.c.digest_id == digest_id).values(text_hash=None))
    session.execute(
        update(Official).where(Official.id == official_id).values(digested_on=None),
        execution_options={"synchronize_session": False},
    )
    return True


def take_out(session: Session, emails: ColumnElement[bool], *, now: datetime) -> None:
    """Take digests apart that hold an email which meets a condition, and have not begun to leave."""
    for digest_id in session.scalars(_digests_of(emails)).all():
        take_apart(session, digest_id, *HAS_NOT_LEFT, now=now)


def delete_bodies(session: Session, emails: ColumnElement[bool]) -> None:
    """Delete the words of digests that hold an email which meets a condition; their states stay.

    One that has to go again is put together anew, from what is left.
    """
    session.execute(delete(outbox_body).where(outbox_body.c.email_id.in_(_digests_of(emails))))


def _digests_of(emails: ColumnElement[bool]) -> Select[Any]:
    return (
        select(digested_message.c.digest_id)
        .join(outbox_email, outbox_email.c.id == digested_message.c.email_id)
        .where(emails)
        .order_by(digested_message.c.digest_id)
    )


def _wait_alone(session: Session, digest_id: int, *, now: datetime) -> None:
    """Let the messages of a digest wait as before it.

    Those that nobody stands by any more, or whose words are kept no longer, are cancelled.
    """
    parts = select(digested_message.c.email_id).where(digested_message.c.digest_id == digest_id)
    values: dict[str, Any] = {
        "sending_at": None,
        # What was tried alone stays with whom it was tried.
        "provider": case((outbox_email.c.state == OutboxState.HELD, outbox_email.c.provider), else_=None),
    }
    may_go = is_stood_by() & exists().where(outbox_body.c.email_id == outbox_email.c.id)
    for state, condition, reason in (
        (OutboxState.CANCELLED, ~may_go, reason_not_stood_by()),
        (OutboxState.QUEUED, may_go, None),
    ):
        of_digest = outbox_email.c.id.in_(parts) & condition
        changes = values | {"reason": reason}
        session.execute(moving(state, of_digest, settled_at=now, by_state=False, **changes))


def _is_stale() -> ColumnElement[bool]:
    """Whether a digest has lost its words, or holds words of somebody who does not stand by them any more."""
    parts = outbox_email.alias("part")
    taken_back = (
        select(1)
        .select_from(digested_message.join(parts, parts.c.id == digested_message.c.email_id))
        .where(digested_message.c.digest_id == outbox_email.c.id, ~is_stood_by(parts))
        .correlate(outbox_email)
    )
    words = select(1).where(outbox_body.c.email_id == outbox_email.c.id).correlate(outbox_email)
    return or_(~exists(words), exists(taken_back))
