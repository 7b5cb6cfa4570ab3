"""What is wrong at this moment: looks into indexes, whatever the length of the queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain import retention
from campaign.domain.alerts import AlertKind, Condition, has_no_worker, is_late
from campaign.domain.code_tries import SHOWN_FOR, TOLD_AFTER
from campaign.domain.moderation import LARGE_RUN, LARGE_RUN_SHOWN, InvalidationState
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.rate_limit import Bucket, ready_at, refilled
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import HELD_LATELY, FormState
from campaign.domain.trends import RUSH_LASTS
from campaign.services.outbox import provider_pauses
from campaign.services.outbox.rate_limits import IS_DIGEST, Lane, Limits, lanes_with_work, official_key
from campaign.services.statistics import counting
from campaign.store.tables.core import (
    campaign,
    code_failure,
    domain_tally,
    invalidation,
    official,
    opening,
    outbox_email,
    pace_bucket,
    provider_pause,
    purge_run,
    signature,
    signing_form,
    worker,
)

# A look at more officials at once would cost more than it tells.
MOST_LANES = 500
# The last held forms, among which those of every rush that goes on are.
MOST_HELD = 500
# Somebody who makes up many domains fills no page with them.
MOST_RUSHES = 20


@dataclass(frozen=True)
class HealthReport:
    """What a look at the queue found.

    `oldest_ready` is since when the oldest email is due that could go and does not: what waits for its pace,
    or because an organizer paused it, is not ready. `tokens` are those of the officials with due messages.
    """

    conditions: tuple[Condition, ...]
    oldest_ready: datetime | None
    tokens: dict[int, float]

    def has(self, kind: AlertKind) -> bool:
        """Whether anything of this kind is wrong."""
        return any(condition.kind is kind for condition in self.conditions)


def check(session: Session, *, limits: Limits, providers: Sequence[str], now: datetime) -> HealthReport:
    """Find what is wrong; `providers` are those mail may go through, the first one first."""
    lanes = lanes_with_work(session, limits, now=now)[:MOST_LANES]
    buckets = _buckets_of(session, lanes)
    # What waits because organizers paused the provider waits as they said; no other stands in for it then.
    due = {} if _is_paused(session, providers[0], now=now) else _due_since(session, lanes)
    ready = [_ready_since(lane, due[lane.official_id], buckets) for lane in lanes if lane.official_id in due]
    oldest_ready = min((moment for moment in ready if moment <= now), default=None)
    conditions = _refused_keys(session)
    last_seen = session.scalar(select(func.max(worker.c.seen_at)))
    work = [*due.values(), *filter(None, [counting.waiting_forms(session).since])]
    if has_no_worker(min(work, default=None), last_seen, now=now):
        conditions.append(Condition(AlertKind.NO_WORKER))
    elif is_late(oldest_ready, now=now):
        conditions.append(Condition(AlertKind.QUEUE_LATE))
    if _any_doubt(session):
        conditions.append(Condition(AlertKind.DOUBT))
    conditions += _paused_officials(session)
    conditions += _rushes(session, now=now) + _held_forms(session, now=now) + _suspected(session)
    conditions += _large_invalidations(session, now=now) + _codes_tried(session, now=now)
    conditions += _not_opened(session)
    if retention.is_overdue(session.scalars(select(purge_run.c.finished_at)), now=now):
        conditions.append(Condition(AlertKind.PURGE_OVERDUE))
    tokens = {
        lane.official_id: refilled(buckets.get(key), pace, now=now).tokens
        for lane in lanes
        for key, pace in lane.paces
        if lane.official_id is not None and key == official_key(lane.official_id)
    }
    return HealthReport(tuple(conditions), oldest_ready, tokens)


def _ready_since(lane: Lane, due_since: datetime, buckets: dict[str, Bucket]) -> datetime:
    """Since when a worker could have taken from a lane: in its time, its oldest due, and with a token.

    Workers write down every bucket they look at, so a token that has been there for long was seen by none.
    """
    limited = [ready_at(buckets[key], pace) for key, pace in lane.paces if key in buckets]
    return max(due_since, lane.opened_at or due_since, *limited)


def _buckets_of(session: Session, lanes: Iterable[Lane]) -> dict[str, Bucket]:
    keys = {key for lane in lanes for key, _ in lane.paces}
    if not keys:
        return {}
    rows = session.execute(select(pace_bucket).where(pace_bucket.c.key.in_(keys)))
    return {row.key: Bucket(row.tokens, row.at) for row in rows}


def _due_since(session: Session, lanes: Sequence[Lane]) -> dict[int | None, datetime]:
    """Since when the oldest email of each lane is due: one place in an index for each."""
    queued = select(func.min(outbox_email.c.due_at)).where(outbox_email.c.state == OutboxState.QUEUED)
    since: dict[int | None, datetime | None] = {}
    if any(lane.official_id is None for lane in lanes):
        since[None] = session.scalar(queued.where(outbox_email.c.official_id.is_(None)))
    for digests_only, going in ((False, queued), (True, queued.where(IS_DIGEST))):
        ids = [
            lane.official_id
            for lane in lanes
            if lane.official_id is not None and lane.digests_only is digests_only
        ]
        if not ids:
            continue
        first = going.where(outbox_email.c.official_id == official.c.id).scalar_subquery()
        rows = session.execute(select(official.c.id, first).where(official.c.id.in_(ids)))
        since.update((official_id, moment) for official_id, moment in rows)
    return {official_id: moment for official_id, moment in since.items() if moment is not None}


def _is_paused(session: Session, provider: str, *, now: datetime) -> bool:
    """Whether an organizer has paused a provider, which ends only when one says so."""
    return provider_pauses.breaker_state(session, provider, now=now) is provider_pauses.BreakerState.STOPPED


def _refused_keys(session: Session) -> list[Condition]:
    refused = select(provider_pause.c.provider).where(provider_pause.c.cause == PauseCause.UNAUTHORIZED)
    return [Condition(AlertKind.KEY_REFUSED, provider) for provider in session.scalars(refused)]


def _any_doubt(session: Session) -> bool:
    """Whether any email is in doubt; one that is itself an alert is no reason for another."""
    in_doubt = select(outbox_email.c.id).where(
        outbox_email.c.state == OutboxState.IN_DOUBT, outbox_email.c.kind != EmailKind.ALERT
    )
    return session.execute(in_doubt.limit(1)).first() is not None


def _codes_tried(session: Session, *, now: datetime) -> list[Condition]:
    """Logins whose password somebody has who tries codes of the second factor."""
    lately = (code_failure.c.failures >= TOLD_AFTER) & (code_failure.c.failed_at > now - SHOWN_FOR)
    tried = select(code_failure.c.organizer_id).where(lately).distinct().limit(MOST_RUSHES)
    return [Condition(AlertKind.CODES_TRIED, str(organizer_id)) for organizer_id in session.scalars(tried)]


def _rushes(session: Session, *, now: datetime) -> list[Condition]:
    seen = select(domain_tally.c.id).where(domain_tally.c.rush_seen_at > now - RUSH_LASTS)
    return [
        Condition(AlertKind.RUSH, str(tally_id))
        for tally_id in session.scalars(seen.order_by(domain_tally.c.id).limit(MOST_RUSHES))
    ]


def _held_forms(session: Session, *, now: datetime) -> list[Condition]:
    """Campaigns of which forms were held lately, because very many came from one network."""
    last = (
        select(signing_form.c.campaign_id, signing_form.c.received_at)
        .where(signing_form.c.state == FormState.HELD)
        .order_by(signing_form.c.id.desc())
        .limit(MOST_HELD)
        .subquery()
    )
    lately = select(last.c.campaign_id).distinct().where(last.c.received_at > now - HELD_LATELY)
    ids = session.scalars(lately.order_by(last.c.campaign_id))
    return [Condition(AlertKind.HELD, str(campaign_id)) for campaign_id in ids]


def _suspected(session: Session) -> list[Condition]:
    """Campaigns with signatures that wait for an organizer's look: one place in an index for each."""
    first = (
        select(func.min(signature.c.id))
        .where(signature.c.campaign_id == campaign.c.id, signature.c.state == SignatureState.SUSPECTED)
        .scalar_subquery()
    )
    ids = session.scalars(select(campaign.c.id).where(first.is_not(None)).order_by(campaign.c.id))
    return [Condition(AlertKind.SUSPECTED, str(campaign_id)) for campaign_id in ids]


def _large_invalidations(session: Session, *, now: datetime) -> list[Condition]:
    """Runs over many signatures that were begun lately and not undone; there are few runs of any kind."""
    stands = (invalidation.c.state == InvalidationState.RUNNING) | (
        invalidation.c.state == InvalidationState.DONE
    )
    large = select(invalidation.c.id).where(
        stands, invalidation.c.begun_at > now - LARGE_RUN_SHOWN, invalidation.c.expected >= LARGE_RUN
    )
    return [
        Condition(AlertKind.INVALIDATED, str(run_id))
        for run_id in session.scalars(large.order_by(invalidation.c.id).limit(MOST_RUSHES))
    ]


def _not_opened(session: Session) -> list[Condition]:
    """Campaigns whose time to open has come, and which something still keeps from opening."""
    ids = select(opening.c.campaign_id).where(opening.c.held_back_at.is_not(None))
    return [
        Condition(AlertKind.NOT_OPENED, str(campaign_id))
        for campaign_id in session.scalars(ids.order_by(opening.c.campaign_id).limit(MOST_RUSHES))
    ]


def _paused_officials(session: Session) -> list[Condition]:
    """Officials whom the system has paused, which writes down a cause; a pause of an organizer has none."""
    paused = select(official.c.id).where(
        official.c.paused_at.is_not(None), official.c.pause_cause.is_not(None)
    )
    return [
        Condition(AlertKind.OFFICIAL_PAUSED, str(official_id))
        for official_id in session.scalars(paused.limit(MOST_LANES))
    ]
