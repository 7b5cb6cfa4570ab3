"""What is wrong at this moment: looks into indexes, whatever the length of the queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain import retention
from campaign.domain.alerts import AlertKind, Condition, has_no_worker, is_late
from campaign.domain.outbox import OutboxState
from campaign.domain.rate_limit import Bucket, ready_at, refilled
from campaign.services.monitoring import conditions
from campaign.services.outbox import provider_pauses
from campaign.services.outbox.rate_limits import IS_DIGEST, Lane, Limits, lanes_with_work, official_key
from campaign.services.statistics import counting
from campaign.store.tables.core import (
    official,
    outbox_email,
    pace_bucket,
    purge_run,
    worker,
)

# A look at more officials at once would cost more than it tells.
MOST_LANES = 500
_WORKER_SEEN = select(func.max(worker.c.seen_at))
_PURGED = select(purge_run.c.finished_at)


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
    wrong = conditions.present(session, now=now)
    last_seen = session.scalar(_WORKER_SEEN)
    work = [*due.values(), *filter(None, [counting.waiting_forms(session).since])]
    if has_no_worker(min(work, default=None), last_seen, now=now):
        wrong.append(Condition(AlertKind.NO_WORKER))
    elif is_late(oldest_ready, now=now):
        wrong.append(Condition(AlertKind.QUEUE_LATE))
    if retention.is_overdue(session.scalars(_PURGED), now=now):
        wrong.append(Condition(AlertKind.PURGE_OVERDUE))
    tokens = {
        lane.official_id: refilled(buckets.get(key), pace, now=now).tokens
        for lane in lanes
        for key, pace in lane.paces
        if lane.official_id is not None and key == official_key(lane.official_id)
    }
    return HealthReport(tuple(sorted(wrong, key=_place)), oldest_ready, tokens)


def _place(condition: Condition) -> tuple[int, int, str]:
    """Where a page names it: by its kind, and then the oldest first."""
    return list(AlertKind).index(condition.kind), len(condition.subject), condition.subject


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
