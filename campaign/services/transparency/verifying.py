"""Whether the log behind a count still is what was published of it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.count_log import LogEntry, LogEntryKind, LogHead
from campaign.domain.merkle import GrowingRoot, root
from campaign.errors import ConflictError
from campaign.services.transparency.reading import StoredTree, head
from campaign.store.tables import Campaign
from campaign.store.tables.core import count_log_entry, count_log_head

AT_A_TIME = 10_000


@dataclass(frozen=True)
class LogState:
    """A log that is whole: its newest head, and how many signatures count by now."""

    head: LogHead
    heads: int
    signature_count: int


def verify(session: Session, campaign_id: int) -> LogState:
    """Compare every head with the entries; ConflictError names the first that does not fit.

    Reads the whole log: about two seconds for each million entries, and little memory.
    """
    published = dict(
        session.execute(
            select(count_log_head.c.size, count_log_head.c.root)
            .where(count_log_head.c.campaign_id == campaign_id)
            .order_by(count_log_head.c.size)
        ).all()
    )
    growing, signed = GrowingRoot(), 0
    entry = count_log_entry.c
    statement = (
        select(entry.position, entry.kind, entry.blind)
        .where(entry.campaign_id == campaign_id)
        .order_by(entry.position)
    )
    with session.execute(statement, execution_options={"yield_per": AT_A_TIME}) as rows:
        for row in rows:
            if row.position != growing.size:
                raise _does_not_fit(growing.size)
            growing.append(LogEntry(LogEntryKind(row.kind), row.blind).content)
            signed += row.kind is LogEntryKind.SIGNED
            if growing.size in published and published[growing.size] != growing.root():
                raise _does_not_fit(growing.size)
    newest = head(session, campaign_id)
    if (newest.size, newest.signed) != (growing.size, signed):
        raise _does_not_fit(growing.size)
    if newest.root != root(newest.size, StoredTree(session, campaign_id)):
        raise _does_not_fit(growing.size)
    count = session.scalar(select(Campaign.signature_count).where(Campaign.id == campaign_id))
    return LogState(newest, len(published), count or 0)


def _does_not_fit(size: int) -> ConflictError:
    return ConflictError("At entry %(size)s, the log differs from what was published.", size=size)
