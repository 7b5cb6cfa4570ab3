"""Supporters, their signatures, and what they write."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.official import Channel
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.store.tables.base import Base, UtcDateTime, word


class Supporter(Base):
    """A person we know, unique by the keyed hash of their canonical address."""

    __tablename__ = "supporter"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signature(Base):
    """A supporter's act on one campaign; `revision` goes up when an unconfirmed one is sent in again.

    `anonymized_at` is when all that tells who signed was deleted, so that no more than the count is left.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("campaign_id", "supporter_id"),
        # The page's latest names are one range of this index, whatever the number of signatures.
        Index(
            "ix_signature_shown",
            "campaign_id",
            "confirmed_at",
            "id",
            sqlite_where=text("state = 'confirmed' AND visibility != 'hidden'"),
            postgresql_where=text("state = 'confirmed' AND visibility != 'hidden'"),
        ),
        # Exports and the desk walk confirmed supporters in the order of confirmation.
        Index("ix_signature_state", "campaign_id", "state", "id"),
        Index("ix_signature_supporter_id", "supporter_id"),
        # The desk reads from it how many confirmed since a time: one look, not a count.
        Index(
            "ix_signature_confirmed_at",
            "campaign_id",
            "confirmed_at",
            "number",
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"))
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    state: Mapped[SignatureState] = mapped_column(word(SignatureState))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    name: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[Capacity] = mapped_column(word(Capacity))
    organization: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    updates: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(80))
    number: Mapped[int | None]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anonymized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Base):
    """What a supporter agreed to, in the words and the language they read."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    wording: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One supporter's personal text to one official; what is sent of it is an OutboxEmail.

    `own_words` says, once it is confirmed, how much of it is their own (0 to 100); None without any words.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("signature_id", "official_id"),
        Index("ix_message_official_id", "official_id"),
        # What the desk prints for one official is one range of it, however many messages went by email.
        Index(
            "ix_message_by_hand",
            "official_id",
            "id",
            sqlite_where=text("channel = 'hand'"),
            postgresql_where=text("channel = 'hand'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    channel: Mapped[Channel] = mapped_column(word(Channel))
    subject: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    stressed_asks: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_words: Mapped[int | None]


class LinkToken(Base):
    """A link in a mail: its hash, and the one thing it may do to one signature."""

    __tablename__ = "link_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(word(TokenPurpose))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
