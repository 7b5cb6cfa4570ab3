"""What happened on each day, in numbers that outlive the people they count."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.daily_figures import Dimension, Figure
from campaign.store.tables.base import Base, UtcDateTime, word


class DailyFigure(Base):
    """How many of one thing a campaign had on one day; the `key` is a language, a country and so on.

    Days begin at midnight by the desk's clock, as it was set when the day's figures were added up.
    """

    __tablename__ = "daily_figure"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    dimension: Mapped[Dimension] = mapped_column(word(Dimension), primary_key=True)
    what: Mapped[Figure] = mapped_column(word(Figure), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class FigureDelta(Base):
    """What has just happened, until a worker adds it to the figures of its day, some seconds later.

    Whoever acts adds a row of their own and waits for nobody. It does not say whose act it was.
    """

    __tablename__ = "figure_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None]
    what: Mapped[Figure] = mapped_column(word(Figure))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    language: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str | None] = mapped_column(String(2))
    source: Mapped[str | None] = mapped_column(String(80))
    official_id: Mapped[int | None]
    own_words: Mapped[str | None] = mapped_column(String(3))
