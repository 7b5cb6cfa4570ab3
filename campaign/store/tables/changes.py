"""What changed about a campaign after people could sign it, for everybody to read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.changes import ChangeKind
from campaign.store.tables.base import Base, UtcDateTime, word


class CampaignChange(Base):
    """One entry of a campaign's public change log.

    `details` hold what its kind needs: the goal before and after, the difference of a letter's text, the
    organizers' own words.
    """

    __tablename__ = "campaign_change"
    __table_args__ = (Index("ix_campaign_change_campaign_id", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
