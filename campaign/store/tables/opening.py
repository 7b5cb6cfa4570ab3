"""What comes before a campaign is open, and before an installation is in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base, UtcDateTime


class Opening(Base):
    """How far a draft has come: gone once the campaign is open.

    `preview_hash` is of the token under which anyone may look at it until `preview_until`; `seen_version` is
    the campaign's version when an organizer said that they had looked. It opens at `opens_at`, by the clocks
    of `opens_zone`; `held_back_at` is when that time had come and something still had to be mended.
    """

    __tablename__ = "opening"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    preview_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    preview_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_version: Mapped[int | None]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    opens_zone: Mapped[str | None] = mapped_column(String(64))
    held_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Setup(Base):
    """What owners of this installation have set up: one row, or none before the first step.

    `steps` says which steps of the guide were done or skipped. `trial_email_id` is the last test email that
    somebody sent to themselves. `checks` is what the last check of the installation found, `records` what
    the sender's domain should have in the DNS.
    """

    __tablename__ = "setup"

    id: Mapped[int] = mapped_column(primary_key=True)
    steps: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    trial_email_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_email.id", ondelete="SET NULL"))
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    records: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
