"""PDFs of a campaign: queued when somebody asks for one, made by the worker, kept until the campaign changes.

A PDF's cache key covers everything it shows. One that lacks the last few names is served for some minutes
before a newer one is made, and meanwhile: in a rush of signatures none would be finished before the next name
came. One from before any other change is not served at all: somebody may have withdrawn.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from campaign.documents.pdf.html import pdf_html
from campaign.domain.campaign_page import CampaignHead
from campaign.domain.pdf_documents import MOST_NAMES, PdfKind, cache_key
from campaign.domain.publisher import Publisher
from campaign.errors import CampaignError, UnavailableError
from campaign.services.campaigns import name_wall, pages
from campaign.services.installation import publisher as publishers
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables import Campaign
from campaign.store.tables.core import document

# Raise this when the layout changes, so that PDFs made before are made again.
LAYOUT = 2
# Longer than any PDF takes; afterwards another worker may claim the job of one that died.
CLAIM_TIME = timedelta(minutes=5)
# So old a PDF is before one with the names that came meanwhile is made.
REMADE_AFTER = timedelta(minutes=5)
# A failed job is tried again after this long, once somebody asks.
RETRY_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class PdfRequest:
    """A PDF of the campaign as it is now; `version` is the campaign's `document_version`."""

    campaign_id: int
    slug: str
    kind: PdfKind
    language: str
    version: int
    cache_key: str


@dataclass(frozen=True)
class PdfStatus:
    """A PDF to serve (`id`, `cache_key`), or when it was queued, or why it failed."""

    id: int | None = None
    cache_key: str | None = None
    ordered_at: datetime | None = None
    problem: CampaignError | None = None
    must_enqueue: bool = False


@dataclass(frozen=True)
class PdfJob:
    """A PDF that this worker has claimed."""

    id: int
    slug: str
    kind: PdfKind
    language: str
    version: int


def request_for(head: CampaignHead, kind: PdfKind, language: str, *, public_url: str) -> PdfRequest:
    """The request for a PDF; the sheet's does not change with the signatures, which it does not show."""
    version = head.document_version
    names = (head.version, head.shown_count) if kind is PdfKind.LETTER else ()
    facts = (LAYOUT, public_url, head.id, version, *names)
    return PdfRequest(head.id, head.slug, kind, language, version, cache_key(kind, language, facts))


def status_of(session: Session, request: PdfRequest, *, now: datetime) -> PdfStatus:
    """What can be served, and whether the PDF should be queued."""
    rows = session.execute(
        select(
            document.c.id,
            document.c.cache_key,
            document.c.ordered_at,
            document.c.made_at,
            document.c.failed_at,
            document.c.problem,
        ).where(
            document.c.campaign_id == request.campaign_id,
            document.c.kind == request.kind,
            document.c.language == request.language,
            document.c.version == request.version,
        )
    ).all()
    made = [row for row in rows if row.made_at is not None]
    served = max(made, key=lambda row: (row.cache_key == request.cache_key, row.made_at), default=None)
    waiting = next((row for row in rows if row.made_at is None and row.failed_at is None), None)
    failed = max((row for row in rows if row.failed_at), key=lambda row: row.failed_at, default=None)
    is_enough = served is not None and (
        served.cache_key == request.cache_key or served.made_at + REMADE_AFTER > now
    )
    has_just_failed = failed is not None and failed.failed_at + RETRY_AFTER > now
    return PdfStatus(
        id=served.id if served else None,
        cache_key=served.cache_key if served else None,
        ordered_at=waiting.ordered_at if waiting else None,
        problem=_problem(failed.problem) if failed and not waiting else None,
        must_enqueue=not (is_enough or waiting or has_just_failed),
    )


def body(session: Session, document_id: int) -> bytes | None:
    """The PDF's bytes; None when it has just been deleted."""
    return session.scalar(select(document.c.body).where(document.c.id == document_id))


def enqueue(session: Session, request: PdfRequest, *, now: datetime) -> None:
    """Queue a PDF for the worker; again for one that is queued changes nothing, for a failed one retries."""
    new = inserting(session, document).values(
        cache_key=request.cache_key,
        campaign_id=request.campaign_id,
        kind=request.kind,
        language=request.language,
        version=request.version,
        ordered_at=now,
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=[document.c.cache_key],
            set_={"ordered_at": now, "failed_at": None, "problem": None, "claimed_until": None},
            where=document.c.failed_at.is_not(None),
        )
    )


def has_work(session: Session) -> bool:
    """Whether a PDF is to be made or deleted."""
    return session.scalar(select(document.c.id).where(_waiting() | is_outdated()).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> PdfJob | None:
    """Claim the job that has waited longest, for CLAIM_TIME."""
    row = session.execute(
        select(document.c.id, Campaign.slug, document.c.kind, document.c.language, document.c.version)
        .join(Campaign, Campaign.id == document.c.campaign_id)
        .where(_waiting(), or_(document.c.claimed_until.is_(None), document.c.claimed_until <= now))
        .order_by(document.c.ordered_at, document.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=document)
    ).one_or_none()
    if row is None:
        return None
    session.execute(update(document).where(document.c.id == row.id).values(claimed_until=now + CLAIM_TIME))
    return PdfJob(*row)


def as_html(
    session: Session,
    slug: str,
    kind: PdfKind,
    *,
    language: str,
    public_url: str,
    default_publisher: Publisher,
    now: datetime,
) -> str:
    """The HTML a PDF is made of, from the campaign as it is now; of a draft it is for its preview alone."""
    publisher = publishers.current(session, default=default_publisher)
    page = pages.page_in_any_state(session, slug, language=language)
    names = name_wall.on_paper(session, page.head.id, limit=MOST_NAMES) if kind is PdfKind.LETTER else ()
    # The QR code leads to the page in the language of the PDF.
    prefix = "" if language == page.head.language else f"/{language.lower()}"
    address = f"{public_url}{prefix}/c/{slug}"
    return pdf_html(kind, page, names, publisher=publisher, language=language, address=address, now=now)


def store(session: Session, job: PdfJob, pdf: bytes, *, now: datetime) -> bool:
    """Keep a finished PDF and delete older ones of its kind and language.

    False, and nothing is kept, when the campaign changed meanwhile.
    """
    is_current = select(Campaign.id).where(_is_of_this_version()).exists()
    stored = rows_changed(
        session,
        update(document)
        .where(document.c.id == job.id, is_current)
        .values(body=pdf, made_at=now, claimed_until=None),
    )
    if stored:
        campaign_id = session.execute(
            select(document.c.campaign_id).where(document.c.id == job.id)
        ).scalar_one()
        session.execute(
            delete(document).where(
                document.c.campaign_id == campaign_id,
                document.c.kind == job.kind,
                document.c.language == job.language,
                document.c.made_at.is_not(None),
                document.c.id != job.id,
            )
        )
    return bool(stored)


def record_failure(session: Session, job_id: int, error: CampaignError, *, now: datetime) -> None:
    """Record why a PDF could not be made, in parts that can be translated when it is shown."""
    problem = json.dumps([error.message, {name: str(value) for name, value in error.values.items()}])
    session.execute(
        update(document)
        .where(document.c.id == job_id)
        .values(failed_at=now, problem=problem, claimed_until=None)
    )


def release(session: Session, job_id: int) -> None:
    """End this worker's claim, so that another can make the PDF."""
    session.execute(update(document).where(document.c.id == job_id).values(claimed_until=None))


def delete_outdated(session: Session) -> int:
    """Delete PDFs from before the last change, with names of people who withdrew; how many they were."""
    return rows_changed(session, delete(document).where(is_outdated()))


def last_problem(session: Session, campaign_id: int) -> CampaignError | None:
    """Why the campaign's last PDF could not be made; None when it could."""
    row = session.execute(
        select(document.c.problem)
        .where(document.c.campaign_id == campaign_id, document.c.failed_at.is_not(None))
        .order_by(document.c.failed_at.desc())
        .limit(1)
    ).one_or_none()
    return _problem(row.problem) if row else None


def clear_failures(session: Session) -> None:
    """Queue failed PDFs again: the machine of a worker that starts may have Pango now."""
    session.execute(
        update(document)
        .where(document.c.failed_at.is_not(None))
        .values(failed_at=None, problem=None, claimed_until=None)
    )


def _problem(text: str | None) -> CampaignError | None:
    if not text:
        return None
    message, values = json.loads(text)
    return UnavailableError(message, **values)


def _waiting() -> ColumnElement[bool]:
    return document.c.made_at.is_(None) & document.c.failed_at.is_(None)


def is_outdated() -> ColumnElement[bool]:
    """The condition that a PDF is from before a change of its campaign that was more than a new name."""
    return ~exists().where(_is_of_this_version())


def _is_of_this_version() -> ColumnElement[bool]:
    return (Campaign.id == document.c.campaign_id) & (
        Campaign.version - Campaign.name_additions == document.c.version
    )
