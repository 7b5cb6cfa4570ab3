"""Messages to officials without an address on file: counted, and composed to be printed and handed over."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.official import Channel
from campaign.domain.signature import SignatureState
from campaign.domain.signing import Author, PersonalMessage
from campaign.errors import NotFoundError
from campaign.mail.render import Rendered, Renderer
from campaign.services.audit import audit_log
from campaign.services.compose.message import compose
from campaign.services.office_check import codes as office_codes
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.legible import is_there, legible_row
from campaign.store.tables import Message, Official, Signature


@dataclass(frozen=True)
class PrintedMessage:
    """One message as the official reads it on paper; `written_at` is when it was sent in.

    On `confirmed_on` its writer has confirmed it.
    """

    id: int
    subject: str
    text: str
    written_at: datetime
    has_own_words: bool
    confirmed_on: date


@dataclass(frozen=True)
class MessagesToPrint:
    """Some messages to one official, the newest last; `next` is the cursor of those after them."""

    official: OfficialShown
    messages: tuple[PrintedMessage, ...]
    next: int | None


# Only confirmed signatures' messages, whatever the official's address is now: their writers were told that
# these are printed. The channel stands in the statement itself, or the partial index could not serve it.
_TO_PRINT = (
    Message.channel == literal(Channel.HAND, Message.channel.type, literal_execute=True),
    Message.released_at.is_not(None),
    Signature.state == SignatureState.CONFIRMED,
)


_OF_SIGNER = ("name", "role", "organization", "postal_code")
_TEXTS = (Message.subject, Message.words, *(getattr(Signature, name) for name in _OF_SIGNER))


def waiting_counts(session: Session, campaign_id: int) -> dict[int, int]:
    """How many messages there are to print for each official who has any, by the official's id.

    Counts no further than one more than COUNTED_UP_TO for each.
    """
    waiting = (
        select(Message.id)
        .join(Signature, Signature.id == Message.signature_id)
        .where(Message.official_id == Official.id, *_TO_PRINT)
        .limit(COUNTED_UP_TO + 1)
        .correlate(Official)
        .subquery()
    )
    count = select(func.count()).select_from(waiting).scalar_subquery()
    rows = session.execute(select(Official.id, count).where(Official.campaign_id == campaign_id))
    return {official_id: number for official_id, number in rows if number}


def messages_to(
    session: Session,
    page: CampaignPage,
    official_id: int,
    *,
    after: int = 0,
    limit: int,
    renderer: Renderer,
    public_url: str,
    actor: Actor,
    now: datetime,
) -> MessagesToPrint:
    """The messages to print from where the cursor `after` ended, entered into the audit log.

    NotFoundError when the official is not of this campaign.
    """
    read = read_messages(
        session, page, official_id, after=after, limit=limit, renderer=renderer, public_url=public_url
    )
    audit_log.record(
        session,
        action="message.print",
        actor=actor,
        details={"campaign": page.head.id, "official": official_id, "messages": len(read.messages)},
        now=now,
    )
    return read


def read_messages(
    session: Session,
    page: CampaignPage,
    official_id: int,
    *,
    after: int,
    limit: int,
    renderer: Renderer,
    public_url: str,
) -> MessagesToPrint:
    """The same for whoever has entered into the audit log what becomes of them."""
    official = _without_email(page, official_id)
    rows = session.execute(
        select(legible_row(Message), legible_row(Signature), *map(is_there, _TEXTS))
        .join(Signature, Signature.id == Message.signature_id)
        .where(Message.official_id == official_id, Message.id > after, *_TO_PRINT)
        .order_by(Message.id)
        .limit(limit + 1)
    ).all()
    messages = []
    codes = office_codes.codes_of(session, [row[0].id for row in rows[:limit]])
    for message, signature, *are_there in rows[:limit]:
        texts = (message.subject, message.words, *(getattr(signature, name) for name in _OF_SIGNER))
        if [bool(text) for text in texts] != [bool(is_stored) for is_stored in are_there]:
            # Half of what somebody wrote is not what they wrote.
            continue
        written = _personal_message(page, message, signature)
        rendered = compose(
            page,
            official,
            written,
            renderer=renderer,
            public_url=public_url,
            check_code=codes.get(message.id, ""),
        )
        messages.append(_printed(message, rendered))
    return MessagesToPrint(official, tuple(messages), rows[limit - 1][0].id if len(rows) > limit else None)


def _printed(message: Message, rendered: Rendered) -> PrintedMessage:
    confirmed_at = message.released_at or message.created_at
    return PrintedMessage(
        message.id,
        rendered.subject,
        rendered.text,
        message.created_at,
        has_own_words=bool(message.words),
        confirmed_on=confirmed_at.date(),
    )


def _without_email(page: CampaignPage, official_id: int) -> OfficialShown:
    """The official as they were when these messages were written, even if an address has been found since."""
    for official in page.officials:
        if official.id == official_id:
            return replace(official, email=None, channel=Channel.HAND)
    raise NotFoundError("There is no such official in this campaign.")


def _personal_message(page: CampaignPage, message: Message, signature: Signature) -> PersonalMessage:
    return PersonalMessage(
        author=Author(
            name=signature.name,
            role=signature.role,
            organization=signature.organization,
            country=signature.country,
            postal_code=signature.postal_code,
        ),
        subject=message.subject,
        words=message.words,
        asks=tuple(ask.id for ask in page.asks if ask.id in message.stressed_asks),
    )
