"""What somebody may be quoted with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.quotes import QuoteNaming, QuoteState
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedText


class Quote(Base):
    """One supporter who was asked whether they may be quoted: the key keeps anybody from being asked twice.

    While it is *proposed* by `asked_by`, a second person has not agreed, and no email has been written.

    Without their yes it holds no word of theirs. With it, `words` are what they saw, `wording` what they
    agreed to, and `place` is where it stands on the letter's page, None where it does not.
    """

    __tablename__ = "quote"
    __table_args__ = (Index("ix_quote_campaign_id", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), unique=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    state: Mapped[QuoteState] = mapped_column(word(QuoteState))
    words: Mapped[str | None] = mapped_column(EncryptedText("quote.words"))
    language: Mapped[str] = mapped_column(String(20))
    naming: Mapped[QuoteNaming | None] = mapped_column(word(QuoteNaming))
    wording: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[int | None]
