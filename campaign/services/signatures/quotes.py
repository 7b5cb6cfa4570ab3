"""The quotes of a campaign as organizers see them: who was asked, who agreed, and what a page shows of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.approval import mark_of
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.quotes import MOST_QUOTED, QuoteNaming, QuoteShown, QuoteState, quote_shown
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.signatures.link_tokens import locked_signature
from campaign.store.legible import legible, legible_row
from campaign.store.tables import Message, Quote, Signature
from campaign.store.tables.core import outbox_email

# More than anybody reads; the page says that there are more.
MOST_LISTED = 200


@dataclass(frozen=True)
class QuoteListed:
    """Words with consent, under the name they may stand under; `place` counts from 1 on the letter's page."""

    id: int
    signature_id: int
    shown: QuoteShown
    naming: QuoteNaming
    agreed_at: datetime
    place: int | None


@dataclass(frozen=True)
class QuoteProposed:
    """Words whose writer is to be asked: by the word of a second person, or at `goes_at`, with one's own.

    `proposed_by` is the organizer who began it, and `mark` stands for all of it.
    """

    id: int
    signature_id: int
    name: str
    language: str
    words: str
    proposed_by: int | None
    goes_at: datetime | None
    mark: str


@dataclass(frozen=True)
class QuotesListed:
    """Those who agreed, the ones on the page first; and how many were asked and said nothing, or no."""

    proposed: tuple[QuoteProposed, ...]
    agreed: tuple[QuoteListed, ...]
    waiting: int
    refused: int
    is_cut: bool

    @property
    def on_page(self) -> int:
        """How many the letter's page shows."""
        return sum(one.place is not None for one in self.agreed)


def listed(
    session: Session, campaign_id: int, *, taken_away: bool = False, actor: Actor, now: datetime
) -> QuotesListed:
    """All of a campaign, entered into the audit log."""
    rows = session.execute(
        select(legible_row(Quote), legible_row(Signature))
        .join(Signature, Signature.id == Quote.signature_id)
        .where(
            Quote.campaign_id == campaign_id,
            Quote.state == QuoteState.AGREED,
            Signature.state == SignatureState.CONFIRMED,
        )
        .order_by(Quote.place.is_(None), Quote.place, Quote.id.desc())
        .limit(MOST_LISTED + 1)
    ).all()
    agreed = tuple(_listed(quote, signature) for quote, signature in rows[:MOST_LISTED])
    states = select(Quote.state, func.count()).where(Quote.campaign_id == campaign_id).group_by(Quote.state)
    numbers: dict[QuoteState, int] = dict(session.execute(states).all())
    details = {"campaign": campaign_id, "shown": len(agreed)}
    action = "quote.export" if taken_away else "quote.list"
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
    return QuotesListed(
        _proposed(session, campaign_id, now=now),
        agreed,
        waiting=numbers.get(QuoteState.ASKED, 0),
        refused=numbers.get(QuoteState.REFUSED, 0),
        is_cut=len(rows) > MOST_LISTED,
    )


def _proposed(session: Session, campaign_id: int, *, now: datetime) -> tuple[QuoteProposed, ...]:
    """Who is to be asked and has not been, the first proposed first."""
    email = outbox_email.c
    is_theirs = (email.signature_id == Quote.signature_id) & (email.kind == EmailKind.QUOTE)
    is_later = (email.state == OutboxState.QUEUED) & (email.due_at > now) & (email.attempts == 0)
    rows = session.execute(
        select(
            *(Quote.id, Quote.signature_id, Quote.language, Quote.asked_by, Quote.asked_at),
            *(legible(Message.words), legible(Signature.name), email.due_at),
        )
        .join(Signature, Signature.id == Quote.signature_id)
        .join(Message, Message.id == Quote.message_id)
        .outerjoin(outbox_email, is_theirs & is_later)
        .where(
            Quote.campaign_id == campaign_id,
            Signature.state == SignatureState.CONFIRMED,
            (Quote.state == QuoteState.PROPOSED)
            | ((Quote.state == QuoteState.ASKED) & email.due_at.is_not(None)),
        )
        .order_by(Quote.id)
        .limit(MOST_LISTED)
    )
    return tuple(
        QuoteProposed(
            id=row.id,
            signature_id=row.signature_id,
            name=row.name,
            language=row.language,
            words=row.words,
            proposed_by=row.asked_by,
            goes_at=row.due_at,
            mark=proposal_mark(row.signature_id, row.asked_at, row.asked_by, row.words),
        )
        for row in rows
    )


def proposal_mark(signature_id: int, asked_at: datetime, asked_by: int | None, words: str | None) -> str:
    """What a second person looks at."""
    return mark_of(signature_id, asked_at, asked_by, words or "")


def put(session: Session, slug: str, quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Show a quote on the letter's page, behind the others; ConflictError where it has its fill."""
    row, on_page = _held(session, slug, quote_id)
    if row.place is not None:
        return
    if len(on_page) >= MOST_QUOTED:
        raise ConflictError("The page shows as many quotes as it can. Take another one off first.")
    for place, one in enumerate((*on_page, row), 1):
        one.place = place
    _changed(session, row, "quote.show", actor=actor, now=now)


def take_off(session: Session, slug: str, quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Show a quote no more; it can be shown again."""
    row, on_page = _held(session, slug, quote_id)
    if row.place is None:
        return
    row.place = None
    for place, other in enumerate((one for one in on_page if one is not row), 1):
        other.place = place
    _changed(session, row, "quote.hide", actor=actor, now=now)


def move_up(session: Session, slug: str, quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a quote change places with the one before it."""
    row, on_page = _held(session, slug, quote_id)
    at = on_page.index(row) if row in on_page else 0
    if at == 0:
        return
    on_page[at - 1 : at + 1] = row, on_page[at - 1]
    for place, one in enumerate(on_page, 1):
        one.place = place
    _changed(session, row, "quote.move", actor=actor, now=now)


def _held(session: Session, slug: str, quote_id: int) -> tuple[Quote, list[Quote]]:
    """A quote with consent, and those that the page shows: nobody else changes them until this has ended.

    What a removed signer wrote keeps its place, and takes none from others meanwhile.
    """
    campaign = campaigns.campaign_row(session, slug)
    of_campaign = (Quote.campaign_id == campaign.id) & (Quote.state == QuoteState.AGREED)
    writer_id = session.scalar(select(Quote.signature_id).where(Quote.id == quote_id, of_campaign))
    if writer_id is None:
        raise NotFoundError("There is no such quote in this campaign.")
    # Whoever takes the yes back at this moment holds their signature: what follows sees it, or they see this.
    locked_signature(session, writer_id)
    held = (
        select(Quote)
        .join(Signature, Signature.id == Quote.signature_id)
        .where(
            of_campaign,
            (Quote.id == quote_id) | Quote.place.is_not(None),
            Signature.state == SignatureState.CONFIRMED,
        )
        .order_by(Quote.place, Quote.id)
        .with_for_update(of=Quote)
    )
    rows = session.scalars(held.execution_options(populate_existing=True)).all()
    row = next((one for one in rows if one.id == quote_id), None)
    if row is None:
        raise NotFoundError("There is no such quote in this campaign.")
    return row, [one for one in rows if one.place is not None]


def _changed(session: Session, row: Quote, action: str, *, actor: Actor, now: datetime) -> None:
    session.flush()
    campaigns.raise_version(session, row.campaign_id)
    details = {"campaign": row.campaign_id, "signature": row.signature_id}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def _listed(quote: Quote, signature: Signature) -> QuoteListed:
    naming = quote.naming or QuoteNaming.UNNAMED
    return QuoteListed(
        id=quote.id,
        signature_id=signature.id,
        shown=quote_shown(
            quote.words or "",
            quote.language,
            naming,
            visibility=signature.visibility,
            name=signature.name,
            country=signature.country,
        ),
        naming=naming,
        agreed_at=quote.answered_at or quote.asked_at,
        place=quote.place,
    )
