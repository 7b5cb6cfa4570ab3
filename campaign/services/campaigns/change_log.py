"""The public change log of a campaign: entries written and read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.changes import ChangeKind, ChangeShown
from campaign.store.tables import CampaignChange

# More than a campaign of years will have; a page reads no further.
MOST = 300


def latest(session: Session, campaign_id: int, *, limit: int = MOST) -> tuple[ChangeShown, ...]:
    """The newest entries first."""
    rows = session.scalars(
        select(CampaignChange)
        .where(CampaignChange.campaign_id == campaign_id)
        .order_by(CampaignChange.id.desc())
        .limit(limit)
    )
    return tuple(ChangeShown(row.id, row.at, row.kind, row.details) for row in rows)


def record(
    session: Session, campaign_id: int, kind: ChangeKind, details: Mapping[str, Any], *, at: datetime
) -> None:
    """Add an entry; the caller raises the campaign's version."""
    session.add(CampaignChange(campaign_id=campaign_id, at=at, kind=kind, details=dict(details)))
    session.flush()
