"""Letters: versions, their asks, and who signed first."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.campaign import TranslationState
from campaign.domain.letter import SignatoryKind
from campaign.store.tables.base import Base, UtcDateTime, word


class LetterVersion(Base):
    """The joint text in one language; once anyone has signed it, a correction is a new number.

    The original has no `translation_state`. A translation has one, and `source_version_id` names the version
    of the original that it was made from.
    """

    __tablename__ = "letter_version"
    __table_args__ = (UniqueConstraint("campaign_id", "language", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    title: Mapped[str | None] = mapped_column(Text)
    page_on: Mapped[date | None]
    dated_on: Mapped[date | None]
    addressees: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    subject: Mapped[str | None] = mapped_column(Text)
    salutation: Mapped[str | None] = mapped_column(Text)
    introduction: Mapped[list[str]] = mapped_column(JSON)
    conclusion: Mapped[list[str]] = mapped_column(JSON)
    closing: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    translation_state: Mapped[TranslationState | None] = mapped_column(word(TranslationState))
    source_version_id: Mapped[int | None] = mapped_column(ForeignKey("letter_version.id", ondelete="CASCADE"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Ask(Base):
    """One titled demand inside a version of the letter; `position` counts from 1 and names its anchor.

    Every version and every translation has as many asks as the first version, so that a position says the
    same in all of them: what a supporter stresses is kept as the id of the first version's ask.
    """

    __tablename__ = "ask"
    __table_args__ = (UniqueConstraint("letter_version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class InitialSignatory(Base):
    """Who signed before the page opened, in the organizer's own order."""

    __tablename__ = "initial_signatory"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[SignatoryKind] = mapped_column(word(SignatoryKind))
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    organization: Mapped[str | None] = mapped_column(Text)
