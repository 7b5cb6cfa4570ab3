"""Officials: whom a letter is written to or copied to."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.digest import USUAL_THRESHOLD, DigestMode
from campaign.domain.official import OfficialPauseCause, OfficialRole
from campaign.store.tables.base import Base, UtcDateTime, word


class Official(Base):
    """A person in an office, in the letter's order; without `email` messages are printed and handed over.

    `longest_message` is how many characters of a supporter's own words the office takes; None for as many as
    the form does.

    While `paused_at` is set nothing is sent. With a `pause_cause` the system did it: until `paused_until`, or
    until an organizer has looked. Reports from before `resumed_at` count no more.

    `digested_on` is the last local day whose digest is done, be it that there was none to send.
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
    sending_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sending_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    daily_limit: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_cause: Mapped[OfficialPauseCause | None] = mapped_column(word(OfficialPauseCause))
    pause_note: Mapped[str | None] = mapped_column(Text)
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_mode: Mapped[DigestMode] = mapped_column(
        word(DigestMode), default=DigestMode.NEVER, server_default=sql("'never'")
    )
    digest_threshold: Mapped[int] = mapped_column(default=USUAL_THRESHOLD, server_default=sql("50"))
    digested_on: Mapped[date | None]
    longest_message: Mapped[int | None]
