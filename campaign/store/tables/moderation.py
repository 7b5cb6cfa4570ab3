"""Signatures that were removed, one by one or by a rule, and how many come from each mail domain."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.doubts import Doubt
from campaign.domain.moderation import InvalidationState
from campaign.domain.name_reports import ReportDecision, ReportReason
from campaign.domain.signature import SignatureState
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedText


class Invalidation(Base):
    """One run that removes every signature which fits a rule, and perhaps restores them.

    `expected` is how many fitted when it was begun. The next signature to look at is the one after
    (`looked_until`, `looked_until_id`), in the order of confirmation.
    """

    __tablename__ = "invalidation"
    __table_args__ = (
        Index("ix_invalidation_campaign_id", "campaign_id", "id"),
        Index(
            "ix_invalidation_under_way",
            "id",
            sqlite_where=sql("state = 'running' OR state = 'undoing'"),
            postgresql_where=sql("state = 'running' OR state = 'undoing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    state: Mapped[InvalidationState] = mapped_column(word(InvalidationState))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expected: Mapped[int]
    invalidated: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    restored: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    looked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looked_until_id: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Removal(Base):
    """A signature that is removed, for as long as it is: the state it returns to, and who removed it and why.

    One of a run over many has its `invalidation_id`, where the reason is. One that `is_for_reports` of
    readers is undone with that decision.
    """

    __tablename__ = "removal"
    __table_args__ = (Index("ix_removal_invalidation_id", "invalidation_id", "signature_id"),)

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state_before: Mapped[SignatureState] = mapped_column(word(SignatureState))
    reason: Mapped[str] = mapped_column(Text)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    removed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invalidation_id: Mapped[int | None] = mapped_column(ForeignKey("invalidation.id"))
    is_for_reports: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Clearance(Base):
    """A signature that an organizer has looked at and found in order, and what had spoken against it."""

    __tablename__ = "clearance"

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[Doubt] = mapped_column(word(Doubt), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))


class NameReport(Base):
    """A reader's word that a public name is not what it seems, and what organizers made of it.

    Nothing is known of who sent it. `words` are emptied in time; the rest of what was left as it is stays,
    so that the name is not asked about for the same reason again.
    """

    __tablename__ = "name_report"
    __table_args__ = (
        Index("ix_name_report_signature_id", "signature_id", "reason"),
        Index(
            "ix_name_report_waiting",
            "campaign_id",
            "id",
            sqlite_where=sql("decision IS NULL"),
            postgresql_where=sql("decision IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    reason: Mapped[ReportReason] = mapped_column(word(ReportReason))
    words: Mapped[str] = mapped_column(EncryptedText("name_report.words"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[ReportDecision | None] = mapped_column(word(ReportDecision))


class DomainTally(Base):
    """How many signatures of a campaign were confirmed from one mail domain, of late and as a rule.

    Both numbers fade as `domain.trends` says, and are those of `counted_until`. The domain is empty for all
    together. `rush_seen_at` is when there were last far more than usual.
    """

    __tablename__ = "domain_tally"
    __table_args__ = (
        UniqueConstraint("campaign_id", "domain"),
        Index("ix_domain_tally_counted_until", "counted_until"),
        Index(
            "ix_domain_tally_rush",
            "rush_seen_at",
            sqlite_where=sql("rush_seen_at IS NOT NULL"),
            postgresql_where=sql("rush_seen_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(254))
    recent: Mapped[float] = mapped_column(Float)
    weekly: Mapped[float] = mapped_column(Float)
    counted_until: Mapped[datetime] = mapped_column(UtcDateTime)
    rush_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
