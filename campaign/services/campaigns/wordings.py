"""How many signed which wording of a letter: counted by a worker now and then, known to organizers."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.signature import SignatureState
from campaign.services.installation import jobs
from campaign.store.database import Database
from campaign.store.tables import Campaign, LetterVersion
from campaign.store.tables.core import letter_version, signature

COUNTED_EVERY = timedelta(hours=1)
JOB = "wordings"
# About twenty milliseconds.
SIGNATURES_AT_ONCE = 20_000


@dataclass(frozen=True)
class WordingSigned:
    """One wording: since when it stands, and how many signed it, by the last count."""

    wording: int
    since: datetime
    signatures: int
    is_current: bool


def signed(session: Session, campaign_id: int) -> tuple[WordingSigned, ...]:
    """Each wording of a letter, the newest first; nothing while there is only one."""
    rows = session.execute(
        select(
            LetterVersion.wording,
            func.min(LetterVersion.created_at).label("since"),
            func.sum(LetterVersion.signatures).label("signatures"),
        )
        .where(LetterVersion.campaign_id == campaign_id)
        .group_by(LetterVersion.wording)
        .order_by(LetterVersion.wording.desc())
    ).all()
    if len(rows) < 2:
        return ()
    return tuple(WordingSigned(row.wording, row.since, row.signatures, row is rows[0]) for row in rows)


def numbers(session: Session, campaign_id: int) -> tuple[int, ...]:
    """The wordings of a letter, the newest first."""
    known = select(LetterVersion.wording).where(LetterVersion.campaign_id == campaign_id).distinct()
    return tuple(session.scalars(known.order_by(LetterVersion.wording.desc())))


def count_if_due(database: Database, *, now: datetime) -> None:
    """Count anew, once an hour, where a letter has more than one wording: a short read after the other."""
    several = select(LetterVersion.campaign_id).where(LetterVersion.wording > 1).distinct()
    with database.reading() as session:
        campaigns = session.scalars(several).all()
        if not campaigns or not jobs.is_due(session, JOB, now=now):
            return
    with database.transaction() as session:
        if not jobs.claim(session, JOB, every=COUNTED_EVERY, now=now):
            return
    for campaign_id in campaigns:
        _store(database, campaign_id, _counted(database, campaign_id), now=now)


def _counted(database: Database, campaign_id: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    after = 0
    while True:
        with database.reading() as session:
            some = (
                select(signature.c.id, signature.c.letter_version_id)
                .where(
                    signature.c.campaign_id == campaign_id,
                    signature.c.state == SignatureState.CONFIRMED,
                    signature.c.id > after,
                )
                .order_by(signature.c.id)
                .limit(SIGNATURES_AT_ONCE)
                .subquery()
            )
            rows = session.execute(
                select(some.c.letter_version_id, func.count(), func.max(some.c.id)).group_by(
                    some.c.letter_version_id
                )
            ).all()
        if not rows:
            return counts
        for version_id, number, last in rows:
            counts[version_id] += number
            after = max(after, last)


def _store(database: Database, campaign_id: int, counts: Counter[int], *, now: datetime) -> None:
    with database.transaction() as session:
        ids = session.scalars(
            select(letter_version.c.id).where(letter_version.c.campaign_id == campaign_id)
        ).all()
        for version_id in ids:
            session.execute(
                update(letter_version)
                .where(letter_version.c.id == version_id)
                .values(signatures=counts[version_id])
            )
        _show_earlier(session, campaign_id, now=now)


def _show_earlier(session: Session, campaign_id: int, *, now: datetime) -> None:
    """Let pages say how many are counted for an earlier wording: once a day, and never at the hour.

    Among few an answer told at once would tell whose it is, also of somebody whom no page names.
    """
    newest = select(func.max(letter_version.c.wording)).where(letter_version.c.campaign_id == campaign_id)
    earlier = session.scalar(
        select(func.coalesce(func.sum(letter_version.c.signatures), 0)).where(
            letter_version.c.campaign_id == campaign_id,
            letter_version.c.wording < newest.scalar_subquery(),
        )
    )
    is_due = or_(Campaign.shown_earlier_on.is_(None), Campaign.shown_earlier_on < now.date())
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, is_due)
        .values(
            shown_earlier_count=earlier,
            shown_earlier_on=now.date(),
            version=case(
                (Campaign.shown_earlier_count != earlier, Campaign.version + 1), else_=Campaign.version
            ),
        ),
        execution_options={"synchronize_session": False},
    )
