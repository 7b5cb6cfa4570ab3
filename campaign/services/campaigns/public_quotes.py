"""The words that a letter's page quotes, and what follows when somebody may be quoted no more.

Every page and the JSON read quotes here: only of signatures that count, and none while names are hidden.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.quotes import MOST_QUOTED, QuoteNaming, QuoteShown, QuoteState, quote_shown
from campaign.domain.signature import SignatureState
from campaign.store.legible import legible
from campaign.store.tables import Campaign, Quote, Signature

_OF_PAGE = (
    select(
        *(legible(Quote.words), Quote.language, Quote.naming),
        *(Signature.visibility, legible(Signature.name), Signature.country),
    )
    .join(Signature, Signature.id == Quote.signature_id)
    .join(Campaign, Campaign.id == Quote.campaign_id)
    .where(
        Quote.campaign_id == bindparam("campaign_id"),
        Quote.place.is_not(None),
        Quote.state == QuoteState.AGREED,
        Signature.state == SignatureState.CONFIRMED,
        Campaign.names_hidden_at.is_(None),
    )
    .order_by(Quote.place, Quote.id)
    .limit(MOST_QUOTED)
)


def of_page(session: Session, campaign_id: int) -> tuple[QuoteShown, ...]:
    """What a page shows, in the organizers' order."""
    rows = session.execute(_OF_PAGE, {"campaign_id": campaign_id})
    return tuple(
        quote_shown(
            row.words,
            row.language,
            row.naming,
            visibility=row.visibility,
            name=row.name,
            country=row.country,
        )
        for row in rows
        if row.words and row.naming and (row.name or row.naming is QuoteNaming.UNNAMED)
    )


def follow(session: Session, signature_ids: Sequence[int]) -> None:
    """Let no cache go on showing what these people wrote, who come or go; mostly nobody is quoted."""
    quoted = select(Quote.campaign_id).where(Quote.signature_id.in_(signature_ids), Quote.place.is_not(None))
    session.execute(
        update(Campaign).where(Campaign.id.in_(quoted)).values(version=Campaign.version + 1),
        execution_options={"synchronize_session": False},
    )


def follow_name(session: Session, signature_id: int) -> None:
    """Take a quote off the page whose writer goes by another name from now on; the yes holds.

    Else somebody could be quoted under a name that no organizer has seen. As for `end_consent`, before the
    campaign's row is changed.
    """
    named = (
        (Quote.signature_id == signature_id)
        & Quote.place.is_not(None)
        & (Quote.naming != QuoteNaming.UNNAMED)
    )
    if session.execute(select(Quote.id).where(named).with_for_update()).first() is not None:
        follow(session, [signature_id])
        session.execute(update(Quote).where(named).values(place=None))


def end_consent(session: Session, signature_id: int) -> None:
    """Delete what somebody could be quoted with; that they were asked stays, so that nobody asks again.

    Before the campaign's row is changed: whoever puts a quote on a page holds it before that, too.
    """
    of_signature = Quote.signature_id == signature_id
    if session.execute(select(Quote.id).where(of_signature).with_for_update()).first() is None:
        return
    follow(session, [signature_id])
    session.execute(
        update(Quote)
        .where(of_signature)
        .values(state=QuoteState.REFUSED, words=None, naming=None, wording=None, place=None, message_id=None)
    )


def forget(session: Session, signature_ids: Sequence[int]) -> None:
    """Delete all that is known of quoting these people."""
    follow(session, signature_ids)
    session.execute(
        delete(Quote).where(Quote.signature_id.in_(signature_ids)),
        execution_options={"synchronize_session": False},
    )
