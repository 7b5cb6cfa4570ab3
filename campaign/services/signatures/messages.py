"""Messages to officials: held with an unconfirmed signature, released by its confirmation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import OfficialShown
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signing import stressed_asks
from campaign.mail.render import Rendered
from campaign.services.compose.message import message_subject
from campaign.services.outbox.enqueue import NewEmail, release
from campaign.services.signatures.submission import Signing
from campaign.store.prepared import Prepared
from campaign.store.tables.core import message, outbox_email

_HELD = (message.c.signature_id == bindparam("of_signature")) & message.c.released_at.is_(None)
_WRITTEN_TO = select(message.c.official_id).where(
    message.c.signature_id == bindparam("of_signature"), message.c.released_at.is_not(None)
)
_COLUMNS = ("signature_id", "official_id", "channel", "subject", "words", "stressed_asks", "created_at")
_NEW_MESSAGE = Prepared(insert(message).returning(message.c.id), columns=_COLUMNS)
_RELEASE = update(message).where(_HELD)
_DROP_EMAILS = delete(outbox_email).where(outbox_email.c.message_id.in_(select(message.c.id).where(_HELD)))
_DROP_MESSAGES = delete(message).where(_HELD)


def hold(connection: Connection, signings: Sequence[Signing]) -> list[NewEmail]:
    """Store the messages of unconfirmed signatures; their mails, held, for officials with an address."""
    held = [(signing, official, rendered) for signing in signings for official, rendered in signing.messages]
    emails = []
    for signing, official, rendered in held:
        new = _NEW_MESSAGE.one(connection, _row(signing, official))
        if official.email is not None and new is not None:
            emails.append(_email(signing, official, official.email, rendered, new[0]))
    return emails


def written_to(connection: Connection, signature_id: int) -> frozenset[int]:
    """The ids of the officials this supporter's messages have been let go to."""
    return frozenset(connection.execute(_WRITTEN_TO, {"of_signature": signature_id}).scalars())


def release_held(session: Session, signature_id: int, *, now: datetime) -> int:
    """Let the held messages of a confirmed signature go; the number of messages, mailed or to be printed."""
    released = session.connection().execute(_RELEASE, {"of_signature": signature_id, "released_at": now})
    release(session, signature_id=signature_id, now=now)
    return released.rowcount


def drop_held(connection: Connection, signature_id: int) -> None:
    """Forget messages that were never confirmed; what is queued or sent stays."""
    connection.execute(_DROP_EMAILS, {"of_signature": signature_id})
    connection.execute(_DROP_MESSAGES, {"of_signature": signature_id})


def _row(signing: Signing, official: OfficialShown) -> dict[str, Any]:
    page, details = signing.submission.page, signing.submission.details
    return {
        "signature_id": signing.signature_id,
        "official_id": official.id,
        "channel": official.channel,
        "subject": message_subject(page, details),
        "words": details.words_to(official.id),
        "stressed_asks": [ask.id for ask in stressed_asks(page, details)],
        "created_at": signing.submission.now,
    }


def _email(
    signing: Signing, official: OfficialShown, address: str, rendered: Rendered, message_id: int
) -> NewEmail:
    submission = signing.submission
    return NewEmail(
        kind=EmailKind.MESSAGE,
        state=OutboxState.HELD,
        due_at=submission.now,
        campaign_id=submission.page.head.id,
        supporter_id=signing.supporter_id,
        signature_id=signing.signature_id,
        message_id=message_id,
        official_id=official.id,
        to_address=address,
        to_name=official.name,
        from_name=submission.details.name,
        reply_to=submission.desk.replies.address_of(message_id) or signing.email,
        language=submission.page.authoritative.letter.language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )
