"""Answers of offices: matched with the message they answer, kept, and passed on to the supporter."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from babel.dates import format_date
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.addresses import address_hash
from campaign.domain.automatic_mail import is_automatic
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.quotations import without_quotation
from campaign.domain.replies import (
    A_DAY,
    MOST_KEPT_A_DAY,
    MOST_PASSED_ON_A_DAY,
    InboundMail,
    ReplyState,
    is_from_elsewhere,
    why_wordless,
)
from campaign.domain.signature import SignatureState
from campaign.hostnames import wire_address
from campaign.i18n import locale_of
from campaign.mail.render import Rendered
from campaign.services.campaigns import campaigns, quiet_mode, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.compose.supporter_email import render_for_supporter, supporter_email
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.store.row_numbers import new_numbers
from campaign.store.statements import inserting
from campaign.store.tables import Campaign, Message, Official, Reply, Signature, Supporter
from campaign.store.tables.core import reply
from campaign.store.tables.encrypted import in_row

# Somebody may answer several supporters in one mail.
MOST_MESSAGES = 100
# What is passed on: the whole of what any office writes. What was quoted may hold somebody's words too: an
# office passes a colleague's answer on, or writes between the lines.
LONGEST_PASSED_ON = 50_000
LONGEST_QUOTED = 10_000


class Received(StrEnum):
    """What became of one mail, as far as it concerns one message."""

    PASSED_ON = "passed on"
    KEPT = "kept"  # the supporter has withdrawn, or has got as many today as one message may cause
    AUTOMATIC = "automatic"
    KNOWN = "known"
    OWN = "own"  # we wrote it, or the supporter did: no office answered
    TOO_MANY = "too many"


def receive(
    session: Session,
    mail: InboundMail,
    *,
    context: MailContext,
    own_addresses: Collection[str],
    now: datetime,
) -> tuple[Received, ...]:
    """Take in one mail for each message that its addresses were made for; for none, nothing is kept.

    The same mail twice is stored once. `own_addresses` are those our mails come from, in lower case.
    """
    ids = {context.replies.message_of(address) for address in mail.recipients} - {None}
    # Every transaction locks supporters in this order, so that no two wait for each other.
    message_ids = session.scalars(
        select(Message.id)
        .where(Message.id.in_(ids))
        .order_by(Message.signature_id, Message.id)
        .limit(MOST_MESSAGES)
    ).all()
    outcomes = (
        _receive(session, mail, message_id, context=context, own_addresses=own_addresses, now=now)
        for message_id in message_ids
    )
    return tuple(outcome for outcome in outcomes if outcome is not None)


def pass_on(session: Session, reply_id: int, *, context: MailContext, now: datetime) -> bool:
    """Mail an answer to the supporter whose message it answers; False when nobody is there to get it.

    Once only, and never to somebody who has withdrawn. Of a quiet campaign it is read on the page of the
    signature; whoever has no secret words gets no email that says so.
    """
    reply = session.get_one(Reply, reply_id)
    message = session.get(Message, reply.message_id) if reply.message_id else None
    if message is None or reply.passed_on_at is not None or reply.emptied_at is not None:
        return False
    signature = session.get_one(Signature, message.signature_id)
    supporter = session.get_one(Supporter, signature.supporter_id)
    if signature.state is not SignatureState.CONFIRMED or not supporter.email:
        return False
    if quiet_mode.is_written_to(session, signature, EmailKind.REPLY):
        email = _email(session, reply, message, signature, supporter.email, context=context, now=now)
        enqueue(session, [email], now=now)
    reply.passed_on_at = now
    session.flush()
    return True


def _email(
    session: Session,
    reply: Reply,
    message: Message,
    signature: Signature,
    address: str,
    *,
    context: MailContext,
    now: datetime,
) -> NewEmail:
    if session.get_one(Campaign, reply.campaign_id).quiet_at is None:
        publisher = publishers.current(session, default=context.default_publisher)
        rendered = _render_reply(session, reply, message, signature, publisher, context=context)
    else:
        publisher = context.quiet_publisher
        rendered = quiet_words(context, EmailKind.REPLY, language=signature.language)
    return supporter_email(
        EmailKind.REPLY,
        rendered,
        publisher=publisher,
        campaign_id=reply.campaign_id,
        supporter_id=signature.supporter_id,
        signature_id=signature.id,
        to_address=address,
        hashes=AddressHashes.of(address, key=context.address_key),
        language=signature.language,
        due_at=now,
    )


def locked_message(session: Session, message_id: int) -> Message | None:
    """The message, which nobody erases until the transaction ends; None when somebody has."""
    signature_id = session.scalar(select(Message.signature_id).where(Message.id == message_id))
    if signature_id is None:
        return None
    held = session.get(Signature, signature_id, with_for_update={"key_share": True}, populate_existing=True)
    # Never released, never sent: an address nobody can have been given yet.
    released = select(Message).where(Message.id == message_id, Message.released_at.is_not(None))
    return session.scalar(released) if held is not None else None


def _receive(
    session: Session,
    mail: InboundMail,
    message_id: int,
    *,
    context: MailContext,
    own_addresses: Collection[str],
    now: datetime,
) -> Received | None:
    message = locked_message(session, message_id)
    if message is None:
        return None
    if _is_own(session, mail, message, context=context, own_addresses=own_addresses):
        return Received.OWN
    kept, passed_on = _counts_of_a_day(session, message_id, now=now)
    if kept >= MOST_KEPT_A_DAY:
        return Received.TOO_MANY
    automatic = is_automatic(mail)
    reply_id = _store(session, mail, message, automatic=automatic, now=now)
    if reply_id is None:
        return Received.KNOWN
    if automatic:
        return Received.AUTOMATIC
    end_silence(session, message.official_id, now=now)
    if passed_on >= MOST_PASSED_ON_A_DAY or not pass_on(session, reply_id, context=context, now=now):
        return Received.KEPT
    return Received.PASSED_ON


def _is_own(
    session: Session,
    mail: InboundMail,
    message: Message,
    *,
    context: MailContext,
    own_addresses: Collection[str],
) -> bool:
    sender = wire_address(mail.sender_address) or mail.sender_address
    if sender.lower() in own_addresses or context.replies.message_of(sender) is not None:
        return True
    hashed = session.scalar(
        select(Supporter.address_hash)
        .join(Signature, Signature.supporter_id == Supporter.id)
        .where(Signature.id == message.signature_id)
    )
    return address_hash(context.address_key, sender) == hashed


def _counts_of_a_day(session: Session, message_id: int, *, now: datetime) -> tuple[int, int]:
    """How many answers to a message were kept within a day, and how many of them were passed on."""
    row = session.execute(
        select(func.count(), func.count(Reply.passed_on_at)).where(
            Reply.message_id == message_id, Reply.received_at > now - A_DAY
        )
    ).one()
    return row[0], row[1]


def _store(
    session: Session, mail: InboundMail, message: Message, *, automatic: bool, now: datetime
) -> int | None:
    """Store a mail; its id, or None when it is here already."""
    # The whole of it also where a machine seems to have written: if a person did, nothing of it is lost.
    written, quoted = without_quotation(mail.text)
    official = session.get_one(Official, message.official_id)
    [number] = new_numbers(session.connection(), reply, 1)
    values = {
        "id": number,
        "mail_hash": hashlib.sha256(
            f"{message.id}\n{mail.message_id}".encode("utf-8", "replace")
        ).hexdigest(),
        "campaign_id": official.campaign_id,
        "official_id": official.id,
        "message_id": message.id,
        "received_at": now,
        "sender_name": mail.sender_name,
        "sender_address": mail.sender_address,
        "subject": mail.subject,
        "written": written,
        "quoted": quoted,
        "attachments": [asdict(attachment) for attachment in mail.attachments],
        "is_automatic": automatic,
        "state": ReplyState.NEW,
    }
    statement = inserting(session, reply).values(in_row(reply, values))
    statement = statement.on_conflict_do_nothing(index_elements=["mail_hash"])
    kept: int | None = session.scalar(statement.returning(reply.c.id))
    return kept


def end_silence(session: Session, official_id: int, *, now: datetime) -> None:
    """After the first answer of an office the letter's page says no more that nothing is known of one."""
    official = session.get_one(Official, official_id)
    if official.heard_at is None:
        official.heard_at = now
        campaigns.raise_version(session, official.campaign_id)


def begin_silence(session: Session, official_id: int) -> None:
    """What was taken for an office's only answer is none: nothing came back after all."""
    theirs = select(Reply.id).where(Reply.official_id == official_id, ~Reply.is_automatic)
    if session.scalar(theirs.limit(1)) is None:
        official = session.get_one(Official, official_id)
        official.heard_at = None
        campaigns.raise_version(session, official.campaign_id)


def _render_reply(
    session: Session,
    reply: Reply,
    message: Message,
    signature: Signature,
    publisher: Publisher,
    *,
    context: MailContext,
) -> Rendered:
    campaign = session.get_one(Campaign, reply.campaign_id)
    letter = versions.named_in(session, campaign, signature.language)
    official = session.get_one(Official, reply.official_id)
    return render_for_supporter(
        context,
        EmailKind.REPLY,
        {},
        publisher=publisher,
        **letter,
        name=signature.name,
        official_name=official.name,
        # An office may answer when the words it answers are kept no longer.
        message_subject=message.subject or letter["campaign_title"],
        received_on=format_date(reply.received_at, format="long", locale=locale_of(signature.language)),
        sender_name=reply.sender_name,
        sender_address=reply.sender_address,
        subject=reply.subject,
        written=_lines(reply.written, LONGEST_PASSED_ON),
        wordless=why_wordless(f"{reply.written}{reply.quoted}", [one["kind"] for one in reply.attachments]),
        is_from_elsewhere=is_from_elsewhere(reply.sender_address, official.email or ""),
        is_shortened=len(reply.written) > LONGEST_PASSED_ON,
        quoted=_lines(reply.quoted, LONGEST_QUOTED),
        is_quotation_shortened=len(reply.quoted) > LONGEST_QUOTED,
        attachments=[attachment["name"] or attachment["kind"] for attachment in reply.attachments],
    )


def _lines(text: str, longest: int) -> Sequence[Sequence[str]]:
    """A text in paragraphs of lines."""
    return [paragraph.split("\n") for paragraph in text[:longest].split("\n\n") if paragraph.strip()]
