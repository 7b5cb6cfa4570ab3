"""Counts that only grow, kept in the database so that they are those of all workers there ever were."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.events import EventKind
from campaign.domain.outcomes import (
    Accepted,
    Deferred,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unknown,
)
from campaign.store.statements import inserting
from campaign.store.tables.core import outcome_count

# What a worker returned untried is no outcome.
_WORDS: Mapping[type[Outcome], str] = {
    Accepted: "accepted",
    NotSent: "not_sent",
    Deferred: "deferred",
    Throttled: "throttled",
    Refused: "refused",
    Unauthorized: "unauthorized",
    Unknown: "unknown",
}
# Reports come after the fact, by whatever provider: they are counted under no name.
REPORTS = ""


Key = tuple[str, str]


def key_of(provider: str, outcome: Outcome) -> Key | None:
    """What an outcome is counted as; None when it is none."""
    word = _WORDS.get(type(outcome))
    return (provider, word) if word else None


def add(session: Session, counts: Mapping[Key, int]) -> None:
    """Count what happened since the last time; in one order, so that no two writers wait for each other."""
    for (provider, outcome), number in sorted(counts.items()):
        statement = inserting(session, outcome_count).values(
            provider=provider, outcome=outcome, number=number
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["provider", "outcome"],
                set_={"number": outcome_count.c.number + statement.excluded.number},
            )
        )


def add_reports(session: Session, kinds: Iterable[EventKind]) -> None:
    """Count reports that were read, each of which comes to this once."""
    counts: dict[Key, int] = {}
    for kind in kinds:
        key = (REPORTS, kind.value)
        counts[key] = counts.get(key, 0) + 1
    add(session, counts)


def outcomes(session: Session) -> dict[Key, int]:
    """How often each provider's answer was what, reports left out."""
    rows = session.execute(
        select(outcome_count).where(outcome_count.c.provider != REPORTS).order_by(*outcome_count.primary_key)
    )
    return {(row.provider, row.outcome): row.number for row in rows}


def reports(session: Session) -> dict[str, int]:
    """How many reports of each kind were read."""
    rows = session.execute(
        select(outcome_count).where(outcome_count.c.provider == REPORTS).order_by(outcome_count.c.outcome)
    )
    return {row.outcome: row.number for row in rows}
