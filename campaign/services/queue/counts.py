"""The queue in numbers: none is counted further than pages count, however long the queue is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState
from campaign.domain.digest import DigestMode
from campaign.domain.official import Channel, channel_of
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.tables import ProviderPause
from campaign.store.tables.core import campaign, official, outbox_email

OFFICIALS_ON_A_PAGE = 50

# In this order pages show them; what is claimed is on its way, whether its request has begun or not.
_STATES: dict[str, tuple[OutboxState, ...]] = {
    "held": (OutboxState.HELD,),
    "waiting": (OutboxState.QUEUED,),
    "leaving": (OutboxState.LEASED, OutboxState.SENDING),
    "sent": (OutboxState.ACCEPTED,),
    "delivered": (OutboxState.DELIVERED,),
    "bounced": (OutboxState.BOUNCED,),
    "failed": (OutboxState.FAILED,),
    "in_doubt": (OutboxState.IN_DOUBT,),
    "cancelled": (OutboxState.CANCELLED,),
}


_IS_PAUSED = or_(official.c.paused_at.is_not(None), campaign.c.sending_paused_at.is_not(None))
_NEVER_TRIED = outbox_email.c.first_tried_at.is_(None)


@dataclass(frozen=True)
class EmailCounts:
    """How many emails are where; a number above COUNTED_UP_TO stands for more than that.

    `sent` have been accepted and nothing was heard since; `deferred` of them the recipient's server puts off.
    """

    held: int = 0
    waiting: int = 0
    leaving: int = 0
    sent: int = 0
    delivered: int = 0
    bounced: int = 0
    failed: int = 0
    in_doubt: int = 0
    cancelled: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single email."""
        return not any(vars(self).values())


@dataclass(frozen=True)
class WaitingCounts:
    """Why emails wait: not due yet, paused by somebody, for a digest, or for their pace and a worker.

    `first_due_at` is when the first of these last has been due, or will be.
    """

    not_due: int
    paused: int
    for_digest: int
    first_due_at: datetime | None


@dataclass(frozen=True)
class OfficialLine:
    """One official's messages; `campaign_paused_at` stops them too."""

    id: int
    name: str
    reached_by: Channel
    figures: EmailCounts
    oldest_due_at: datetime | None
    paused_at: datetime | None
    campaign_paused_at: datetime | None
    pause_cause: str | None


@dataclass(frozen=True)
class CampaignLine:
    """One campaign's messages to officials, and whether they are paused."""

    slug: str
    title: str
    language: str
    state: CampaignState
    paused_at: datetime | None
    figures: EmailCounts


@dataclass(frozen=True)
class ProviderLine:
    """One provider and, while it is paused, why and until when."""

    name: str
    cause: PauseCause | None
    paused_at: datetime | None
    resumes_at: datetime | None
    reason: str | None


def by_kind(session: Session) -> dict[EmailKind, EmailCounts]:
    """Each kind's figures, kinds without an email left out."""
    row = session.execute(_BY_KIND).mappings().one()
    figures = {
        kind: EmailCounts(**{name: row[f"{kind.value} {name}"] for name in _STATES}) for kind in EmailKind
    }
    return {kind: shown for kind, shown in figures.items() if not shown.is_empty}


def total(kinds: Sequence[EmailCounts]) -> EmailCounts:
    """The sum, as far as pages count."""
    sums = {name: sum(getattr(counts, name) for counts in kinds) for name in _STATES}
    return EmailCounts(**{name: min(number, COUNTED_UP_TO + 1) for name, number in sums.items()})


def deferred(session: Session, *, campaign_id: int | None = None) -> int:
    """How many accepted emails their recipients' servers put off."""
    deferred_ids = select(outbox_email.c.id).where(
        outbox_email.c.state == OutboxState.ACCEPTED, outbox_email.c.deferred_at.is_not(None)
    )
    if campaign_id is not None:
        deferred_ids = deferred_ids.where(outbox_email.c.campaign_id == campaign_id)
    # The order leads SQLite to the small index of these rather than to the large one of all accepted.
    deferred_ids = deferred_ids.order_by(outbox_email.c.id).limit(COUNTED_UP_TO + 1)
    return session.scalar(select(func.count()).select_from(deferred_ids.subquery())) or 0


def waiting(session: Session, *, now: datetime) -> WaitingCounts:
    """Why those wait that do."""
    queued = outbox_email.c.state == OutboxState.QUEUED
    is_later = queued & (outbox_email.c.due_at > now)
    paused = (
        select(outbox_email.c.id)
        .select_from(official)
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .join(outbox_email, outbox_email.c.official_id == official.c.id)
        .where(_IS_PAUSED, queued)
    )
    keeps_back = select(official.c.id).where(official.c.digest_mode == DigestMode.ALIKE)
    goes_alone = or_(outbox_email.c.official_id.is_(None), outbox_email.c.official_id.not_in(keeps_back))
    not_due = select(outbox_email.c.id).where(is_later, or_(goes_alone, ~_NEVER_TRIED))
    return WaitingCounts(
        not_due=_number_of(session, not_due),
        paused=_number_of(session, paused),
        for_digest=_number_for_digest(session, now=now),
        first_due_at=_first_due_at(session),
    )


def _number_of(session: Session, ids: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(ids.limit(COUNTED_UP_TO + 1).subquery())) or 0


def _number_for_digest(session: Session, *, now: datetime) -> int:
    """How many wait for a digest: every message to some officials, those kept back to others.

    Few officials get digests: asked by their ids, no other message is looked at.
    """
    getting = (
        select(official.c.id, official.c.digest_mode)
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(~_IS_PAUSED, official.c.digest_mode.in_((DigestMode.DAILY, DigestMode.ALIKE)))
    )
    modes = {row.id: row.digest_mode for row in session.execute(getting)}
    is_message = (outbox_email.c.kind == EmailKind.MESSAGE) & (outbox_email.c.state == OutboxState.QUEUED)
    kept_back = (outbox_email.c.due_at > now) & _NEVER_TRIED
    number = 0
    for mode, waits in ((DigestMode.DAILY, is_message), (DigestMode.ALIKE, is_message & kept_back)):
        ids = [id_ for id_, of_official in modes.items() if of_official is mode]
        if ids:
            theirs = outbox_email.c.official_id.in_(ids)
            number += _number_of(session, select(outbox_email.c.id).where(theirs, waits))
    return min(number, COUNTED_UP_TO + 1)


def _first_due_at(session: Session) -> datetime | None:
    """The first due time of what waits for no pause and no digest, from an index by official."""
    first = select(func.min(outbox_email.c.due_at)).where(outbox_email.c.state == OutboxState.QUEUED)
    of_official = first.where(outbox_email.c.official_id == official.c.id).correlate(official)
    goes_alone = (
        select(of_official.scalar_subquery())
        .select_from(official)
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(~_IS_PAUSED, official.c.digest_mode != DigestMode.DAILY)
    )
    digests = first.where(outbox_email.c.kind == EmailKind.DIGEST)
    of_supporters = first.where(outbox_email.c.official_id.is_(None))
    found = [*session.scalars(goes_alone), session.scalar(digests), session.scalar(of_supporters)]
    return min(filter(None, found), default=None)


def officials(
    session: Session, campaign_id: int, *, after: int = -1, limit: int = OFFICIALS_ON_A_PAGE
) -> tuple[tuple[OfficialLine, ...], int | None]:
    """A campaign's officials from the one after a position, and the position the next page begins after."""
    mine = (outbox_email.c.official_id == official.c.id) & ~_is_digest_to(official.c.id)
    oldest = select(func.min(outbox_email.c.due_at)).where(mine, outbox_email.c.state == OutboxState.QUEUED)
    columns: list[Any] = [
        *(official.c[name] for name in ("id", "position", "name", "channel", "email", "paused_at")),
        official.c.pause_cause,
        campaign.c.sending_paused_at,
        oldest.correlate(official).scalar_subquery().label("oldest_due_at"),
        *_figures(mine, correlated=official),
    ]
    rows = session.execute(
        select(*columns)
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(official.c.campaign_id == campaign_id, official.c.position > after)
        .order_by(official.c.position)
        .limit(limit + 1)
    ).mappings()
    fetched = list(rows)
    lines = tuple(
        OfficialLine(
            row["id"],
            row["name"],
            channel_of(row["channel"], row["email"]),
            EmailCounts(**{name: row[name] for name in _STATES}),
            row["oldest_due_at"],
            row["paused_at"],
            row["sending_paused_at"],
            row["pause_cause"],
        )
        for row in fetched[:limit]
    )
    return lines, fetched[limit - 1]["position"] if len(fetched) > limit else None


def campaigns(session: Session) -> tuple[CampaignLine, ...]:
    """Every campaign's messages to officials, the newest campaign first."""
    theirs = select(official.c.id).where(official.c.campaign_id == campaign.c.id).correlate(campaign)
    mine = outbox_email.c.official_id.in_(theirs) & ~_is_digest_to(outbox_email.c.official_id)
    rows = session.execute(
        select(
            *(campaign.c[name] for name in ("slug", "title", "language", "state", "sending_paused_at")),
            *_figures(mine, correlated=campaign),
        ).order_by(campaign.c.id.desc())
    ).mappings()
    return tuple(
        CampaignLine(
            row["slug"],
            row["title"],
            row["language"],
            row["state"],
            row["sending_paused_at"],
            EmailCounts(**{name: row[name] for name in _STATES}),
        )
        for row in rows
    )


def providers(session: Session, names: Sequence[str]) -> tuple[ProviderLine, ...]:
    """The providers in use, and any other that is paused."""
    rows = {row.provider: row for row in session.scalars(select(ProviderPause))}
    lines = []
    for name in [*names, *sorted(rows.keys() - set(names))]:
        row = rows.get(name)
        lines.append(
            ProviderLine(name, row.cause, row.paused_at, row.resumes_at, row.reason)
            if row
            else ProviderLine(name, None, None, None, None)
        )
    return tuple(lines)


def _figures(condition: ColumnElement[bool], *, correlated: Any = None) -> list[Any]:
    return [
        _up_to(condition & outbox_email.c.state.in_(states), correlated=correlated).label(name)
        for name, states in _STATES.items()
    ]


def _is_digest_to(official_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an email is one of the few that hold messages, which are counted themselves."""
    digests = outbox_email.alias("digest")
    # Word for word as the small index of digests has it.
    is_digest = sql("digest.kind = 'digest'")
    return outbox_email.c.id.in_(
        select(digests.c.id).where(is_digest, digests.c.official_id == official_id).correlate_except(digests)
    )


def _up_to(condition: ColumnElement[bool], *, correlated: Any = None) -> ScalarSelect[int]:
    """A count that stops after one more than pages count."""
    matching_ids: Select[Any] = select(outbox_email.c.id).where(condition).limit(COUNTED_UP_TO + 1)
    if correlated is not None:
        matching_ids = matching_ids.correlate(correlated)
    return select(func.count()).select_from(matching_ids.subquery()).scalar_subquery()


_BY_KIND = select(
    *(
        _up_to((outbox_email.c.kind == kind) & outbox_email.c.state.in_(states)).label(f"{kind.value} {name}")
        for kind in EmailKind
        for name, states in _STATES.items()
    )
)
