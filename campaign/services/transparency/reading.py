"""The log behind a count as anybody may read it: its head, its entries, and proofs over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.domain.count_log import LogEntry, LogEntryKind, LogHead
from campaign.domain.merkle import consistency_proof, inclusion_proof, leaf_hash, root
from campaign.errors import NotFoundError
from campaign.store.tables.core import campaign, count_log_entry, count_log_head, count_log_node

# As many entries at a time as a proof reads hashes, and small enough for a slow line: 80 kB.
MOST_ENTRIES = 1_000
_NEVER = date(1970, 1, 1)


@dataclass(frozen=True)
class InclusionProof:
    """An entry, its place from 0, and the hashes that lead from it to the root of a tree of `size`."""

    entry: LogEntry
    position: int
    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class ReceiptShown:
    """What a signer needs to find their entry; with their address it shows anybody that they signed."""

    slug: str
    nonce: bytes
    head: LogHead
    proof: InclusionProof


class StoredTree:
    """The tree of one campaign's log."""

    def __init__(self, session: Session, campaign_id: int) -> None:
        self._session = session
        self._campaign_id = campaign_id

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """One range of one index."""
        if level == 0:
            return [
                leaf_hash(entry.content) for entry in _entries(self._session, self._campaign_id, start, end)
            ]
        node = count_log_node.c
        rows = self._session.scalars(
            select(node.hash)
            .where(
                node.campaign_id == self._campaign_id,
                node.level == level,
                node.position >= start,
                node.position < end,
            )
            .order_by(node.position)
        )
        return rows.all()


def head(session: Session, campaign_id: int) -> LogHead:
    """The newest head; one of an empty log where nothing was published yet."""
    row = session.execute(_heads(campaign_id).limit(1)).one_or_none()
    if row is None:
        return LogHead(0, 0, root(0, StoredTree(session, campaign_id)), _NEVER)
    return LogHead(*row)


def head_of_size(session: Session, campaign_id: int, size: int) -> LogHead:
    """The head that was published at a size; NotFoundError when none was."""
    row = session.execute(_heads(campaign_id).where(count_log_head.c.size == size)).one_or_none()
    if row is None:
        raise NotFoundError("The log was never published with %(size)s entries.", size=size)
    return LogHead(*row)


def published(session: Session, campaign_id: int, *, limit: int = 30) -> tuple[LogHead, ...]:
    """The heads published last, the newest first."""
    return tuple(LogHead(*row) for row in session.execute(_heads(campaign_id).limit(limit)))


def entries(session: Session, campaign_id: int, start: int, end: int) -> tuple[LogEntry, ...]:
    """Published entries from `start` up to `end`, at most MOST_ENTRIES."""
    end = min(end, start + MOST_ENTRIES, head(session, campaign_id).size)
    return tuple(_entries(session, campaign_id, start, end))


def consistency(session: Session, campaign_id: int, first: int, second: int) -> tuple[bytes, ...]:
    """The hashes that lead from one published head to a later one; NotFoundError when either was none."""
    for size in {first, second} - {0}:
        head_of_size(session, campaign_id, size)
    if first > second:
        raise NotFoundError("The log was never published with %(size)s entries.", size=first)
    return tuple(consistency_proof(first, second, StoredTree(session, campaign_id)))


def inclusion(session: Session, campaign_id: int, position: int, size: int) -> InclusionProof:
    """The proof that an entry is in the log as published at a size; NotFoundError when it is not."""
    head_of_size(session, campaign_id, size)
    if not 0 <= position < size:
        raise NotFoundError("The log has no entry %(position)s.", position=position)
    (entry,) = _entries(session, campaign_id, position, position + 1)
    hashes = inclusion_proof(position, size, StoredTree(session, campaign_id))
    return InclusionProof(entry, position, size, tuple(hashes))


def receipt_of(session: Session, signature_id: int) -> ReceiptShown | None:
    """The proof that a signature is counted; None while the log does not hold it."""
    entry = count_log_entry.c
    row = session.execute(
        select(entry.campaign_id, entry.position, entry.nonce, campaign.c.slug)
        .join(campaign, campaign.c.id == entry.campaign_id)
        .where(entry.signature_id == signature_id, entry.nonce.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    newest = head(session, row.campaign_id)
    proof = inclusion(session, row.campaign_id, row.position, newest.size)
    return ReceiptShown(row.slug, row.nonce, newest, proof)


def _heads(campaign_id: int) -> Select[int, int, bytes, date]:
    columns = (count_log_head.c[name] for name in ("size", "signed", "root", "published_on"))
    return (
        select(*columns)
        .where(count_log_head.c.campaign_id == campaign_id)
        .order_by(count_log_head.c.size.desc())
    )


def _entries(session: Session, campaign_id: int, start: int, end: int) -> list[LogEntry]:
    entry = count_log_entry.c
    rows = session.execute(
        select(entry.kind, entry.blind)
        .where(entry.campaign_id == campaign_id, entry.position >= start, entry.position < end)
        .order_by(entry.position)
    )
    return [LogEntry(LogEntryKind(row.kind), row.blind) for row in rows]
