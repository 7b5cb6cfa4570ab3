"""Tallies of mail domains: a look every five minutes at the signatures since the last, and at no others."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState
from campaign.domain.trends import RUSH_LASTS, Tally, added, is_rush
from campaign.services.installation import jobs
from campaign.store.database import Database
from campaign.store.legible import legible
from campaign.store.statements import insert_for
from campaign.store.tables.core import campaign, domain_tally, signature, supporter

JOB = "trends"
EVERY = timedelta(minutes=5)
# A look after a long rest begins so long ago: what is older says nothing about this hour.
FURTHEST_BACK = timedelta(hours=1)
# Whoever pressed the button before this is stored by now.
SETTLED_AFTER = timedelta(seconds=10)
# A domain that nobody signed from for so long is forgotten: it may be one person's own.
KEPT = timedelta(days=14)
_ALL = ""
_AT_A_TIME = 500


def run_if_due(database: Database, *, now: datetime) -> None:
    """Bring the tallies of all open campaigns up to date; one worker does it, every `EVERY`."""
    with database.reading() as session:
        if not jobs.is_due(session, JOB, now=now):
            return
    with database.transaction() as session:
        if not jobs.claim(session, JOB, every=EVERY, now=now):
            return
        _forget_old(session, now=now)
    with database.reading() as session:
        ids = session.scalars(select(campaign.c.id).where(campaign.c.state == CampaignState.OPEN)).all()
    for campaign_id in ids:
        _bring_up_to_date(database, campaign_id, until=now - SETTLED_AFTER)


def domains_in_rush(
    session: Session, campaign_ids: Collection[int], *, now: datetime
) -> frozenset[tuple[int, str]]:
    """The mail domains of which these campaigns get far more signatures than usual at this moment."""
    rows = session.execute(
        select(domain_tally.c.campaign_id, domain_tally.c.domain).where(
            domain_tally.c.rush_seen_at > now - RUSH_LASTS, domain_tally.c.campaign_id.in_(campaign_ids)
        )
    )
    return frozenset((row.campaign_id, row.domain) for row in rows)


def domain_of(email: str) -> str:
    """The mail domain of an address as tallies have it."""
    return email.rpartition("@")[2].lower()


def _bring_up_to_date(database: Database, campaign_id: int, *, until: datetime) -> None:
    with database.reading() as session:
        last = session.scalar(
            select(domain_tally.c.counted_until).where(
                domain_tally.c.campaign_id == campaign_id, domain_tally.c.domain == _ALL
            )
        )
        furthest = until - FURTHEST_BACK
        # A time that is still to come was written by a clock that was ahead.
        since = last if last and furthest <= last <= until else furthest
        domains = _domains(session, campaign_id, since=since, until=until)
    if domains:
        with database.transaction() as session:
            _store(session, campaign_id, domains, until=until)


def _domains(session: Session, campaign_id: int, *, since: datetime, until: datetime) -> Counter[str]:
    """How many were confirmed from each domain from one time to another: a range of one index."""
    emails = session.scalars(
        select(legible(supporter.c.email))
        .join(signature, signature.c.supporter_id == supporter.c.id)
        .where(
            signature.c.campaign_id == campaign_id,
            signature.c.confirmed_at >= since,
            signature.c.confirmed_at < until,
            supporter.c.email.is_not(None),
        ),
        execution_options={"yield_per": 1000},
    )
    return Counter(domain_of(email) for email in emails if email)


def _store(session: Session, campaign_id: int, domains: Counter[str], *, until: datetime) -> None:
    """Add to the tallies of these domains and of all, and note which are in a rush."""
    known = _tallies(session, campaign_id, [_ALL, *domains])
    of_all = added(known.get(_ALL), domains.total(), now=until)
    rows = [_row(campaign_id, _ALL, of_all, None)]
    for domain, number in sorted(domains.items()):
        tally = added(known.get(domain), number, now=until)
        rows.append(_row(campaign_id, domain, tally, until if is_rush(domain, tally, of_all) else None))
    statement = insert_for(session.get_bind().dialect.name, domain_tally)
    columns = ("recent", "weekly", "counted_until", "rush_seen_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["campaign_id", "domain"],
            set_={name: statement.excluded[name] for name in columns},
        ),
        rows,
    )


def _tallies(session: Session, campaign_id: int, domains: list[str]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for start in range(0, len(domains), _AT_A_TIME):
        rows = session.execute(
            select(domain_tally).where(
                domain_tally.c.campaign_id == campaign_id,
                domain_tally.c.domain.in_(domains[start : start + _AT_A_TIME]),
            )
        )
        tallies |= {row.domain: Tally(row.recent, row.weekly, row.counted_until) for row in rows}
    return tallies


def _row(campaign_id: int, domain: str, tally: Tally, rush_seen_at: datetime | None) -> dict[str, object]:
    return {
        "campaign_id": campaign_id,
        "domain": domain,
        "recent": tally.recent,
        "weekly": tally.weekly,
        "counted_until": tally.counted_until,
        "rush_seen_at": rush_seen_at,
    }


def _forget_old(session: Session, *, now: datetime) -> None:
    old = select(domain_tally.c.id).where(domain_tally.c.counted_until < now - KEPT).limit(_AT_A_TIME)
    session.execute(delete(domain_tally).where(domain_tally.c.id.in_(old)))
