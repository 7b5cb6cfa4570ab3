"""What one removal and a batch of many have in common: states, counts, and mail called back and let go."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import IS_REMOVED, MAY_BE_REMOVED, SignatureState
from campaign.domain.spot_check import SpotCheckState
from campaign.services.campaigns import first_signers, public_quotes
from campaign.services.campaigns.shown_counts import count_changes
from campaign.services.documents import prepared_files
from campaign.services.outbox.digest_members import is_digested
from campaign.services.outbox.enqueue import cancel, lock_rows
from campaign.services.outbox.suppression_check import AddressHashes, suppression_of
from campaign.services.outbox.transitions import move
from campaign.services.outbox.turning_back import present_address
from campaign.services.outbox.withdrawn import SIGNATURE_REMOVED
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.tables import Campaign
from campaign.store.tables.core import (
    outbox_body,
    outbox_email,
    removal,
    signature,
    spot_check,
    spot_check_pick,
    supporter,
)


def remove_batch(
    session: Session,
    campaign_id: int,
    signature_ids: Sequence[int],
    *,
    to: SignatureState,
    reason: str,
    organizer_id: int | None,
    invalidation_id: int | None = None,
    is_for_reports: bool = False,
    now: datetime,
) -> tuple[int, int]:
    """Remove those of a campaign's signatures that still stand; how many, and how many emails with them."""
    rows = _locked(session, campaign_id, signature_ids, MAY_BE_REMOVED)
    ids = [row.id for row in rows]
    if not ids:
        return 0, 0
    # First the mail: what is in a digest comes out of it only while its signature stands.
    called_back = _call_back(session, ids, now=now)
    session.execute(update(signature).where(signature.c.id.in_(ids)).values(state=to))
    session.execute(
        insert(removal),
        [
            {
                "signature_id": row.id,
                "state_before": row.state,
                "reason": reason,
                "organizer_id": organizer_id,
                "removed_at": now,
                "invalidation_id": invalidation_id,
                "is_for_reports": is_for_reports,
            }
            for row in rows
        ],
    )
    counted = [row for row in rows if row.state is SignatureState.CONFIRMED]
    _correct_count(session, campaign_id, counted, -1, now=now)
    return len(ids), called_back


def _call_back(session: Session, signature_ids: Sequence[int], *, now: datetime) -> int:
    """Cancel what waits to leave; of messages that nobody has confirmed nothing does."""
    theirs = outbox_email.c.signature_id.in_(signature_ids)
    lock_rows(session, theirs)
    leaving = (outbox_email.c.state != OutboxState.HELD) | is_digested()
    return cancel(session, theirs & leaving, now=now, reason=SIGNATURE_REMOVED)


def restore_batch(
    session: Session, campaign_id: int, signature_ids: Sequence[int], *, now: datetime
) -> tuple[int, int]:
    """Restore those that are removed as they were; how many, and how many emails wait again.

    Who has withdrawn meanwhile stays withdrawn, and nothing of theirs waits again.
    """
    rows = _locked(session, campaign_id, signature_ids, IS_REMOVED)
    states_before = _states_before(session, [row.id for row in rows])
    ids_by_state: dict[SignatureState, list[int]] = {}
    for row in rows:
        # One without a row of its removal is from a time that kept none: it had counted.
        before = states_before.get(row.id, SignatureState.CONFIRMED)
        state = SignatureState.WITHDRAWN if row.withdrawn_at else before
        ids_by_state.setdefault(state, []).append(row.id)
    for state, ids in ids_by_state.items():
        session.execute(update(signature).where(signature.c.id.in_(ids)).values(state=state))
    session.execute(delete(removal).where(removal.c.signature_id.in_([row.id for row in rows])))
    standing = [row_id for state, ids in ids_by_state.items() if state in MAY_BE_REMOVED for row_id in ids]
    waiting = _let_wait_again(session, standing, now=now) if standing else 0
    confirmed = set(ids_by_state.get(SignatureState.CONFIRMED, []))
    _correct_count(session, campaign_id, [row for row in rows if row.id in confirmed], 1, now=now)
    return len(rows), waiting


def _locked(
    session: Session, campaign_id: int, signature_ids: Sequence[int], states: frozenset[SignatureState]
) -> list[Row[*tuple[Any, ...]]]:
    """The rows in one of these states, in the order in which everybody locks them."""
    if not signature_ids:
        return []
    names = ("id", "campaign_id", "state", "withdrawn_at", "visibility", "import_id")
    columns = [signature.c[name] for name in names]
    # By their ids alone: with the state beside them PostgreSQL may rather walk an index of states.
    locked = session.execute(
        select(*columns)
        .where(signature.c.id.in_(signature_ids))
        .order_by(signature.c.id)
        .with_for_update(key_share=True)
    )
    return [row for row in locked if row.campaign_id == campaign_id and row.state in states]


def _states_before(session: Session, signature_ids: Sequence[int]) -> dict[int, SignatureState]:
    rows = session.execute(
        select(removal.c.signature_id, removal.c.state_before).where(
            removal.c.signature_id.in_(signature_ids)
        )
    )
    return {row.signature_id: row.state_before for row in rows}


def _is_still_asked(now: datetime) -> ColumnElement[bool]:
    """The condition that an email asks nothing for a spot check whose time is over."""
    is_asking = (
        select(1)
        .select_from(spot_check_pick.join(spot_check, spot_check.c.id == spot_check_pick.c.spot_check_id))
        .where(
            spot_check_pick.c.signature_id == outbox_email.c.signature_id,
            spot_check.c.state == SpotCheckState.ASKING,
            spot_check.c.drawn_at <= outbox_email.c.created_at,
            spot_check.c.closes_at > now,
        )
        .correlate(outbox_email)
    )
    return (outbox_email.c.kind != EmailKind.SPOT_CHECK) | exists(is_asking)


def _let_wait_again(session: Session, signature_ids: Sequence[int], *, now: datetime) -> int:
    """Queue what the removal cancelled: what still has its words, and an addressee who may be written to."""
    called_back = (
        outbox_email.c.signature_id.in_(signature_ids)
        & (outbox_email.c.state == OutboxState.CANCELLED)
        & (outbox_email.c.reason == SIGNATURE_REMOVED)
        & outbox_email.c.erased_at.is_(None)
        # Their time has passed, and their text may have been changed since.
        & outbox_email.c.update_id.is_(None)
        & _is_still_asked(now)
        & exists().where(outbox_body.c.email_id == outbox_email.c.id)
    )
    lock_rows(session, outbox_email.c.signature_id.in_(signature_ids))
    to_supporters = session.execute(
        select(outbox_email.c.id, outbox_email.c.kind, outbox_email.c.to_hash, supporter.c.address_hash)
        .join(supporter, supporter.c.id == outbox_email.c.supporter_id)
        .where(called_back, outbox_email.c.kind != EmailKind.MESSAGE)
    ).all()
    suppressed = [
        row.id
        for row in to_supporters
        if suppression_of(
            session.connection(), AddressHashes(row.to_hash or row.address_hash, row.address_hash), row.kind
        )
    ]
    return move(
        session,
        OutboxState.QUEUED,
        called_back & outbox_email.c.id.not_in(suppressed),
        start=(OutboxState.CANCELLED,),
        by_state=False,
        now=now,
        reason=None,
        # It may have been corrected since: messages that wait get the new one.
        to_address=present_address(),
        due_at=case((outbox_email.c.due_at < now, now), else_=outbox_email.c.due_at),
    )


def _correct_count(
    session: Session,
    campaign_id: int,
    rows: Collection[Row[*tuple[Any, ...]]],
    change: int,
    *,
    now: datetime,
) -> None:
    """Last in a transaction, since everybody who confirms waits for this row.

    Lists that wait to be fetched are made anew, with those who are left.
    """
    what = Figure.RESTORED if change > 0 else Figure.REMOVED
    act = Act(what=what, at=now, campaign_id=campaign_id, number=len(rows))
    recording.add(session.connection(), [act])
    if rows:
        prepared_files.forget_people(session, [campaign_id])
        entered = [row.visibility for row in rows if row.import_id is not None]
        changes = count_changes([row.visibility for row in rows], change, entered=entered)
        session.execute(
            update(Campaign).where(Campaign.id == campaign_id).values(**changes),
            execution_options={"synchronize_session": False},
        )
        public_quotes.follow(session, [row.id for row in rows])
        first_signers.follow(session, [row.id for row in rows])
