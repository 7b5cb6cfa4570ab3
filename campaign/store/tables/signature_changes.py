"""What was changed of signatures that stand, and which messages organizers come back to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base, UtcDateTime
from campaign.store.tables.encrypted import EncryptedJson


class SignatureChange(Base):
    """One change: which fields, and when. It goes with its signature, and when that is anonymized.

    An organizer's correction has `before`, what the fields held, so that it can be undone, and a `reason`;
    of what supporters change themselves no value is kept.
    """

    __tablename__ = "signature_change"
    __table_args__ = (Index("ix_signature_change_signature_id", "signature_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    fields: Mapped[list[Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("signature_change.before"))
    reason: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageMark(Base):
    """A message that an organizer has marked to come back to; nothing of it is public."""

    __tablename__ = "message_mark"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
