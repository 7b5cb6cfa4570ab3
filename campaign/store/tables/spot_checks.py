"""Spot checks: signatures drawn by lot from the log behind a count, whose owners are asked about them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.drawing import ChanceSource
from campaign.domain.spot_check import PickState, SpotCheckState
from campaign.store.tables.base import Base, UtcDateTime, word

# Spelled out, since SQLite finds the index only by the words it was made with.
_RUNS = "state IN ('committed', 'asking')"
_ASKS = "state = 'asking'"
IS_ASKING = sql(f"spot_check.{_ASKS}")


class SpotCheck(Base):
    """One spot check; `number` counts those of its campaign from 1, and no more than one runs at a time.

    `size` and `root` fix the log, of which `wanted` entries are drawn by what `source_name` says: the number
    of a round, or words. `yes` and `no` count answers, and nothing says whose; the `result` is what is
    published, in one go. One that is only *proposed* waits for a second person: no page shows it, and size
    and root are those of the day it was proposed.
    """

    __tablename__ = "spot_check"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index(
            "ix_spot_check_running",
            "campaign_id",
            unique=True,
            sqlite_where=sql(_RUNS),
            postgresql_where=sql(_RUNS),
        ),
        Index("ix_spot_check_asking", "id", sqlite_where=sql(_ASKS), postgresql_where=sql(_ASKS)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    state: Mapped[SpotCheckState] = mapped_column(word(SpotCheckState))
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    wanted: Mapped[int]
    source: Mapped[ChanceSource] = mapped_column(word(ChanceSource))
    source_name: Mapped[str] = mapped_column(String(200))
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[str | None] = mapped_column(String(200))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    yes: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    no: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ended_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))


class SpotCheckPick(Base):
    """One entry of the log that was drawn; the keys keep anybody from being asked twice.

    `signature_id` leads to who is asked, and is gone when the person is. The row stays, for the numbers,
    until the spot check is over.
    """

    __tablename__ = "spot_check_pick"
    __table_args__ = (
        UniqueConstraint("spot_check_id", "signature_id"),
        Index(
            "ix_spot_check_pick_signature_id",
            "signature_id",
            sqlite_where=sql("signature_id IS NOT NULL"),
            postgresql_where=sql("signature_id IS NOT NULL"),
        ),
    )

    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_check.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"))
    state: Mapped[PickState] = mapped_column(word(PickState))
    asked_on: Mapped[date | None] = mapped_column(Date)


class SpotCheckLeaver(Base):
    """An entry that was taken back between the announcement of a spot check and its draw; gone after that."""

    __tablename__ = "spot_check_leaver"

    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_check.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SpotCheckAsked(Base):
    """That a spot check has asked about a signature, so that none does again too soon; gone after that."""

    __tablename__ = "spot_check_asked"

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_on: Mapped[date] = mapped_column(Date, index=True)
