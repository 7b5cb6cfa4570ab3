"""Appending to the log behind a count: whoever signed or left since, in an order that says nothing."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.count_log import LogEntryKind, blind_of, new_nonce
from campaign.domain.merkle import TILE, full_runs, root, run_hash
from campaign.domain.spot_check import SpotCheckState
from campaign.services.transparency.reading import StoredTree, head
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.legible import legible
from campaign.store.tables import Campaign
from campaign.store.tables.core import (
    count_log_entry,
    count_log_head,
    count_log_node,
    signature,
    spot_check,
    spot_check_leaver,
    supporter,
)
from campaign.store.tables.count_log import IS_ERASED
from campaign.store.tables.encrypted import in_row
from campaign.store.tables.signatures import IS_GONE, IS_UNLOGGED

# A third of a second of writing; what is more follows in the next transaction.
BATCH = 5_000
SignerRow = Row[int, str | None]


def append(session: Session, campaign_id: int, *, now: datetime, limit: int = BATCH) -> bool:
    """Append who signed and who left since the last time, and publish the new head; whether more waits.

    Called where the count that pages show has just moved (`campaigns.shown_counts`), so that the log tells
    nobody's moment which the count does not.
    """
    take_advisory_lock(session, AdvisoryLock.COUNT_LOG)
    signers = _signers(session, campaign_id, limit)
    gone = _gone(session, campaign_id, limit)
    erased = _erased(session, campaign_id, limit)
    if not (signers or gone or erased):
        return False
    entries = [*_signed(session, campaign_id, signers), *[_left() for _ in (*gone, *erased)]]
    random.SystemRandom().shuffle(entries)
    _store(session, campaign_id, entries, now=now)
    _set_logged(session, [row.id for row in signers], True)
    _set_logged(session, gone, False)
    of_campaign = count_log_entry.c.campaign_id == campaign_id
    _end(session, campaign_id, count_log_entry.c.signature_id.in_(gone))
    _end(session, campaign_id, of_campaign & count_log_entry.c.position.in_(erased))
    return limit in (len(signers), len(gone), len(erased))


def forget_receipts(session: Session, signature_ids: Sequence[int]) -> None:
    """Let no entry be led back to these signatures by what is stored; the log itself stays as it is."""
    session.execute(
        update(count_log_entry).where(count_log_entry.c.signature_id.in_(signature_ids)).values(nonce=None)
    )


def _signers(session: Session, campaign_id: int, limit: int) -> Sequence[SignerRow]:
    """Who counts and is not in the log; a row that somebody holds at this moment waits for the next time."""
    return session.execute(
        select(signature.c.id, legible(supporter.c.email))
        .join(supporter, supporter.c.id == signature.c.supporter_id)
        .where(signature.c.campaign_id == campaign_id, IS_UNLOGGED)
        .order_by(signature.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=signature)
    ).all()


def _gone(session: Session, campaign_id: int, limit: int) -> Sequence[int]:
    """Signatures that the log still counts, and nobody else does."""
    return session.scalars(
        select(signature.c.id)
        .where(signature.c.campaign_id == campaign_id, IS_GONE)
        .order_by(signature.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _erased(session: Session, campaign_id: int, limit: int) -> Sequence[int]:
    """Entries whose signature was erased."""
    return session.scalars(
        select(count_log_entry.c.position)
        .where(count_log_entry.c.campaign_id == campaign_id, IS_ERASED)
        .limit(limit)
    ).all()


def _signed(session: Session, campaign_id: int, signers: Sequence[SignerRow]) -> list[dict[str, Any]]:
    slug = session.execute(select(Campaign.slug).where(Campaign.id == campaign_id)).scalar_one()
    entries = []
    for row in signers:
        # Of whom nothing is known any more, or can be read, nobody can ask for a receipt.
        nonce = new_nonce() if row.email else None
        blind = blind_of(slug, row.email or "", nonce) if nonce else new_nonce()
        entries.append(
            {
                "kind": LogEntryKind.SIGNED,
                "blind": blind,
                "nonce": nonce,
                "signature_id": row.id,
                "stands": True,
            }
        )
    return entries


def _left() -> dict[str, Any]:
    return {
        "kind": LogEntryKind.LEFT,
        "blind": new_nonce(),
        "nonce": None,
        "signature_id": None,
        "stands": False,
    }


def _store(session: Session, campaign_id: int, entries: list[dict[str, Any]], *, now: datetime) -> None:
    """Store entries behind the last, the runs that become full, and the head over all of them."""
    before = head(session, campaign_id)
    size = before.size + len(entries)
    session.execute(
        insert(count_log_entry),
        [
            in_row(count_log_entry, {"campaign_id": campaign_id, "position": position, **entry})
            for position, entry in enumerate(entries, before.size)
        ],
    )
    tree = StoredTree(session, campaign_id)
    for level, place in full_runs(before.size, size):
        below = tree.hashes(level - 1, place * TILE, (place + 1) * TILE)
        session.execute(
            insert(count_log_node),
            {"campaign_id": campaign_id, "level": level, "position": place, "hash": run_hash(below)},
        )
    signed = sum(entry["kind"] is LogEntryKind.SIGNED for entry in entries)
    session.execute(
        insert(count_log_head),
        {
            "campaign_id": campaign_id,
            "size": size,
            "signed": before.signed + signed,
            "root": root(size, tree),
            "published_on": now.date(),
        },
    )


def _set_logged(session: Session, ids: Sequence[int], is_logged: bool) -> None:
    if ids:
        session.execute(update(signature).where(signature.c.id.in_(ids)).values(is_logged=is_logged))


def _end(session: Session, campaign_id: int, entries: Any) -> None:
    """Let entries lead to nobody, and be taken back no second time.

    While a spot check is announced and not drawn, it is kept which they are: they had counted when the log
    was fixed, and a draw must not pass over them as if they had left before.
    """
    check = spot_check.c
    leavers = (
        select(check.id, count_log_entry.c.position)
        .join(count_log_entry, count_log_entry.c.campaign_id == check.campaign_id)
        .where(check.campaign_id == campaign_id, check.state == SpotCheckState.COMMITTED, entries)
    )
    session.execute(insert(spot_check_leaver).from_select(["spot_check_id", "position"], leavers))
    session.execute(
        update(count_log_entry).where(entries).values(stands=False, signature_id=None, nonce=None)
    )
