"""The number that pages show of each campaign: who is named counts at once, who is not in steps."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState
from campaign.domain.shown_count import due_moment
from campaign.domain.signature import Visibility
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign

CountRow = Row[int, int, int, datetime | None]


def are_due(session: Session, *, now: datetime) -> bool:
    """Whether the pages of any campaign are behind: reads one row a campaign, and no signature."""
    return any(_due_moment(row, now) for row in _rows(session))


def follow(session: Session, *, now: datetime) -> list[int]:
    """Let the pages of every campaign that is due count those, too, who are not named on them; their ids."""
    moments = ((row, _due_moment(row, now)) for row in _rows(session))
    return [row.id for row, moment in moments if moment is not None and _show(session, row, moment)]


def count_change(
    visibility: Visibility, change: int, *, is_entered: bool = False
) -> dict[str, ColumnElement[int]]:
    """What one signature more (1) or less (-1) does to its campaign's row."""
    return count_changes([visibility], change, entered=[visibility] if is_entered else ())


def count_changes(
    visibilities: Collection[Visibility], change: int, *, entered: Collection[Visibility] = ()
) -> dict[str, ColumnElement[int]]:
    """What several signatures do, by how each is shown; `entered` are those that organizers entered.

    Who is named on the page is seen to come and go, and its caches notice; of who is not, the page's number
    follows later.
    """
    named = sum(visibility.is_named for visibility in visibilities)
    values = {"signature_count": Campaign.signature_count + change * len(visibilities)}
    if named:
        values["shown_count"] = Campaign.shown_count + change * named
        values["version"] = Campaign.version + 1
        if change > 0:
            values["name_additions"] = Campaign.name_additions + 1
    if entered:
        named = sum(visibility.is_named for visibility in entered)
        values["entered_count"] = Campaign.entered_count + change * len(entered)
        values["shown_entered_count"] = Campaign.shown_entered_count + change * named
    return values


def show_otherwise(
    session: Session, campaign_id: int, *, was: Visibility, is_now: Visibility, is_entered: bool = False
) -> None:
    """Let pages follow a signature that counts on, and is shown in another way than it was.

    Its name comes or goes as if somebody had come or gone: a name that goes while the number stays would tell
    that its owner still signs, unseen. The number is set right with the next step.
    """
    if not (was.is_named or is_now.is_named):
        return
    change = int(is_now.is_named) - int(was.is_named)
    values = {"shown_count": Campaign.shown_count + change, "version": Campaign.version + 1}
    if is_entered:
        values["shown_entered_count"] = Campaign.shown_entered_count + change
    session.execute(
        update(Campaign).where(Campaign.id == campaign_id).values(**values),
        execution_options={"synchronize_session": False},
    )


def _rows(session: Session) -> list[CountRow]:
    statement = select(
        Campaign.id, Campaign.signature_count, Campaign.shown_count, Campaign.shown_until
    ).where(Campaign.state != CampaignState.DRAFT)
    return list(session.execute(statement.order_by(Campaign.id)))


def _due_moment(row: CountRow, now: datetime) -> datetime | None:
    return due_moment(
        counted=row.signature_count, shown=row.shown_count, shown_until=row.shown_until, now=now
    )


def _show(session: Session, row: CountRow, moment: datetime) -> bool:
    statement = (
        update(Campaign)
        # Of several workers, the first has done it.
        .where(Campaign.id == row.id, Campaign.shown_until == row.shown_until)
        .values(
            shown_count=Campaign.signature_count,
            shown_entered_count=Campaign.entered_count,
            shown_until=moment,
        )
    )
    return bool(rows_changed(session, statement.execution_options(synchronize_session=False)))
