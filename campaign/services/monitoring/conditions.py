"""What is wrong beside the pace of the queue, found by one statement: every page of the desk asks for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, String, bindparam, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from campaign.domain.alerts import AlertKind, Condition
from campaign.domain.code_tries import SHOWN_FOR, TOLD_AFTER
from campaign.domain.moderation import LARGE_RUN, LARGE_RUN_SHOWN, InvalidationState
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import HELD_LATELY, FormState
from campaign.domain.trends import RUSH_LASTS
from campaign.store.tables.core import (
    campaign,
    code_failure,
    domain_tally,
    invalidation,
    official,
    opening,
    outbox_email,
    provider_pause,
    signature,
    signing_form,
)

# The last held forms, among which those of every rush that goes on are.
MOST_HELD = 500
# Somebody who makes up many domains fills no page with them.
MOST_SHOWN = 20
# More officials at once would tell no more.
MOST_PAUSED = 500
_Subjects = Select[*tuple[Any, ...]]


def present(session: Session, *, now: datetime) -> list[Condition]:
    """All of them; each kind costs one look into an index, those of campaigns one for each campaign."""
    since = {
        AlertKind.CODES_TRIED: now - SHOWN_FOR,
        AlertKind.RUSH: now - RUSH_LASTS,
        AlertKind.HELD: now - HELD_LATELY,
        AlertKind.INVALIDATED: now - LARGE_RUN_SHOWN,
    }
    rows = session.execute(_ALL, {kind.value: moment for kind, moment in since.items()})
    return [Condition(AlertKind(row.kind), row.subject) for row in rows]


def _since(kind: AlertKind) -> BindParameter[datetime]:
    return bindparam(kind.value, type_=outbox_email.c.due_at.type)


def _refused_keys() -> _Subjects:
    return select(provider_pause.c.provider).where(provider_pause.c.cause == PauseCause.UNAUTHORIZED)


def _doubt() -> _Subjects:
    """Whether any email is in doubt; one that is itself an alert is no reason for another."""
    in_doubt = (outbox_email.c.state == OutboxState.IN_DOUBT) & (outbox_email.c.kind != EmailKind.ALERT)
    return select(literal("")).where(select(outbox_email.c.id).where(in_doubt).exists())


def _paused_officials() -> _Subjects:
    """Officials whom the system has paused, which writes down a cause; a pause of an organizer has none."""
    is_paused = official.c.paused_at.is_not(None) & official.c.pause_cause.is_not(None)
    return select(official.c.id).where(is_paused).limit(MOST_PAUSED)


def _rushes() -> _Subjects:
    seen = select(domain_tally.c.id).where(domain_tally.c.rush_seen_at > _since(AlertKind.RUSH))
    return seen.order_by(domain_tally.c.id).limit(MOST_SHOWN)


def _held_forms() -> _Subjects:
    """Campaigns of which forms were held lately, because very many came from one network."""
    last = (
        select(signing_form.c.campaign_id, signing_form.c.received_at)
        .where(signing_form.c.state == FormState.HELD)
        .order_by(signing_form.c.id.desc())
        .limit(MOST_HELD)
        .subquery()
    )
    return select(last.c.campaign_id).distinct().where(last.c.received_at > _since(AlertKind.HELD))


def _suspected() -> _Subjects:
    """Campaigns with signatures that wait for an organizer's look."""
    waits = (signature.c.campaign_id == campaign.c.id) & (signature.c.state == SignatureState.SUSPECTED)
    first = select(func.min(signature.c.id)).where(waits).scalar_subquery()
    return select(campaign.c.id).where(first.is_not(None))


def _large_invalidations() -> _Subjects:
    """Runs over many signatures that were begun lately and not undone; there are few runs of any kind."""
    stands = (invalidation.c.state == InvalidationState.RUNNING) | (
        invalidation.c.state == InvalidationState.DONE
    )
    large = select(invalidation.c.id).where(
        stands,
        invalidation.c.begun_at > _since(AlertKind.INVALIDATED),
        invalidation.c.expected >= LARGE_RUN,
    )
    return large.order_by(invalidation.c.id).limit(MOST_SHOWN)


def _codes_tried() -> _Subjects:
    """Logins whose password somebody has who tries codes of the second factor."""
    lately = code_failure.c.failed_at > _since(AlertKind.CODES_TRIED)
    tried = select(code_failure.c.organizer_id).where(code_failure.c.failures >= TOLD_AFTER, lately)
    return tried.distinct().limit(MOST_SHOWN)


def _not_opened() -> _Subjects:
    """Campaigns whose time to open has come, and which something still keeps from opening."""
    held_back = select(opening.c.campaign_id).where(opening.c.held_back_at.is_not(None))
    return held_back.order_by(opening.c.campaign_id).limit(MOST_SHOWN)


def _as_conditions(kind: AlertKind, subjects: _Subjects) -> Select[str, str]:
    listed = subjects.subquery()
    return select(literal(kind.value).label("kind"), cast(listed.c[0], String).label("subject"))


_ALL = union_all(
    _as_conditions(AlertKind.KEY_REFUSED, _refused_keys()),
    _as_conditions(AlertKind.DOUBT, _doubt()),
    _as_conditions(AlertKind.OFFICIAL_PAUSED, _paused_officials()),
    _as_conditions(AlertKind.RUSH, _rushes()),
    _as_conditions(AlertKind.HELD, _held_forms()),
    _as_conditions(AlertKind.SUSPECTED, _suspected()),
    _as_conditions(AlertKind.INVALIDATED, _large_invalidations()),
    _as_conditions(AlertKind.CODES_TRIED, _codes_tried()),
    _as_conditions(AlertKind.NOT_OPENED, _not_opened()),
)
