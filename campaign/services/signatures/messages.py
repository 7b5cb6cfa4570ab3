"""Messages to officials: held with an unconfirmed signature, released by its confirmation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.reply_addresses import ReplyAddresses
from campaign.services.compose.message import ComposedMessage
from campaign.services.outbox.enqueue import NewEmail, release
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


@dataclass(frozen=True)
class HeldMessages:
    """The messages of one unconfirmed signature, and what their mails have in common.

    `language` is the mails': that of the original letter. `email` is the supporter's, where answers go unless
    replies come to addresses of ours.
    """

    campaign_id: int
    supporter_id: int
    signature_id: int
    sender_name: str
    email: str
    language: str
    messages: tuple[ComposedMessage, ...]
    written_at: datetime


def store_held(
    connection: Connection, signatures: Iterable[HeldMessages], *, replies: ReplyAddresses
) -> list[NewEmail]:
    """Store the messages of unconfirmed signatures; their mails, held, for officials with an address."""
    emails = []
    for held in signatures:
        for composed in held.messages:
            row = _NEW_MESSAGE.one(connection, _values(held, composed))
            if composed.official.email is not None and row is not None:
                emails.append(_email(held, composed, composed.official.email, row[0], replies))
    return emails


def written_to(connection: Connection, signature_id: int) -> frozenset[int]:
    """The ids of the officials this supporter's messages have been released to."""
    return frozenset(connection.execute(_WRITTEN_TO, {"of_signature": signature_id}).scalars())


def release_held(session: Session, signature_id: int, *, now: datetime) -> int:
    """Release the messages of a confirmed signature; how many, mailed or to be printed."""
    released = session.connection().execute(_RELEASE, {"of_signature": signature_id, "released_at": now})
    release(session, signature_id=signature_id, now=now)
    return released.rowcount


def drop_held(connection: Connection, signature_id: int) -> None:
    """Forget messages that were never confirmed; what is queued or sent stays."""
    connection.execute(_DROP_EMAILS, {"of_signature": signature_id})
    connection.execute(_DROP_MESSAGES, {"of_signature": signature_id})


def _values(held: HeldMessages, composed: ComposedMessage) -> dict[str, Any]:
    return {
        "signature_id": held.signature_id,
        "official_id": composed.official.id,
        "channel": composed.official.channel,
        "subject": composed.subject,
        "words": composed.words,
        "stressed_asks": composed.stressed_asks,
        "created_at": held.written_at,
    }


def _email(
    held: HeldMessages, composed: ComposedMessage, address: str, message_id: int, replies: ReplyAddresses
) -> NewEmail:
    return NewEmail(
        kind=EmailKind.MESSAGE,
        state=OutboxState.HELD,
        due_at=held.written_at,
        campaign_id=held.campaign_id,
        supporter_id=held.supporter_id,
        signature_id=held.signature_id,
        message_id=message_id,
        official_id=composed.official.id,
        to_address=address,
        to_name=composed.official.name,
        from_name=held.sender_name,
        reply_to=replies.address_of(message_id) or held.email,
        language=held.language,
        subject=composed.rendered.subject,
        text=composed.rendered.text,
        html=composed.rendered.html,
    )
