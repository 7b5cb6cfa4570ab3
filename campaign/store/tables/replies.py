"""What offices answer, and what organizers make of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.replies import ReplyState
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedJson, EncryptedText


class Reply(Base):
    """One answer to one message.

    Of a published one whose supporter has erased theirs, only the `summary` is left.

    `mail_hash` knows a mail that comes a second time. `written` and `quoted` are the answer's text in two;
    `attachments` are names, kinds and sizes. `summary` is the organizers' own, and alone is ever public.
    `emptied_at` is when all but it was deleted.
    """

    __tablename__ = "reply"
    __table_args__ = (
        # A message's answers of a day, and what erasing a supporter takes with it.
        Index("ix_reply_message_id", "message_id", "received_at"),
        # The desk lists answers apart from automatic ones, newest first, and counts both for each official.
        Index("ix_reply_listed", "campaign_id", "is_automatic", "id"),
        Index("ix_reply_of_official", "official_id", "is_automatic", "id"),
        Index(
            "ix_reply_published",
            "campaign_id",
            "id",
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        # Retention looks at the oldest whose words are there.
        Index(
            "ix_reply_kept",
            "id",
            sqlite_where=text("emptied_at IS NULL"),
            postgresql_where=text("emptied_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_hash: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sender_name: Mapped[str] = mapped_column(EncryptedText("reply.sender_name"))
    sender_address: Mapped[str] = mapped_column(EncryptedText("reply.sender_address"))
    subject: Mapped[str] = mapped_column(EncryptedText("reply.subject"))
    written: Mapped[str] = mapped_column(EncryptedText("reply.written"))
    quoted: Mapped[str] = mapped_column(EncryptedText("reply.quoted"))
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJson("reply.attachments"))
    is_automatic: Mapped[bool] = mapped_column(Boolean)
    passed_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[ReplyState] = mapped_column(word(ReplyState))
    summary: Mapped[str | None] = mapped_column(Text)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
