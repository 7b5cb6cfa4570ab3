"""All that organizers see of a campaign's figures, put together for a span of days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Dimension, Figure, median_band, merged, personal
from campaign.services.statistics.reading import DAYS, DayFigures, all_time, days, first_day, weeks


@dataclass(frozen=True)
class OfficialFigures:
    """Messages to one official: written by those who confirmed, and accepted by a provider."""

    official_id: int
    written: int
    sent: int


@dataclass(frozen=True)
class Statistics:
    """A campaign's figures from `first` to `last`; `steps` are days, or weeks where `is_whole`.

    The sums by language, country and source are of confirmations, the largest first; those who gave none are
    in none of them. `median` are percent of own words, of messages that have any.
    """

    first: date
    last: date
    steps: tuple[DayFigures, ...]
    is_whole: bool
    totals: Mapping[Figure, int]
    languages: Mapping[str, int]
    countries: Mapping[str, int]
    sources: Mapping[str, int]
    officials: tuple[OfficialFigures, ...]
    personal: int
    median: tuple[int, int] | None

    def of(self, what: Figure | str) -> int:
        """How many of one thing in the whole span."""
        return self.totals.get(Figure(what), 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has happened in the span."""
        return not any(self.totals.values())


def statistics(
    session: Session, campaign_id: int, *, today: date, is_whole: bool, merges_small: bool = False
) -> Statistics:
    """The figures of the last 30 days, or of the whole time; with `merges_small`, nobody's alone."""
    since = None if is_whole else today - timedelta(days=DAYS - 1)

    def by(dimension: Dimension, what: Figure = Figure.CONFIRMED) -> Mapping[str, int]:
        cells = all_time(session, campaign_id, dimension, what=what, since=since).get(what, {})
        return merged(cells) if merges_small else cells

    whole = all_time(session, campaign_id, Dimension.ALL, since=since)
    of_officials = all_time(session, campaign_id, Dimension.OFFICIAL, since=since)
    written, sent = (of_officials.get(what, {}) for what in (Figure.WRITTEN, Figure.SENT))
    bands = all_time(session, campaign_id, Dimension.OWN_WORDS, since=since).get(Figure.WRITTEN, {})
    return Statistics(
        first=first_day(session, campaign_id) or today if since is None else since,
        last=today,
        steps=weeks(session, campaign_id, until=today)
        if is_whole
        else days(session, campaign_id, until=today),
        is_whole=is_whole,
        totals={what: sum(cells.values()) for what, cells in whole.items()},
        languages=by(Dimension.LANGUAGE),
        countries=by(Dimension.COUNTRY),
        sources=by(Dimension.SOURCE),
        officials=tuple(
            OfficialFigures(int(key), written.get(key, 0), sent.get(key, 0))
            for key in dict.fromkeys((*written, *sent))
        ),
        personal=personal(bands),
        median=median_band(bands),
    )
