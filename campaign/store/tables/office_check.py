"""What is kept of each message so that its office can check it."""

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class OfficeCheck(Base):
    """The code of one message, or of one email that holds many; `text_hash` is keyed, and of the whole text.

    It names nobody and goes with the message. `messages` were confirmed by their writers from `first_on` to
    `last_on`; `with_words` of them hold words of their own.
    """

    __tablename__ = "office_check"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    digest_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbox_email.id", ondelete="CASCADE"), unique=True
    )
    text_hash: Mapped[bytes] = mapped_column(LargeBinary)
    messages: Mapped[int]
    with_words: Mapped[int]
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
