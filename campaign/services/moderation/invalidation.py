"""Many signatures removed by a rule, in batches that hold nobody up, and all of them restored.

A run is a row: it is begun by an organizer, carried on by whoever has time (a worker, or the command that
began it), and goes on where it was when that one dies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true, tuple_
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.moderation import (
    INVALIDATION_MOVES,
    UNDER_WAY,
    InvalidationRule,
    InvalidationState,
    clean_reason,
    is_of_domain,
)
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.moderation import batch
from campaign.store.legible import legible
from campaign.store.tables import Invalidation, Organizer
from campaign.store.tables.core import campaign, invalidation, removal, signature, supporter

# Signatures looked at in one transaction: some hundredths of a second, in which nobody else writes on SQLite.
BATCH = 300
# Before anything was confirmed.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class InvalidationShown:
    """One run: what it is about and how far it is. `organizer` is None for the command line."""

    id: int
    slug: str
    rule: InvalidationRule
    reason: str
    organizer: str | None
    state: InvalidationState
    begun_at: datetime
    expected: int
    invalidated: int
    restored: int
    undone_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to be done."""
        return self.state in UNDER_WAY

    @property
    def may_be_undone(self) -> bool:
        """Whether it can be taken back, even in the middle."""
        return InvalidationState.UNDOING in INVALIDATION_MOVES[self.state]


def begin(
    session: Session,
    slug: str,
    rule: InvalidationRule,
    *,
    expected: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Write a run down, for `carry_on`; the id. Only what was confirmed until now is meant.

    `expected` is how many the preview counted. RefusedError for a reason that names somebody.
    """
    campaign_id = campaigns.campaign_row(session, slug).id
    rule = until_now(rule, now=now)
    run = Invalidation(
        campaign_id=campaign_id,
        rule=rule.as_json(),
        reason=clean_reason(reason),
        organizer_id=actor.organizer_id,
        state=InvalidationState.RUNNING,
        begun_at=now,
        expected=expected,
    )
    session.add(run)
    session.flush()
    details = {"campaign": campaign_id, "invalidation": run.id, "expected": expected, "reason": run.reason}
    audit_log.record(
        session, action="signatures.invalidate", actor=actor, details=details | rule.as_json(), now=now
    )
    return run.id


def undo(session: Session, invalidation_id: int, *, actor: Actor, now: datetime) -> None:
    """Have all of a run restored, for `carry_on`; ConflictError when it is being undone already.

    One in the middle goes no further. What was restored one by one stays as it is.
    """
    run = _locked(session, invalidation_id)
    if InvalidationState.UNDOING not in INVALIDATION_MOVES[run.state]:
        raise ConflictError("This has already been undone.")
    run.state = InvalidationState.UNDOING
    details = {"campaign": run.campaign_id, "invalidation": run.id, "invalidated": run.invalidated}
    audit_log.record(session, action="signatures.undo", actor=actor, details=details, now=now)


def under_way(session: Session) -> int | None:
    """The id of the oldest run with something left to do; None when there is none."""
    is_under_way = or_(*(invalidation.c.state == state for state in UNDER_WAY))
    return session.scalar(select(invalidation.c.id).where(is_under_way).order_by(invalidation.c.id).limit(1))


def carry_on(session: Session, invalidation_id: int, *, now: datetime) -> bool:
    """Do the next batch of a run, at most BATCH signatures; whether there may be more."""
    run = _locked(session, invalidation_id)
    if run.state is InvalidationState.RUNNING:
        return _invalidate_batch(session, run, now=now)
    if run.state is InvalidationState.UNDOING:
        return _put_back_batch(session, run, now=now)
    return False


def latest(session: Session, campaign_id: int, *, limit: int = 50) -> tuple[InvalidationShown, ...]:
    """The runs of a campaign, the last begun first."""
    of_campaign = _shown().where(invalidation.c.campaign_id == campaign_id)
    rows = session.execute(of_campaign.order_by(invalidation.c.id.desc()).limit(limit))
    return tuple(map(_invalidation_shown, rows))


def by_id(session: Session, invalidation_id: int, *, campaign_id: int | None = None) -> InvalidationShown:
    """One run; NotFoundError for none, and for another campaign's."""
    statement = _shown().where(invalidation.c.id == invalidation_id)
    if campaign_id is not None:
        statement = statement.where(invalidation.c.campaign_id == campaign_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError("There is no such invalidation.")
    return _invalidation_shown(row)


def until_now(rule: InvalidationRule, *, now: datetime) -> InvalidationRule:
    """The rule about nobody who confirms later: what was not shown is not meant."""
    ends = min(rule.until, now) if rule.until else now
    return InvalidationRule(rule.domain, rule.network, rule.since, ends, rule.state)


def candidates(campaign_id: int, rule: InvalidationRule, state: SignatureState) -> Select[Any]:
    """The signatures in a rule's time that are confirmed or suspected, each with whether it `fits` the rest.

    Of what `email` is the database knows nothing, so that `fits` is without the domain. Each walks one index.
    `moment` is when one was confirmed; of what is suspected, when its form came in.
    """
    moment = signature.c.signed_at if state is SignatureState.SUSPECTED else signature.c.confirmed_at
    statement = (
        select(
            *(signature.c.id, moment.label("moment"), _fits(rule, state).label("fits")),
            # An address is read with the key of its row, through subqueries too.
            *(supporter.c.id.label("supporter_id"), legible(supporter.c.email)),
        )
        .join(supporter, supporter.c.id == signature.c.supporter_id)
        .where(signature.c.campaign_id == campaign_id)
    )
    if state is SignatureState.SUSPECTED:
        statement = statement.where(signature.c.state == state)
    else:
        statement = statement.where(signature.c.confirmed_at.is_not(None))
    if rule.since:
        statement = statement.where(moment >= rule.since)
    return statement.where(moment < rule.until) if rule.until else statement


def _fits(rule: InvalidationRule, state: SignatureState) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [signature.c.state == state]
    if rule.network:
        conditions.append(signature.c.network.startswith(rule.network, autoescape=True))
    return and_(true(), *conditions).is_(True)


def _invalidate_batch(session: Session, run: Invalidation, *, now: datetime) -> bool:
    rule = InvalidationRule.from_json(run.rule)
    rows: list[Row[Any]] = []
    if run.looked_until is None:
        rows += _next_suspected(session, run, rule)
    if run.looked_until is not None:
        rows += _next_confirmed(session, run, rule, limit=BATCH - len(rows))
    invalidated, _ = batch.remove_batch(
        session,
        run.campaign_id,
        [row.id for row in rows if row.fits and is_of_domain(rule, row.email)],
        to=SignatureState.INVALIDATED,
        reason="",
        organizer_id=run.organizer_id,
        invalidation_id=run.id,
        now=now,
    )
    run.invalidated += invalidated
    if len(rows) == BATCH:
        return True
    run.state = InvalidationState.DONE
    run.done_at = now
    _record_end(session, "signatures.invalidated", run, now=now, number=run.invalidated)
    return False


def _next_suspected(session: Session, run: Invalidation, rule: InvalidationRule) -> Sequence[Row[Any]]:
    """The next that are suspected, in the order of their ids; after the last, those confirmed are next."""
    rows: Sequence[Row[Any]] = ()
    if SignatureState.SUSPECTED in rule.states:
        suspected = candidates(run.campaign_id, rule, SignatureState.SUSPECTED)
        after = suspected.where(signature.c.id > (run.looked_until_id or 0))
        rows = session.execute(after.order_by(signature.c.id).limit(BATCH)).all()
    if len(rows) == BATCH:
        run.looked_until_id = rows[-1].id
    else:
        run.looked_until, run.looked_until_id = rule.since or _BEGINNING, 0
    return rows


def _next_confirmed(
    session: Session, run: Invalidation, rule: InvalidationRule, *, limit: int
) -> Sequence[Row[Any]]:
    """The next of those confirmed, in the order of confirmation."""
    if SignatureState.CONFIRMED not in rule.states:
        return ()
    confirmed = candidates(run.campaign_id, rule, SignatureState.CONFIRMED)
    after = confirmed.where(
        signature.c.confirmed_at >= run.looked_until,
        tuple_(signature.c.confirmed_at, signature.c.id) > tuple_(run.looked_until, run.looked_until_id),
    )
    rows = session.execute(after.order_by(signature.c.confirmed_at, signature.c.id).limit(limit)).all()
    if rows:
        run.looked_until, run.looked_until_id = rows[-1].moment, rows[-1].id
    return rows


def _put_back_batch(session: Session, run: Invalidation, *, now: datetime) -> bool:
    of_run = select(removal.c.signature_id).where(removal.c.invalidation_id == run.id)
    ids = session.scalars(of_run.order_by(removal.c.signature_id).limit(BATCH)).all()
    restored, _ = batch.restore_batch(session, run.campaign_id, ids, now=now)
    run.restored += restored
    if len(ids) == BATCH:
        return True
    run.state = InvalidationState.UNDONE
    run.undone_at = now
    _record_end(session, "signatures.undone", run, now=now, number=run.restored)
    return False


def _record_end(session: Session, action: str, run: Invalidation, *, now: datetime, number: int) -> None:
    details = {"campaign": run.campaign_id, "invalidation": run.id, "number": number}
    audit_log.record(session, action=action, actor=Actor(None, Via.WORKER), details=details, now=now)


def _locked(session: Session, invalidation_id: int) -> Invalidation:
    """The run, which nobody else carries on until the transaction ends."""
    run = session.get(Invalidation, invalidation_id, with_for_update=True)
    if run is None:
        raise NotFoundError("There is no such invalidation.")
    return run


def _shown() -> Select[Any]:
    names = ("id", "rule", "reason", "state", "begun_at", "expected", "invalidated", "restored", "undone_at")
    return (
        select(*(invalidation.c[name] for name in names), campaign.c.slug, Organizer.email)
        .join(campaign, campaign.c.id == invalidation.c.campaign_id)
        .outerjoin(Organizer, Organizer.id == invalidation.c.organizer_id)
    )


def _invalidation_shown(row: Any) -> InvalidationShown:
    return InvalidationShown(
        id=row.id,
        slug=row.slug,
        rule=InvalidationRule.from_json(row.rule),
        reason=row.reason,
        organizer=row.email,
        state=row.state,
        begun_at=row.begun_at,
        expected=row.expected,
        invalidated=row.invalidated,
        restored=row.restored,
        undone_at=row.undone_at,
    )
