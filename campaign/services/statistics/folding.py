"""Adding what has happened to the figures of its day: one worker at a time, in one order, in steps."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import MOST_SOURCES, OTHER, SMALL_CELL, Dimension, Figure
from campaign.domain.rate_limit import local_day
from campaign.services.statistics.reading import all_time
from campaign.services.statistics.recording import Act
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.statements import inserting
from campaign.store.tables.core import campaign, daily_figure, figure_delta, official

# Some hundredths of a second of writing; what is more follows in the next transaction.
BATCH = 2_000
_Delta = Row[*tuple[Any, ...]]


class _Cell(NamedTuple):
    """A figure's key, in the order in which every writer goes through them."""

    campaign_id: int
    dimension: Dimension
    what: Figure
    day: date
    key: str


def is_due(session: Session) -> bool:
    """Whether anything waits to be counted."""
    return session.execute(select(figure_delta.c.id).limit(1)).first() is not None


def fold(session: Session, *, time_zone: str | None, limit: int = BATCH) -> bool:
    """Count what has happened since the last time; whether more waits. Days are those of `time_zone`."""
    take_advisory_lock(session, AdvisoryLock.FIGURES)
    first = select(figure_delta.c.id).order_by(figure_delta.c.id).limit(limit)
    deltas = session.execute(
        delete(figure_delta).where(figure_delta.c.id.in_(first)).returning(*figure_delta.c)
    ).all()
    if not deltas:
        return False
    count_all(session, deltas, time_zone=time_zone)
    return len(deltas) == limit


def count_all(session: Session, acts: Sequence[Act | _Delta], *, time_zone: str | None) -> None:
    """Add acts to the figures of their days at once."""
    counter = _Counter(session, acts, time_zone=time_zone)
    for act in acts:
        counter.count(act)
    add_to_figures(session, counter.cells)


def add_to_figures(session: Session, cells: Mapping[Any, int]) -> None:
    """Add to figures, or begin them; always in one order."""
    rows = [
        {**dict(zip(_Cell._fields, cell, strict=True)), "number": number}
        for cell, number in sorted(cells.items())
        if number
    ]
    if rows:
        new = inserting(session, daily_figure)
        statement = new.on_conflict_do_update(
            index_elements=list(daily_figure.primary_key),
            set_={"number": daily_figure.c.number + new.excluded.number},
        )
        session.execute(statement, rows)


def merge_rare(session: Session, campaign_id: int) -> None:
    """Put sources and countries of very few signers together, once it is no longer known who signed."""
    take_advisory_lock(session, AdvisoryLock.FIGURES)
    for dimension in (Dimension.SOURCE, Dimension.COUNTRY):
        confirmed = all_time(session, campaign_id, dimension).get(Figure.CONFIRMED, {})
        rare = [key for key, number in confirmed.items() if number < SMALL_CELL and key != OTHER]
        if not rare:
            continue
        rows = session.execute(
            delete(daily_figure)
            .where(
                daily_figure.c.campaign_id == campaign_id,
                daily_figure.c.dimension == dimension,
                daily_figure.c.key.in_(rare),
            )
            .returning(daily_figure.c.what, daily_figure.c.day, daily_figure.c.number)
        ).all()
        together: Counter[_Cell] = Counter()
        for row in rows:
            together[_Cell(campaign_id, dimension, row.what, row.day, OTHER)] += row.number
        add_to_figures(session, together)


class _Counter:
    """Counts the deltas of one round; what it looks up, it looks up once."""

    def __init__(self, session: Session, deltas: Sequence[Act | _Delta], *, time_zone: str | None) -> None:
        self._session = session
        self._time_zone = time_zone
        ids = {row.official_id for row in deltas if row.campaign_id is None}
        found = select(official.c.id, official.c.campaign_id).where(official.c.id.in_(ids))
        self._by_official = {row.id: row.campaign_id for row in session.execute(found)} if ids else {}
        named = {row.campaign_id for row in deltas} | set(self._by_official.values())
        self._campaigns = set(session.scalars(select(campaign.c.id).where(campaign.c.id.in_(named))))
        self._sources: dict[int, set[str]] = {}
        self.cells: Counter[_Cell] = Counter()

    def count(self, row: Act | _Delta) -> None:
        """Count one delta in each of its dimensions; one whose campaign is gone is nobody's."""
        campaign_id: int = row.campaign_id or self._by_official.get(row.official_id or 0, 0)
        if campaign_id not in self._campaigns:
            return
        day = local_day(row.at, self._time_zone)
        for dimension, key in self._keys(campaign_id, row):
            self.cells[_Cell(campaign_id, dimension, row.what, day, key)] += row.number

    def _keys(self, campaign_id: int, row: Act | _Delta) -> Iterator[tuple[Dimension, str]]:
        yield Dimension.ALL, ""
        if row.language:
            yield Dimension.LANGUAGE, row.language
        if row.country:
            yield Dimension.COUNTRY, row.country
        if row.source:
            yield Dimension.SOURCE, self._source(campaign_id, row.source)
        if row.official_id is not None:
            yield Dimension.OFFICIAL, str(row.official_id)
        if row.own_words is not None:
            yield Dimension.OWN_WORDS, row.own_words

    def _source(self, campaign_id: int, source: str) -> str:
        """The source as it is counted: one of the first MOST_SOURCES, or with all others."""
        if campaign_id not in self._sources:
            self._sources[campaign_id] = set(self._known_sources(campaign_id))
        known = self._sources[campaign_id]
        if source not in known and len(known) >= MOST_SOURCES:
            return OTHER
        known.add(source)
        return source

    def _known_sources(self, campaign_id: int) -> Iterable[str]:
        return self._session.scalars(
            select(daily_figure.c.key)
            .where(
                daily_figure.c.campaign_id == campaign_id,
                daily_figure.c.dimension == Dimension.SOURCE,
                daily_figure.c.what == Figure.CONFIRMED,
            )
            .distinct()
        )
