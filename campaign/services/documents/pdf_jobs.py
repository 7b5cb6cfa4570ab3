"""Documents: ordered when somebody asks for one, made by the worker, shown while they are true.

One is named by all that it shows (its *edition*). A list of names that lacks the last few to sign is still
shown while a newer one is made; one from before a change of the campaign never is, since the change may be
that somebody withdrew.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from campaign.documents.pdf.html import paper_html
from campaign.domain.campaign_page import CampaignHead
from campaign.domain.pdf_documents import MOST_NAMES, PaperKind, edition, rounded_count
from campaign.errors import CampaignError, UnavailableError
from campaign.services.campaigns import campaigns, signatories
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables import Campaign
from campaign.store.tables.core import document

# Goes up when papers look different, so that those made before are made anew.
LAYOUT = 1
# Longer than any document takes; after it, another worker takes the order of one that died.
CLAIM = timedelta(minutes=5)
# What could not be made is tried again after this long, when somebody asks.
REST_AFTER_FAILURE = timedelta(minutes=15)


@dataclass(frozen=True)
class Wanted:
    """A document as the campaign is now."""

    campaign_id: int
    slug: str
    kind: PaperKind
    language: str
    version: int
    edition: str


@dataclass(frozen=True)
class Found:
    """What there is of a wanted document: one to show (`id`, `edition`), an order, a problem, or nothing."""

    id: int | None = None
    edition: str | None = None
    ordered_at: datetime | None = None
    problem: CampaignError | None = None
    must_order: bool = False


@dataclass(frozen=True)
class Order:
    """A document that this worker has taken on."""

    id: int
    slug: str
    kind: PaperKind
    language: str
    version: int


def wanted(head: CampaignHead, kind: PaperKind, language: str, *, public_url: str) -> Wanted:
    """Name the document; a sheet shows no count and no names but the letter's own."""
    count = rounded_count(head.signature_count) if kind is PaperKind.LETTER else 0
    facts = (LAYOUT, public_url, head.id, head.version, count)
    return Wanted(head.id, head.slug, kind, language, head.version, edition(kind, language, facts))


def find(session: Session, one: Wanted, *, now: datetime) -> Found:
    """What can be shown, and whether it should be ordered."""
    rows = session.execute(
        select(
            document.c.id,
            document.c.edition,
            document.c.ordered_at,
            document.c.made_at,
            document.c.failed_at,
            document.c.problem,
        )
        .where(
            document.c.campaign_id == one.campaign_id,
            document.c.kind == one.kind,
            document.c.language == one.language,
            document.c.version == one.version,
        )
        .order_by(document.c.made_at)
    ).all()
    own = next((row for row in rows if row.edition == one.edition), None)
    made = [row for row in rows if row.made_at is not None]
    shown = own if own is not None and own.made_at else made[-1] if made else None
    rested = own is not None and own.failed_at is not None and own.failed_at + REST_AFTER_FAILURE <= now
    return Found(
        id=shown.id if shown else None,
        edition=shown.edition if shown else None,
        ordered_at=own.ordered_at if own else None,
        problem=_problem(own.problem) if own and own.failed_at else None,
        must_order=own is None or rested,
    )


def body(session: Session, document_id: int) -> bytes | None:
    """The PDF; None when it was swept away a moment ago."""
    return session.scalar(select(document.c.body).where(document.c.id == document_id))


def order(session: Session, one: Wanted, *, now: datetime) -> None:
    """Ask the worker for a document; asking twice is asking once, after a failure it is asking again."""
    new = inserting(session, document).values(
        edition=one.edition,
        campaign_id=one.campaign_id,
        kind=one.kind,
        language=one.language,
        version=one.version,
        ordered_at=now,
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=[document.c.edition],
            set_={"ordered_at": now, "failed_at": None, "problem": None, "claimed_until": None},
            where=document.c.failed_at.is_not(None),
        )
    )


def are_ordered(session: Session) -> bool:
    """Whether there is anything to make, or to take away."""
    return session.scalar(select(document.c.id).where(_waiting() | _outdated()).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Order | None:
    """Take on the order that waits longest."""
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
    session.execute(update(document).where(document.c.id == row.id).values(claimed_until=now + CLAIM))
    return Order(*row)


def as_html(
    session: Session, slug: str, kind: PaperKind, *, language: str, public_url: str, now: datetime
) -> str:
    """What is printed, from the campaign as it is now."""
    page = campaigns.page(session, slug, language=language)
    names = signatories.in_order(session, page.head.id, limit=MOST_NAMES) if kind is PaperKind.LETTER else ()
    # Whoever follows the code reads on in the language of the paper.
    prefix = "" if language == page.head.language else f"/{language.lower()}"
    address = f"{public_url}{prefix}/c/{slug}"
    return paper_html(kind, page, names, language=language, address=address, now=now)


def store(session: Session, made: Order, pdf: bytes, *, now: datetime) -> bool:
    """Keep what was made; False when the campaign changed meanwhile, and it is thrown away.

    Older editions of the same document go.
    """
    still_true = (
        select(Campaign.id)
        .where(Campaign.id == document.c.campaign_id, Campaign.version == document.c.version)
        .exists()
    )
    kept = rows_changed(
        session,
        update(document)
        .where(document.c.id == made.id, still_true)
        .values(body=pdf, made_at=now, claimed_until=None),
    )
    if kept:
        campaign_id = session.execute(
            select(document.c.campaign_id).where(document.c.id == made.id)
        ).scalar_one()
        session.execute(
            delete(document).where(
                document.c.campaign_id == campaign_id,
                document.c.kind == made.kind,
                document.c.language == made.language,
                document.c.made_at.is_not(None),
                document.c.id != made.id,
            )
        )
    return bool(kept)


def fail(session: Session, order_id: int, error: CampaignError, *, now: datetime) -> None:
    """Write down why a document could not be made, so that it can be told in any language."""
    problem = json.dumps([error.message, {name: str(value) for name, value in error.values.items()}])
    session.execute(
        update(document)
        .where(document.c.id == order_id)
        .values(failed_at=now, problem=problem, claimed_until=None)
    )


def give_back(session: Session, order_id: int) -> None:
    """Let another worker make what this one had begun."""
    session.execute(update(document).where(document.c.id == order_id).values(claimed_until=None))


def sweep(session: Session) -> int:
    """Delete what is true no more: with it go the names of those who withdrew. Says how many there were."""
    return rows_changed(session, delete(document).where(_outdated()))


def problem_of(session: Session, campaign_id: int) -> CampaignError | None:
    """Why the campaign's last document could not be made; None when it could."""
    row = session.execute(
        select(document.c.problem)
        .where(document.c.campaign_id == campaign_id, document.c.failed_at.is_not(None))
        .order_by(document.c.failed_at.desc())
        .limit(1)
    ).one_or_none()
    return _problem(row.problem) if row else None


def forget_failures(session: Session) -> None:
    """A worker that begins tries again what an earlier one could not: its machine may have Pango now."""
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


def _outdated() -> ColumnElement[bool]:
    return ~exists().where(Campaign.id == document.c.campaign_id, Campaign.version == document.c.version)
