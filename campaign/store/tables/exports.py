"""Lists and packs that are taken away: saved choices, and files that the worker makes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.prepared_files import PreparedKind
from campaign.store.tables.base import Base, UtcDateTime, word


class SavedChoice(Base):
    """Columns and filter of a list under a name, for the next time; nothing of anybody who signed."""

    __tablename__ = "export_choice"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)


class PreparedFile(Base):
    """A file for one organizer: ordered, being made by a worker, or waiting to be fetched.

    What is in it lies under the instance folder, under `name`, encrypted with `key`, which is nowhere else:
    without the row it is noise. `edition` goes up when somebody in it was erased: it is then made anew.
    `done` of `expected` rows are written; of a pack these are its messages, known once it is made.
    """

    __tablename__ = "prepared_file"
    __table_args__ = (Index("ix_prepared_file_campaign_id", "campaign_id", "organizer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"))
    kind: Mapped[PreparedKind] = mapped_column(word(PreparedKind))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    edition: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    expected: Mapped[int]
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int | None] = mapped_column(BigInteger)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
