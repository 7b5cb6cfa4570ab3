"""The figures as a PDF that may leave the desk: made by the worker, kept for whoever ordered it."""

import hashlib
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.documents.pdf.statistics import statistics_html
from campaign.domain.charts import bars
from campaign.domain.prepared_files import KEPT_FOR, PreparedKind
from campaign.domain.publisher import Publisher
from campaign.errors import NotFoundError
from campaign.services.campaigns import campaigns
from campaign.services.documents import prepared_files
from campaign.services.documents.prepared_files import FileToFetch
from campaign.services.installation import publisher as publishers
from campaign.services.statistics import summary
from campaign.store.tables import Official, PreparedFile


def order(
    session: Session,
    campaign_id: int,
    *,
    today: date,
    is_whole: bool,
    language: str,
    organizer_id: int,
    now: datetime,
) -> None:
    """Order the report of these figures; the one that is there already, where they are the same.

    An earlier one of other figures is deleted.
    """
    figures = summary.statistics(session, campaign_id, today=today, is_whole=is_whole, merges_small=True)
    request: dict[str, Any] = {
        "today": today.isoformat(),
        "is_whole": is_whole,
        "language": language,
        "figures": hashlib.sha256(repr(figures).encode()).hexdigest()[:32],
    }
    mine = session.scalars(_of_organizer(campaign_id, organizer_id)).all()
    for file in mine:
        if file.request == request and file.failed_at is None and file.expires_at > now:
            file.expires_at = now + KEPT_FOR
            return
        if (file.request["is_whole"], file.request["language"]) == (is_whole, language):
            session.delete(file)
    session.flush()
    prepared_files.order(
        session,
        campaign_id,
        PreparedKind.STATISTICS,
        request,
        expected=1,
        organizer_id=organizer_id,
        now=now,
    )


def file_of(
    session: Session, campaign_id: int, file_id: int, *, organizer_id: int, now: datetime
) -> FileToFetch:
    """Where a report lies; NotFoundError for another's, and for one that is not there."""
    row = session.scalar(_of_organizer(campaign_id, organizer_id).where(PreparedFile.id == file_id))
    if row is None or row.made_at is None or row.key is None or row.expires_at <= now:
        raise NotFoundError("This file is no longer there. Make it again.")
    return FileToFetch(row.kind, row.request, row.name + prepared_files.SUFFIX, row.key)


def as_html(session: Session, slug: str, request: dict[str, Any], *, default_publisher: Publisher) -> str:
    """The HTML that the PDF is made of: the page's figures, and nobody in them."""
    campaign = campaigns.by_slug(session, slug)
    publisher = publishers.current(session, default=default_publisher)
    figures = summary.statistics(
        session,
        campaign.id,
        today=date.fromisoformat(request["today"]),
        is_whole=request["is_whole"],
        merges_small=True,
    )
    named = select(Official.id, Official.name).where(Official.campaign_id == campaign.id)
    officials = {row.id: row.name for row in session.execute(named)}
    started = bars([step.of("started") for step in figures.steps])
    return statistics_html(
        {
            "campaign": campaign,
            "figures": figures,
            "officials": officials,
            "publisher": publisher,
            "zone": publisher.time_zone,
        },
        started=started,
        confirmed=bars([step.of("confirmed") for step in figures.steps], top=started.top),
        language=request["language"],
    )


def _of_organizer(campaign_id: int, organizer_id: int) -> Any:
    return select(PreparedFile).where(
        PreparedFile.campaign_id == campaign_id,
        PreparedFile.organizer_id == organizer_id,
        PreparedFile.kind == PreparedKind.STATISTICS,
    )
