"""The numbers and names that pages show of each campaign, which follow its signatures in steps."""

from datetime import datetime

from sqlalchemy import Row, exists, select, update
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState
from campaign.domain.shown_count import due_moment
from campaign.store.tables import Campaign, Signature

CountRow = Row[int, int, int, datetime | None]


def are_due(session: Session, *, now: datetime) -> bool:
    """Whether the pages of any campaign are behind: reads one row a campaign, and no signature."""
    return any(_due_moment(row, now) for row in _rows(session))


def follow(session: Session, *, now: datetime) -> None:
    """Let the pages of every campaign that is due show the signatures that count."""
    for row in _rows(session):
        moment = _due_moment(row, now)
        if moment is not None:
            _show(session, row, moment)


def _rows(session: Session) -> list[CountRow]:
    statement = select(
        Campaign.id, Campaign.signature_count, Campaign.shown_count, Campaign.shown_until
    ).where(Campaign.state != CampaignState.DRAFT)
    return list(session.execute(statement.order_by(Campaign.id)))


def _due_moment(row: CountRow, now: datetime) -> datetime | None:
    return due_moment(
        counted=row.signature_count, shown=row.shown_count, shown_until=row.shown_until, now=now
    )


def _show(session: Session, row: CountRow, moment: datetime) -> None:
    # Where as many came as went, the number tells no cache that the names are others.
    has_new_names = (
        row.shown_until
        and row.signature_count == row.shown_count
        and session.scalar(
            select(exists().where(Signature.campaign_id == row.id, Signature.confirmed_at > row.shown_until))
        )
    )
    session.execute(
        update(Campaign)
        # Of several workers, the first has done it.
        .where(Campaign.id == row.id, Campaign.shown_until == row.shown_until)
        .values(
            shown_count=row.signature_count,
            shown_until=moment,
            version=Campaign.version + (1 if has_new_names else 0),
        ),
        execution_options={"synchronize_session": False},
    )
