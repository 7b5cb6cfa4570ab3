"""Messages to officials: held with an unconfirmed signature, released by its confirmation."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.signing import stressed_asks
from campaign.domain.states import EmailKind, OutboxState
from campaign.services.composing import message_subject
from campaign.services.outbox import NewEmail, release
from campaign.services.submission import Submission
from campaign.store.tables import Message, OutboxEmail
from campaign.store.tables.base import table_of

_MESSAGE = table_of(Message)
_OUTBOX = table_of(OutboxEmail)
_HELD = (_MESSAGE.c.signature_id == bindparam("of_signature")) & _MESSAGE.c.released_at.is_(None)
_WRITTEN_TO = select(_MESSAGE.c.official_id).where(
    _MESSAGE.c.signature_id == bindparam("of_signature"), _MESSAGE.c.released_at.is_not(None)
)
_NEW_MESSAGES = insert(_MESSAGE).returning(_MESSAGE.c.id, sort_by_parameter_order=True)
_RELEASE = update(_MESSAGE).where(_HELD)
_DROP_EMAILS = delete(_OUTBOX).where(_OUTBOX.c.message_id.in_(select(_MESSAGE.c.id).where(_HELD)))
_DROP_MESSAGES = delete(_MESSAGE).where(_HELD)


def hold(
    session: Session,
    submission: Submission,
    signature_id: int,
    *,
    supporter_id: int,
    reply_to: str,
    written_to: frozenset[int] = frozenset(),
) -> tuple[int, list[NewEmail]]:
    """Store a message to each chosen official but those `written_to`; how many, and their mails, held."""
    chosen = [
        (official, rendered) for official, rendered in submission.messages if official.id not in written_to
    ]
    if not chosen:
        return 0, []
    details = submission.details
    stressed = [ask.id for ask in stressed_asks(submission.page, details)]
    subject = message_subject(submission.page, details)
    rows = [
        {
            "signature_id": signature_id,
            "official_id": official.id,
            "channel": official.channel,
            "subject": subject,
            "words": details.words_to(official.id),
            "stressed_asks": stressed,
            "created_at": submission.now,
        }
        for official, _ in chosen
    ]
    ids = session.connection().execute(_NEW_MESSAGES, rows).scalars().all()
    return len(rows), [
        NewEmail(
            kind=EmailKind.MESSAGE,
            state=OutboxState.HELD,
            due_at=submission.now,
            campaign_id=submission.page.head.id,
            supporter_id=supporter_id,
            signature_id=signature_id,
            message_id=message_id,
            official_id=official.id,
            to_address=official.email,
            to_name=official.name,
            from_name=details.name,
            reply_to=reply_to,
            language=submission.page.letter.language,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
        )
        for (official, rendered), message_id in zip(chosen, ids, strict=True)
        if official.email is not None
    ]


def written_to(session: Session, signature_id: int) -> frozenset[int]:
    """The ids of the officials this supporter's messages have been let go to."""
    return frozenset(session.connection().execute(_WRITTEN_TO, {"of_signature": signature_id}).scalars())


def release_held(session: Session, signature_id: int, *, now: datetime) -> int:
    """Let the held messages of a confirmed signature go; the number of messages, mailed or to be printed."""
    released = session.connection().execute(_RELEASE, {"of_signature": signature_id, "released_at": now})
    release(session, signature_id=signature_id, now=now)
    return released.rowcount


def drop_held(session: Session, signature_id: int) -> None:
    """Forget messages that were never confirmed; what is queued or sent stays."""
    session.connection().execute(_DROP_EMAILS, {"of_signature": signature_id})
    session.connection().execute(_DROP_MESSAGES, {"of_signature": signature_id})
