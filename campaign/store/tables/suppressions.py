"""Addresses that are not written to."""

from datetime import datetime

from sqlalchemy import Boolean, Index, String, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.events import SuppressionSource
from campaign.domain.suppressions import SuppressionReason
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedText


class Suppression(Base):
    """One reason not to write to one supporter's address, which is known by its keyed hash alone.

    The hash is that of the address as it is spelled: what happens to one spelling keeps nobody else's mail.
    Where `any_spelling` it is that of the canonical address, which earlier versions kept. `masked` is for
    organizers' eyes, and empty once the supporter has erased themselves. A lifted one stays, so that a report
    from before the lift does not bring it back.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        UniqueConstraint("address_hash", "reason"),
        Index(
            "ix_suppression_active",
            "id",
            sqlite_where=sql("lifted_at IS NULL"),
            postgresql_where=sql("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[SuppressionReason] = mapped_column(word(SuppressionReason))
    source: Mapped[SuppressionSource] = mapped_column(word(SuppressionSource))
    masked: Mapped[str] = mapped_column(EncryptedText("suppression.masked"))
    note: Mapped[str | None] = mapped_column(EncryptedText("suppression.note"))
    reports: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    any_spelling: Mapped[bool] = mapped_column(Boolean, server_default=false())
