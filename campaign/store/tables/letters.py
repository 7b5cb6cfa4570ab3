"""Letters: versions, their asks, and who signed first."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.campaign import TranslationState
from campaign.domain.letter import SignatoryKind
from campaign.store.tables.base import Base, UtcDateTime, word


class LetterVersion(Base):
    """The joint text in one language; once anyone has signed it, a correction is a new number.

    The original has no `translation_state`. A translation has one, and `source_version_id` names the version
    of the original that it was made from. `wording` goes up with each material change of the original: who
    signed stays counted for the wording they signed. `signatures` is how many that count were made with this
    version when a worker last counted them.
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
    wording: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    signatures: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Ask(Base):
    """One titled demand inside a version of the letter; `position` counts from 1 and names its anchor.

    `first_id` is the ask of the version in which this one first stood, whatever its place was there; None
    for itself. By that id an ask is known in all versions and translations, and in what supporters stress.
    """

    __tablename__ = "ask"
    __table_args__ = (UniqueConstraint("letter_version_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id", ondelete="CASCADE"))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("ask.id", ondelete="SET NULL"))
    position: Mapped[int]
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class InitialSignatory(Base):
    """Who signed before the page opened, in the organizer's own order.

    With `for_identification` the organization beside a person's name only says who they are. One with a
    `signature_id` signed on the page, counts there, and goes with the signature.
    """

    __tablename__ = "initial_signatory"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[SignatoryKind] = mapped_column(word(SignatoryKind))
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    organization: Mapped[str | None] = mapped_column(Text)
    for_identification: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    signature_id: Mapped[int | None] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), unique=True
    )


class LetterImport(Base):
    """A letter that an organizer is looking at before it becomes a campaign; deleted after a day.

    `content` is the file as it came, `roles` what each of its lines is by now, `read` what was read by such
    roles last: all of them compressed. `slug` and `language` are as they were typed.
    """

    __tablename__ = "letter_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    roles: Mapped[bytes] = mapped_column(LargeBinary)
    read: Mapped[bytes] = mapped_column(LargeBinary)
    slug: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
