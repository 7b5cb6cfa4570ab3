"""What is kept of each message so that its office can check it, and by which keys manifests are signed."""

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class OfficeCheck(Base):
    """The code of one message, or of one email that holds many; `text_hash` is keyed, and of the whole text.

    It names nobody and goes with the message. `messages` were confirmed by their writers from `first_on` to
    `last_on`; `with_words` of them hold words of their own. Where somebody was forgotten who is in an email
    of many, the code stays good for the others, and the hash goes.
    """

    __tablename__ = "office_check"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    digest_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbox_email.id", ondelete="CASCADE"), unique=True
    )
    text_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    messages: Mapped[int]
    with_words: Mapped[int]
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)


class ManifestKey(Base):
    """The public half of a key that has signed manifests, kept for good: 32 bytes, Ed25519.

    `seal` is a keyed hash of it and its days, without which nobody believes the row. It signed from
    `first_on` to `last_on`, and no manifest of another day is by it.
    """

    __tablename__ = "manifest_key"

    public_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seal: Mapped[bytes] = mapped_column(LargeBinary)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
