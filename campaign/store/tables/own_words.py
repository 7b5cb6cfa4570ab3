"""What messages have in common with each other, and how many are how much their writers' own."""

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class MessageFingerprint(Base):
    """One keyed hash of a passage that a confirmed message holds: what it says cannot be read from it.

    Few signatures are kept for one hash, so that a text a million people send takes no more room than ten.
    """

    __tablename__ = "message_fingerprint"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class OwnWordsTally(Base):
    """How many confirmed messages of a campaign have one score; NO_WORDS for those without own words."""

    __tablename__ = "own_words_tally"

    NO_WORDS = -1

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    messages: Mapped[int] = mapped_column(server_default=text("0"))
