"""Spot checks as anybody may read them. While people answer, no number of answers is among it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.drawing import ChanceSource, drand_address, seed_of
from campaign.domain.spot_check import PickState, SpotCheckResult, SpotCheckState
from campaign.errors import NotFoundError
from campaign.services.campaigns import campaigns
from campaign.services.spot_checks.announcing import proposal_mark
from campaign.store.tables import Campaign, SpotCheck
from campaign.store.tables.core import spot_check_pick

# A letter of years has fewer; the page of them reads no further.
MOST_SHOWN = 50
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class SpotCheckShown:
    """One spot check: the log it is drawn from, what decides, and what came of it once it is over."""

    number: int
    state: SpotCheckState
    size: int
    root: bytes
    wanted: int
    source: ChanceSource
    source_name: str
    known_at: datetime
    committed_at: datetime
    value: str | None
    seed: bytes | None
    drawn_on: date | None
    closes_on: date | None
    ended_on: date | None
    reason: str | None
    result: SpotCheckResult | None

    @property
    def source_address(self) -> str | None:
        """Where the value can be read, for what has an address."""
        return drand_address(self.source_name) if self.source is ChanceSource.DRAND else None


@dataclass(frozen=True)
class AskingProgress:
    """How far asking has come, for organizers: how many are still to be asked, and how many were."""

    waiting: int
    asked: int


@dataclass(frozen=True)
class Proposal:
    """A spot check that waits for a second person, and whose it is; None for the command line.

    `mark` stands for all of it.
    """

    check: SpotCheckShown
    proposed_by: int | None
    mark: str


def proposal(session: Session, slug: str) -> Proposal | None:
    """What organizers have proposed and not announced: for them alone."""
    campaign_id = campaigns.campaign_row(session, slug).id
    waits = (SpotCheck.campaign_id == campaign_id) & (SpotCheck.state == SpotCheckState.PROPOSED)
    row = session.scalar(select(SpotCheck).where(waits))
    return Proposal(_shown(row, slug), row.proposed_by, proposal_mark(row)) if row else None


def shown(session: Session, slug: str) -> tuple[SpotCheckShown, ...]:
    """The spot checks of a campaign that were announced, the newest first."""
    campaign_id = campaigns.campaign_row(session, slug).id
    rows = session.scalars(
        select(SpotCheck)
        .where(SpotCheck.campaign_id == campaign_id, SpotCheck.state != SpotCheckState.PROPOSED)
        .order_by(SpotCheck.number.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(_shown(row, slug) for row in rows)


def progress(session: Session, slug: str, number: int) -> AskingProgress:
    """How far one has come; not how many answered, nor what."""
    picks = spot_check_pick.c
    by_state = session.execute(
        select(picks.state, func.count())
        .join(SpotCheck, SpotCheck.id == picks.spot_check_id)
        .join(Campaign, Campaign.id == SpotCheck.campaign_id)
        .where(Campaign.slug == slug, SpotCheck.number == number)
        .group_by(picks.state)
    )
    numbers = {PickState(state): count for state, count in by_state}
    asked = numbers.get(PickState.ASKED, 0) + numbers.get(PickState.ANSWERED, 0)
    return AskingProgress(numbers.get(PickState.WAITING, 0), asked)


def one(session: Session, slug: str, number: int) -> SpotCheckShown:
    """One of them; NotFoundError for a number there is not."""
    for check in shown(session, slug):
        if check.number == number:
            return check
    raise NotFoundError("There is no such spot check.")


def _shown(row: SpotCheck, slug: str) -> SpotCheckShown:
    return SpotCheckShown(
        number=row.number,
        state=row.state,
        size=row.size,
        root=row.root,
        wanted=row.wanted,
        source=row.source,
        source_name=row.source_name,
        known_at=row.known_at,
        committed_at=row.committed_at,
        value=row.value,
        seed=seed_of(slug=slug, size=row.size, root=row.root, value=row.value) if row.value else None,
        drawn_on=row.drawn_at.date() if row.drawn_at else None,
        # Until the end of the day before.
        closes_on=(row.closes_at - _MOMENT).date() if row.closes_at else None,
        ended_on=row.ended_on,
        reason=row.reason,
        result=SpotCheckResult.from_json(row.result) if row.result else None,
    )
