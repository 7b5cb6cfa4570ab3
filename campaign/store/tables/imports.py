"""Signatures that organizers enter: from paper, and from lists kept elsewhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Text, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.imports import ImportSource, ImportState
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedBytes


class SignatureImport(Base):
    """One run that enters signatures on an organizer's word; it can be undone as a whole.

    `rows` is the table as it was read, compressed, and goes as soon as it has been entered. `note` is the
    evidence: where the sheets or the list are kept. `mapping` says which column holds what, and `expected`
    how many rows are to be entered; of those `looked_at`, some were `entered` and some `known` before.
    """

    __tablename__ = "signature_import"
    __table_args__ = (
        Index("ix_signature_import_campaign_id", "campaign_id", "id"),
        Index(
            "ix_signature_import_under_way",
            "id",
            sqlite_where=sql("state = 'running' OR state = 'undoing'"),
            postgresql_where=sql("state = 'running' OR state = 'undoing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    source: Mapped[ImportSource] = mapped_column(word(ImportSource))
    state: Mapped[ImportState] = mapped_column(word(ImportState))
    note: Mapped[str] = mapped_column(Text)
    asks_to_confirm: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    rows: Mapped[bytes | None] = mapped_column(EncryptedBytes("signature_import.rows"))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expected: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    looked_at: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    entered: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    known: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    undone: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
