"""Documents that the worker makes: the letter and the sign-on sheet as PDF."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.pdf_documents import PdfKind
from campaign.store.tables.base import Base, UtcDateTime, word


class Document(Base):
    """One PDF, ordered, being made, or made; `cache_key` names all that it shows.

    It is kept here and not in a file, so that any machine's web can show what any machine's worker made, and
    what a supporter erases is gone from all of them. `version` is the campaign's without its
    `name_additions` when it was ordered: once the campaign has another, somebody may have withdrawn, and the
    document is shown no more.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_campaign_id", "campaign_id", "kind", "language", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cache_key: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    kind: Mapped[PdfKind] = mapped_column(word(PdfKind))
    language: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
