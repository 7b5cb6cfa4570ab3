"""Reports of providers about emails."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.events import EventKind
from campaign.store.tables.base import Base, UtcDateTime, word


class DeliveryEvent(Base):
    """A provider's later report; it may come twice, so its own id is unique, and it may come in any order.

    Nothing personal is kept of it: the email is known by its opaque id.
    """

    __tablename__ = "delivery_event"
    __table_args__ = (
        Index(
            "ix_delivery_event_waiting",
            "id",
            sqlite_where=sql("digested_at IS NULL"),
            postgresql_where=sql("digested_at IS NULL"),
        ),
        Index("ix_delivery_event_public_id", "public_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), unique=True)
    public_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[EventKind] = mapped_column(word(EventKind))
    reason: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
