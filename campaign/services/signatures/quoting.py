"""Asking somebody whether they may be quoted, and what they say: by one email, never by a second one.

Organizers propose it, and a second person has it sent.
The page behind its link shows the words as they are quoted: what was not seen is not agreed to.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import SUPPORTER, Actor
from campaign.domain.approval import TIME_TO_THINK, Approvable, check_seen
from campaign.domain.outbox import EmailKind
from campaign.domain.quotes import QuoteNaming, QuoteState, namings
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.accounts import second_person
from campaign.services.audit import audit_log
from campaign.services.campaigns import public_quotes, quiet_mode, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, cancel, enqueue
from campaign.services.outbox.suppression_check import AddressHashes, suppression_of
from campaign.services.signatures.link_tokens import locked_signature, new_links, open_link, store_links
from campaign.services.signatures.quotes import proposal_mark
from campaign.store.tables import Campaign, Message, Quote, Signature, Supporter
from campaign.store.tables.core import outbox_email

_LINKS = (TokenPurpose.QUOTE, TokenPurpose.UNSUBSCRIBE)


@dataclass(frozen=True)
class QuoteAsked:
    """What the page behind the link shows. Without `words` there is nothing left to quote.

    `seen` names exactly these words. `may_be_named` are the choices that how their name is shown leaves them.
    """

    slug: str
    campaign_title: str
    language: str
    accent: str | None
    words: str
    seen: str
    state: QuoteState
    naming: QuoteNaming | None
    may_be_named: tuple[QuoteNaming, ...]
    name: str
    country: str | None


def propose(
    session: Session, campaign_id: int, message_id: int, *, context: MailContext, actor: Actor, now: datetime
) -> None:
    """Ask a second person to have somebody asked, once for each supporter of a campaign. No email goes yet.

    NotFoundError for another campaign's message, ConflictError for whoever was asked before, and
    RefusedError with the reason for whoever cannot be.
    """
    signature, message = _writer_of(session, campaign_id, message_id)
    if session.scalar(select(Quote.id).where(Quote.signature_id == signature.id)) is not None:
        raise ConflictError("This person has been asked already. Nobody is asked twice.")
    _check_may_be_asked(session, signature, message, context=context)
    session.add(
        Quote(
            campaign_id=campaign_id,
            signature_id=signature.id,
            message_id=message.id,
            state=QuoteState.PROPOSED,
            language=signature.language,
            asked_at=now,
            asked_by=actor.organizer_id,
        )
    )
    session.flush()
    _record(session, "quote.propose", signature, actor=actor, now=now)


def ask(
    session: Session,
    campaign_id: int,
    quote_id: int,
    *,
    seen: str | None = None,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the email that asks, by the word of a second person; alone, it waits TIME_TO_THINK.

    ForbiddenError for whoever proposed it while there is somebody else, ConflictError where it is decided
    already or something else was `seen`, and RefusedError with the reason for whoever cannot be asked.
    """
    signature, row = _locked_quote(session, campaign_id, quote_id)
    if row.state is not QuoteState.PROPOSED:
        raise ConflictError("This person has been asked already. Nobody is asked twice.")
    is_alone = second_person.require(session, Approvable.QUOTE, actor, campaign_id, begun_by=(row.asked_by,))
    message = session.get(Message, row.message_id) if row.message_id else None
    if seen is not None:
        words = message.words if message else None
        check_seen(seen, proposal_mark(signature.id, row.asked_at, row.asked_by, words))
    person, hashes = _check_may_be_asked(session, signature, message, context=context)
    row.state, row.asked_at = QuoteState.ASKED, now
    session.flush()
    words = message.words if message else ""
    due_at = now + TIME_TO_THINK if is_alone else now
    email = _question(session, signature, person, words, hashes, context=context, due_at=due_at, now=now)
    enqueue(session, [email], now=now)
    action = "quote.ask-alone" if is_alone else "quote.ask"
    _record(session, action, signature, actor=actor, now=now)


def call_off(session: Session, campaign_id: int, quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back a question that nobody has got; ConflictError once it may have left."""
    signature, row = _locked_quote(session, campaign_id, quote_id)
    theirs = (outbox_email.c.signature_id == signature.id) & (outbox_email.c.kind == EmailKind.QUOTE)
    # What was tried once may have arrived.
    untried = theirs & (outbox_email.c.attempts == 0)
    is_unsent = row.state is QuoteState.ASKED and cancel(session, untried, now=now)
    if row.state is not QuoteState.PROPOSED and not is_unsent:
        raise ConflictError("This person has been asked already.")
    session.delete(row)
    session.flush()
    _record(session, "quote.call-off", signature, actor=actor, now=now)


def asked(session: Session, token: str, *, language: str | None = None, now: datetime) -> QuoteAsked:
    """What somebody is asked, with the letter's title in a language, else in their own.

    NotFoundError for a link of any other purpose.
    """
    signature = session.get_one(Signature, open_link(session, token, TokenPurpose.QUOTE, now=now))
    return _shown(session, signature, _of(session, signature.id), language)


def answer(
    session: Session,
    token: str,
    naming: QuoteNaming | None,
    *,
    seen: str,
    wording: str,
    language: str | None = None,
    now: datetime,
) -> QuoteAsked:
    """Store a yes with how far it goes, or a no, which may follow a yes.

    `wording` is the sentence they agreed to. ConflictError where the words are others by now than were
    `seen`, or are gone; RefusedError for more of a name than the signature shows.
    """
    signature = locked_signature(session, open_link(session, token, TokenPurpose.QUOTE, now=now))
    row = _of(session, signature.id)
    if naming is None:
        _refuse(session, signature, now=now)
        return _shown(session, signature, row, language)
    shown = _shown(session, signature, row, language)
    if signature.state is not SignatureState.CONFIRMED or not shown.words:
        raise ConflictError("There is nothing left here that could be quoted.")
    if shown.seen != seen:
        raise ConflictError("Your words have changed in the meantime. Please look at them once more.")
    if naming not in shown.may_be_named:
        raise RefusedError("Your name can’t be shown with a quote further than with your signature.")
    row.state, row.words, row.naming = QuoteState.AGREED, shown.words, naming
    row.wording, row.answered_at = wording, now
    session.flush()
    public_quotes.follow(session, [signature.id])
    _record(session, "quote.agree", signature, actor=SUPPORTER, now=now)
    return _shown(session, signature, row, language)


def of_owner(session: Session, signature_id: int) -> str | None:
    """The words that somebody has agreed to be quoted with: for the page of their signature."""
    agreed = (Quote.signature_id == signature_id) & (Quote.state == QuoteState.AGREED)
    return session.scalar(select(Quote.words).where(agreed))


def take_back(session: Session, token: str, *, now: datetime) -> None:
    """End the consent by the link of the page of one's signature; the words are on no page from now on."""
    signature_id = open_link(session, token, TokenPurpose.MANAGE, now=now)
    signature = locked_signature(session, signature_id, unread=True)
    if session.scalar(select(Quote.id).where(Quote.signature_id == signature.id)) is not None:
        _refuse(session, signature, now=now)


def _writer_of(session: Session, campaign_id: int, message_id: int) -> tuple[Signature, Message]:
    of_campaign = select(Message).join(Signature, Signature.id == Message.signature_id)
    of_campaign = of_campaign.where(Message.id == message_id, Signature.campaign_id == campaign_id)
    message = session.scalar(of_campaign)
    if message is None:
        raise NotFoundError("There is no such message in this campaign.")
    return locked_signature(session, message.signature_id), message


def _locked_quote(session: Session, campaign_id: int, quote_id: int) -> tuple[Signature, Quote]:
    of_campaign = (Quote.id == quote_id) & (Quote.campaign_id == campaign_id)
    signature_id = session.scalar(select(Quote.signature_id).where(of_campaign))
    if signature_id is None:
        raise NotFoundError("There is no such quote in this campaign.")
    signature = locked_signature(session, signature_id)
    held = select(Quote).where(of_campaign).with_for_update(of=Quote)
    row = session.scalar(held.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError("There is no such quote in this campaign.")
    return signature, row


def _check_may_be_asked(
    session: Session, signature: Signature, message: Message | None, *, context: MailContext
) -> tuple[Supporter, AddressHashes]:
    """The person and what their address is known by; RefusedError for whoever cannot be asked."""
    quiet_mode.refuse_questions(session.get_one(Campaign, signature.campaign_id))
    person = session.get_one(Supporter, signature.supporter_id)
    hashes = AddressHashes.of_supporter(
        person.spelling_hash, person.address_hash, person.email, key=context.address_key
    )
    if signature.visibility is Visibility.SEALED or not (signature.name and person.email):
        raise RefusedError("Nobody can be asked here: the address is not kept.")
    if signature.state is not SignatureState.CONFIRMED or message is None or not message.words:
        raise RefusedError("There is nothing left here that could be quoted.")
    if signature.import_id is not None and not signature.updates:
        raise RefusedError("They were entered from a list and did not agree to email.")
    if suppression_of(session.connection(), hashes, EmailKind.QUOTE) is not None:
        raise RefusedError("This address takes no such email.")
    return person, hashes


def _question(
    session: Session,
    signature: Signature,
    person: Supporter,
    words: str,
    hashes: AddressHashes,
    *,
    context: MailContext,
    due_at: datetime,
    now: datetime,
) -> NewEmail:
    campaign = session.get_one(Campaign, signature.campaign_id)
    links = new_links(*_LINKS)
    store_links(session.connection(), {signature.id: links}, now=now)
    publisher = publishers.current(session, default=context.default_publisher)
    rendered = render_for_supporter(
        context,
        EmailKind.QUOTE,
        links,
        publisher=publisher,
        **versions.named_in(session, campaign, signature.language),
        name=signature.name,
        words=words,
    )
    return supporter_email(
        EmailKind.QUOTE,
        rendered,
        publisher=publisher,
        campaign_id=campaign.id,
        to_address=person.email or "",
        hashes=hashes,
        language=signature.language,
        due_at=due_at,
        supporter_id=person.id,
        signature_id=signature.id,
        unsubscribe_url=one_click_url(context, links),
    )


def _refuse(session: Session, signature: Signature, *, now: datetime) -> None:
    public_quotes.end_consent(session, signature.id)
    _record(session, "quote.refuse", signature, actor=SUPPORTER, now=now)


def _of(session: Session, signature_id: int) -> Quote:
    row = session.scalar(select(Quote).where(Quote.signature_id == signature_id))
    if row is None:
        raise NotFoundError("This link is not known. Please use the whole link from the email.")
    return row


def _shown(session: Session, signature: Signature, row: Quote, language: str | None) -> QuoteAsked:
    campaign = session.get_one(Campaign, signature.campaign_id)
    message = session.get(Message, row.message_id) if row.message_id else None
    words = row.words or (message.words if message else "")
    return QuoteAsked(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, language or signature.language),
        language=signature.language,
        accent=campaign.accent,
        words=words,
        seen=hashlib.sha256(words.encode()).hexdigest(),
        state=row.state,
        naming=row.naming,
        may_be_named=namings(signature.visibility),
        name=signature.name,
        country=signature.country,
    )


def _record(session: Session, action: str, signature: Signature, *, actor: Actor, now: datetime) -> None:
    details = {"campaign": signature.campaign_id, "signature": signature.id}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
