"""Writing down that something happened, beside the act itself: a row of its own, so that nobody waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from campaign.domain.daily_figures import Figure
from campaign.store.prepared import Prepared, Transaction
from campaign.store.tables.core import figure_delta

_COLUMNS = (
    *("campaign_id", "what", "at", "number"),
    *("language", "country", "source", "official_id", "own_words"),
)
_INSERT = Prepared(insert(figure_delta), columns=_COLUMNS)


# Midnight is a multiple of it away from that of Greenwich, wherever one is.
_QUARTER = 15


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that happened so many times; by whatever is None it is not counted.

    Without a `campaign_id` it is that of the official's letter.
    """

    what: Figure
    at: datetime
    campaign_id: int | None = None
    number: int = 1
    language: str | None = None
    country: str | None = None
    source: str | None = None
    official_id: int | None = None
    own_words: str | None = None


def quarter_of(moment: datetime) -> datetime:
    """The quarter of an hour that a moment is in: acts of one may be counted together."""
    return moment.replace(minute=moment.minute // _QUARTER * _QUARTER, second=0, microsecond=0)


def add(transaction: Transaction, acts: Iterable[Act]) -> None:
    """Let a worker count these, if the transaction they happened in comes to its end."""
    rows = [vars(act) for act in acts if act.number]
    if rows:
        _INSERT.many(transaction, rows)
