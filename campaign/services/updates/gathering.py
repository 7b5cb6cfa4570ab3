"""The list of an update: who asked for news is looked at in the order of signing, some at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from campaign.domain.actor import WORKER
from campaign.domain.signature import SignatureState
from campaign.domain.updates import Audience, RecipientState, UpdateState, may_be_sent
from campaign.services.updates import audience as audiences
from campaign.services.updates import questions
from campaign.services.updates.drafts import move, record
from campaign.store.statements import inserting
from campaign.store.tables import CampaignUpdate
from campaign.store.tables.core import signature, update_recipient
from campaign.store.tables.signatures import IS_AGREED
from campaign.store.tables.updates import IS_WAITING

# About 30 ms each on two slow cores.
LOOKED_AT_ONCE = 2_000
DELETED_AT_ONCE = 1_000


def clear(session: Session, row: CampaignUpdate) -> bool:
    """Delete from an earlier list those who have not got it."""
    chosen = (
        select(update_recipient.c.supporter_id)
        .where(update_recipient.c.update_id == row.id, IS_WAITING)
        .limit(DELETED_AT_ONCE)
    )
    ids = session.scalars(chosen).all()
    of_update = update_recipient.c.update_id == row.id
    session.execute(delete(update_recipient).where(of_update, update_recipient.c.supporter_id.in_(ids)))
    row.clears = len(ids) == DELETED_AT_ONCE
    return True


def gather(session: Session, row: CampaignUpdate, *, now: datetime) -> bool:
    """Put the next of those who asked for news on the list; at its end it is known how many there are."""
    if row.gathered_id == 0:
        # Those who have got it before a change are on the list already.
        row.recipients = row.written + row.passed_over
    looked_at = (
        select(signature.c.id)
        .where(
            *_looked_through(row),
            signature.c.id > row.gathered_id,
            signature.c.id <= row.last_signature_id,
        )
        .order_by(signature.c.id)
        .limit(LOOKED_AT_ONCE)
    )
    ids = session.scalars(looked_at).all()
    if ids:
        row.recipients += _put_on_list(session, row, ids)
        row.gathered_id = ids[-1]
    if len(ids) < LOOKED_AT_ONCE:
        _end(session, row, now=now)
    return True


def _end(session: Session, row: CampaignUpdate, *, now: datetime) -> None:
    """Begin to send to the list, unless so few are left to be written to that they are singled out."""
    left = row.recipients - row.written - row.passed_over
    if may_be_sent(Audience.from_json(row.audience), left):
        move(row, UpdateState.SENDING, now=now)
        return
    move(row, UpdateState.STOPPED, now=now)
    row.clears = True
    session.flush()
    record(session, "update.too-few", row, actor=WORKER, now=now)


def _looked_through(row: CampaignUpdate) -> tuple[ColumnElement[bool], ...]:
    """The range of an index that has everybody who may be on the list, in the order of their ids."""
    of_campaign = signature.c.campaign_id == row.campaign_id
    if row.asks_wording is None:
        return of_campaign, and_(IS_AGREED)
    return of_campaign, signature.c.state == SignatureState.CONFIRMED


def _chosen(session: Session, row: CampaignUpdate) -> Sequence[ColumnElement[bool]]:
    if row.asks_wording is not None:
        return (questions.is_asked(session, row.campaign_id, row.asks_wording),)
    return audiences.belongs(Audience.from_json(row.audience))


def _put_on_list(session: Session, row: CampaignUpdate, ids: Sequence[int]) -> int:
    chosen = session.execute(
        select(signature.c.id, signature.c.supporter_id).where(
            signature.c.id.between(ids[0], ids[-1]),
            *_looked_through(row),
            *_chosen(session, row),
        )
    ).all()
    if not chosen:
        return 0
    values = [
        {
            "update_id": row.id,
            "supporter_id": one.supporter_id,
            "signature_id": one.id,
            "state": RecipientState.WAITING,
        }
        for one in chosen
    ]
    # Who has got it before an edit, or who signed under another number meanwhile, is there already.
    new = inserting(session, update_recipient).on_conflict_do_nothing()
    added = session.scalars(new.returning(update_recipient.c.supporter_id), values).all()
    return len(added)
