"""Reading the figures: by day, and for a span of days by whatever they are counted by.

A day has at most some hundred figures, so that no answer takes longer as signatures grow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Dimension, Figure
from campaign.store.tables.core import daily_figure

DAYS = 30
Cells = Mapping[Figure, Mapping[str, int]]


@dataclass(frozen=True)
class DayFigures:
    """The numbers of one day, or of a week that begins with it."""

    day: date
    numbers: Mapping[Figure, int]

    def of(self, what: Figure | str) -> int:
        """How many of one thing."""
        return self.numbers.get(Figure(what), 0)


def days(session: Session, campaign_id: int, *, until: date, number: int = DAYS) -> tuple[DayFigures, ...]:
    """The last days up to and with `until`, those without a figure too, the oldest first."""
    first = until - timedelta(days=number - 1)
    found = _by_day(session, campaign_id, first, until)
    return tuple(
        DayFigures(day, found.get(day, {})) for day in (first + timedelta(days=n) for n in range(number))
    )


def first_day(session: Session, campaign_id: int) -> date | None:
    """The first day of which there is a figure."""
    first: date | None = session.scalar(
        select(func.min(daily_figure.c.day)).where(
            daily_figure.c.campaign_id == campaign_id, daily_figure.c.dimension == Dimension.ALL
        )
    )
    return first


def weeks(session: Session, campaign_id: int, *, until: date) -> tuple[DayFigures, ...]:
    """The whole time in weeks from Monday on, those without a figure too, the oldest first."""
    found = _by_day(session, campaign_id, None, until)
    if not found:
        return ()
    together: dict[date, dict[Figure, int]] = {}
    monday, last = _monday(min(found)), _monday(until)
    while monday <= last:
        together[monday] = {}
        monday += timedelta(days=7)
    for day, numbers in found.items():
        for what, number in numbers.items():
            week = together[_monday(day)]
            week[what] = week.get(what, 0) + number
    return tuple(DayFigures(*week) for week in together.items())


def all_time(
    session: Session,
    campaign_id: int,
    dimension: Dimension,
    *,
    what: Figure | None = None,
    since: date | None = None,
) -> dict[Figure, dict[str, int]]:
    """The sums of a span, or of the whole time, by whatever they are counted by, the largest first."""
    number = func.sum(daily_figure.c.number).label("sum")
    statement = (
        select(daily_figure.c.what, daily_figure.c.key, number)
        .where(daily_figure.c.campaign_id == campaign_id, daily_figure.c.dimension == dimension)
        .group_by(daily_figure.c.what, daily_figure.c.key)
        .having(func.sum(daily_figure.c.number) != 0)
        .order_by(number.desc(), daily_figure.c.key)
    )
    if since is not None:
        statement = statement.where(daily_figure.c.day >= since)
    if what is not None:
        statement = statement.where(daily_figure.c.what == what)
    sums: dict[Figure, dict[str, int]] = {}
    for row in session.execute(statement):
        sums.setdefault(row.what, {})[row.key] = int(row.sum)
    return sums


def confirmed_lately(
    session: Session, campaign_ids: Iterable[int], *, until: date, number: int = DAYS
) -> dict[int, tuple[int, ...]]:
    """How many confirmed on each of the last days, for several campaigns at once."""
    first = until - timedelta(days=number - 1)
    lately = {campaign_id: [0] * number for campaign_id in campaign_ids}
    rows = session.execute(
        select(daily_figure.c.campaign_id, daily_figure.c.day, daily_figure.c.number).where(
            daily_figure.c.campaign_id.in_(lately),
            daily_figure.c.dimension == Dimension.ALL,
            daily_figure.c.what == Figure.CONFIRMED,
            daily_figure.c.day.between(first, until),
        )
    )
    for campaign_id, day, confirmed in rows:
        lately[campaign_id][(day - first).days] = confirmed
    return {campaign_id: tuple(numbers) for campaign_id, numbers in lately.items()}


def _by_day(
    session: Session, campaign_id: int, first: date | None, until: date
) -> dict[date, dict[Figure, int]]:
    statement = select(daily_figure.c.day, daily_figure.c.what, daily_figure.c.number).where(
        daily_figure.c.campaign_id == campaign_id,
        daily_figure.c.dimension == Dimension.ALL,
        daily_figure.c.day <= until,
    )
    if first is not None:
        statement = statement.where(daily_figure.c.day >= first)
    found: dict[date, dict[Figure, int]] = {}
    for day, what, number in session.execute(statement):
        found.setdefault(day, {})[what] = number
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
