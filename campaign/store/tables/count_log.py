"""The log behind a campaign's count, of which nothing is ever changed or taken out."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.count_log import LogEntryKind
from campaign.store.tables.base import Base, word
from campaign.store.tables.encrypted import EncryptedBytes

# Spelled out, since SQLite finds an index only by the words it was made with.
IS_ERASED = text("count_log_entry.stands IS TRUE AND count_log_entry.signature_id IS NULL")


class CountLogEntry(Base):
    """One entry; `position` counts from 0.

    `nonce` and `signature_id` lead to who signed, for the signer alone, and are gone when the person is. With
    the nonce one could try whose address an entry is made of: it is encrypted. `stands` says that the entry
    has a signature which no later entry has taken back.
    """

    __tablename__ = "count_log_entry"
    __table_args__ = (
        Index(
            "ix_count_log_entry_signature_id",
            "signature_id",
            sqlite_where=text("signature_id IS NOT NULL"),
            postgresql_where=text("signature_id IS NOT NULL"),
        ),
        Index(
            "ix_count_log_entry_erased",
            "campaign_id",
            sqlite_where=text("stands IS TRUE AND signature_id IS NULL"),
            postgresql_where=text("stands IS TRUE AND signature_id IS NULL"),
        ),
        {"info": {"walked_by": "signature_id"}},
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LogEntryKind] = mapped_column(word(LogEntryKind))
    blind: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[bytes | None] = mapped_column(EncryptedBytes("count_log_entry.nonce"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"))
    stands: Mapped[bool] = mapped_column(Boolean, server_default=false())


class CountLogNode(Base):
    """The hash of a full run of 256 hashes of the level below; level 1 is of runs of entries."""

    __tablename__ = "count_log_node"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class CountLogHead(Base):
    """What was published: the number of entries, how many of them say signed, and the root over them."""

    __tablename__ = "count_log_head"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    signed: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    published_on: Mapped[date] = mapped_column(Date)
