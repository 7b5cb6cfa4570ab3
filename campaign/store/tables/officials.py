"""Officials: whom a letter is written to or copied to."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.states import OfficialRole
from campaign.store.tables.base import Base, UtcDateTime, word


class Official(Base):
    """A person in an office, in the letter's order; without `email` messages are printed and handed over.

    `longest_message` is how many characters of a supporter's own words the office takes; None for as many as
    the form does.
    """

    __tablename__ = "official"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[OfficialRole] = mapped_column(word(OfficialRole))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    office: Mapped[str | None] = mapped_column(Text)
    address: Mapped[list[str]] = mapped_column(JSON)
    salutation: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    hourly_rate: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    longest_message: Mapped[int | None]
