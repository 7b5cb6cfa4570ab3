"""What is watched beside the queue: alerts to organizers, questions to activity logs, counts for machines."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.alerts import AlertKind
from campaign.domain.retention import PurgeKind
from campaign.store.tables.base import Base, UtcDateTime, word


class Alert(Base):
    """A condition that needs organizers; while it is open (without `over_at`) it is there once for a subject.

    `seen_at` is when it was last found true: what comes and goes stays one alert. Without `told_at` nobody
    has been told of it yet.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=sql("over_at IS NULL"),
            postgresql_where=sql("over_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlertKind] = mapped_column(word(AlertKind))
    subject: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Job(Base):
    """What one worker at a time does now and then; whoever moves `next_at` on does it.

    `written_at` is when they did, by their clock.
    """

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PurgeRun(Base):
    """When a run of retention last left nothing of one kind behind that was due; the first run begins it."""

    __tablename__ = "purge_run"

    kind: Mapped[PurgeKind] = mapped_column(word(PurgeKind), primary_key=True)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutcomeCount(Base):
    """How often handing an email to a provider came to an outcome, since the first: it only grows."""

    __tablename__ = "outcome_count"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class ActivityLookup(Base):
    """How often a provider's log was asked about an email in doubt, when next, and what it said."""

    __tablename__ = "activity_lookup"

    email_id: Mapped[int] = mapped_column(ForeignKey("outbox_email.id", ondelete="CASCADE"), primary_key=True)
    tries: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text)
