"""Reports of providers about emails."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.events import EventKind, SuppressionSource
from campaign.store.tables.base import Base, UtcDateTime, word


class DeliveryEvent(Base):
    """A provider's later report; it may come twice, so its own id is unique, and it may come in any order.

    Nothing personal is kept of it: the email is known by its opaque id. `official_id` is written when
    the report is processed and tells whether that office takes our mail at its present address.
    """

    __tablename__ = "delivery_event"
    __table_args__ = (
        Index(
            "ix_delivery_event_waiting",
            "id",
            sqlite_where=sql("processed_at IS NULL"),
            postgresql_where=sql("processed_at IS NULL"),
        ),
        Index("ix_delivery_event_public_id", "public_id"),
        # The latest word on whether an office takes our mail: a few rows at the end of one range.
        Index(
            "ix_delivery_event_official",
            "official_id",
            "occurred_at",
            sqlite_where=sql("official_id IS NOT NULL"),
            postgresql_where=sql("official_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), unique=True)
    public_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[EventKind] = mapped_column(word(EventKind))
    reason: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[SuppressionSource] = mapped_column(
        word(SuppressionSource), server_default=sql("'sendgrid'")
    )
    official_id: Mapped[int | None]
