"""Who signed: forms that were never confirmed, and the signatures of campaigns that closed long ago."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, TextClause, delete, exists, select, update
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState
from campaign.domain.outbox import OutboxState
from campaign.domain.retention import NEEDS_WORDS, forms_before
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import LINK_EXPLAINS_FOR, FormState
from campaign.services.campaigns import campaigns
from campaign.services.outbox.enqueue import cancel
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.services.signatures.anonymizing import anonymize
from campaign.services.signatures.erasure import end_form, hold_mailboxes
from campaign.services.statistics import folding
from campaign.store.tables import Campaign, SigningForm
from campaign.store.tables.core import campaign, link_token, outbox_email, signature, signing_form
from campaign.store.tables.signatures import FORM_IS_OPEN


def due_forms(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Forms that were sent in long ago and never confirmed; each page is of one campaign."""
    return _page(
        session,
        session.scalars(select(campaign.c.id).order_by(campaign.c.id)).all(),
        after,
        signing_form,
        signing_form.c.id,
        FORM_IS_OPEN,
        is_due=signing_form.c.received_at <= forms_before(now),
    )


def delete_forms(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Erase forms whole; one that was confirmed meanwhile is left alone."""
    for form_id in ids:
        still_due = select(SigningForm.id).where(
            SigningForm.id == form_id, FORM_IS_OPEN, SigningForm.received_at <= forms_before(now)
        )
        if session.scalar(still_due.with_for_update(key_share=True)) is not None:
            end_form(session, int(form_id), now=now)


def due_form_links(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Forms that have long ended, whose links need not say so any more: the first of all rows."""
    _, place = after or (0, 0)
    rows = session.scalars(
        select(signing_form.c.id)
        .where(signing_form.c.id > place, _needs_no_link(now))
        .order_by(signing_form.c.id)
        .limit(ROWS_AT_ONCE)
    ).all()
    return DuePage(tuple(rows), (0, rows[-1]) if len(rows) == ROWS_AT_ONCE else None)


def delete_form_links(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete the rows, and their links with them."""
    session.execute(delete(link_token).where(link_token.c.form_id.in_(ids)))
    session.execute(delete(signing_form).where(signing_form.c.id.in_(ids), _needs_no_link(now)))


def _needs_no_link(now: datetime) -> ColumnElement[bool]:
    has_ended = signing_form.c.state.in_((FormState.WRITTEN, FormState.ENDED))
    return has_ended & (signing_form.c.received_at <= forms_before(now) - LINK_EXPLAINS_FOR)


def due_signatures(session: Session, after: Cursor | None, now: datetime) -> DuePage:
    """Signatures of campaigns whose time is over, of whom it is known who made them.

    One with an email that is to leave yet, or in doubt, waits for the end of that. What is held for somebody
    suspected, at whom nobody has looked by then, never leaves.
    """
    return _page(
        session,
        sorted(_due_campaigns(session, now)),
        after,
        signature,
        signature.c.supporter_id,
        is_due=_is_known() & ~_has_words_to_send(),
    )


def anonymize_signatures(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete all that tells who made them; what came in between since they were found is left alone."""
    keeps_names = _due_campaigns(session, now)
    hold_mailboxes(session, ids)
    rows = session.execute(
        select(signature.c.id, signature.c.campaign_id)
        .where(signature.c.id.in_(ids), _is_known(), ~_has_words_to_send())
        .order_by(signature.c.id)
        .with_for_update(key_share=True)
    ).all()
    for campaign_id, keep_names in keeps_names.items():
        own = [row.id for row in rows if row.campaign_id == campaign_id]
        if own:
            held = outbox_email.c.signature_id.in_(own) & (outbox_email.c.state == OutboxState.HELD)
            cancel(session, held, now=now)
            anonymize(session, own, keep_names=keep_names, now=now)
            campaigns.raise_version(session, campaign_id)


def finish_campaigns(session: Session, now: datetime) -> None:
    """Mark the campaigns of which nobody is known any more: their signatures are not looked at again."""
    for campaign_id in _due_campaigns(session, now):
        known = select(signature.c.id).where(signature.c.campaign_id == campaign_id, _is_known())
        if session.execute(known.limit(1)).first() is None:
            session.execute(
                update(Campaign).where(Campaign.id == campaign_id).values(purged_at=now),
                execution_options={"synchronize_session": False},
            )
            campaigns.raise_version(session, campaign_id)
            folding.merge_rare(session, campaign_id)


def due_campaign_ids(session: Session, now: datetime) -> Iterator[int]:
    """The campaigns whose time is over and of which somebody is still known."""
    return iter(_due_campaigns(session, now))


def _due_campaigns(session: Session, now: datetime) -> dict[int, bool]:
    """The campaigns whose time is over, and whether the names that pages show in full stay."""
    left = session.scalars(
        select(Campaign).where(Campaign.purged_at.is_(None), Campaign.state != CampaignState.DRAFT)
    )
    terms = {row.id: campaigns.retention_terms(row) for row in left}
    return {
        campaign_id: term.keep_public_names
        for campaign_id, term in terms.items()
        if term.known_until is not None and term.known_until <= now
    }


def _page(
    session: Session,
    campaign_ids: Sequence[int],
    after: Cursor | None,
    table: Table,
    order: ColumnElement[int],
    *conditions: ColumnElement[bool] | TextClause,
    is_due: ColumnElement[bool],
) -> DuePage:
    """Rows of the first of these campaigns from a cursor on, along an index that begins with the campaign."""
    at, place = after or (0, 0)
    left = [campaign_id for campaign_id in campaign_ids if campaign_id >= int(at)]
    if not left:
        return DuePage((), None)
    rows = session.execute(
        select(table.c.id, order.label("place"), is_due.label("is_due"))
        .where(
            table.c.campaign_id == left[0],
            order > (place if left[0] == at else 0),
            *conditions,
        )
        .order_by(order)
        .limit(ROWS_AT_ONCE)
    ).all()
    ids = tuple(row.id for row in rows if row.is_due)
    if len(rows) == ROWS_AT_ONCE:
        return DuePage(ids, (left[0], rows[-1].place))
    return DuePage(ids, (left[1], 0) if len(left) > 1 else None)


def _is_known() -> ColumnElement[bool]:
    return signature.c.anonymized_at.is_(None)


def _has_words_to_send() -> ColumnElement[bool]:
    is_held_back = (signature.c.state == SignatureState.SUSPECTED) & (
        outbox_email.c.state == OutboxState.HELD
    )
    return exists().where(
        outbox_email.c.signature_id == signature.c.id,
        outbox_email.c.state.in_(NEEDS_WORDS),
        ~is_held_back,
    )
