"""When a campaign opens: at once, or at a time, if nothing must be mended by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import WORKER, Actor
from campaign.domain.campaign import CampaignState
from campaign.domain.opening import OpeningCheck, blocking
from campaign.domain.sending_plan import local_text, read_moment, read_time_zone
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.opening import checklist
from campaign.services.opening.checklist import Premises
from campaign.services.opening.preview_links import draft_row, keep
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign
from campaign.store.tables.core import opening

FURTHEST = timedelta(days=366)
_NO_PLAN = {"opens_at": None, "opens_zone": None, "held_back_at": None}


@dataclass(frozen=True)
class OpeningPlan:
    """When a draft opens, by the clocks of a zone; `held_back_at` is when that was prevented."""

    opens_at: datetime | None = None
    opens_zone: str | None = None
    held_back_at: datetime | None = None


def plan_of(session: Session, slug: str) -> OpeningPlan:
    """What is planned for a campaign; nothing, for one that is open."""
    row = session.execute(
        select(opening.c.opens_at, opening.c.opens_zone, opening.c.held_back_at)
        .join(Campaign, Campaign.id == opening.c.campaign_id)
        .where(Campaign.slug == slug)
    ).one_or_none()
    return OpeningPlan(*row) if row else OpeningPlan()


def set_time(
    session: Session, slug: str, *, opens_at: str, zone: str, actor: Actor, now: datetime
) -> OpeningPlan:
    """Let a draft open at a local time in a zone; RefusedError for one that cannot be.

    An earlier plan is replaced. ConflictError when the campaign is not a draft.
    """
    campaign = draft_row(session, slug)
    opens_zone = read_time_zone(zone)
    moment = read_moment(opens_at, time_zone=opens_zone)
    if moment is None:
        raise RefusedError("Enter a date and a time like 2026-12-01 09:00.")
    if moment <= now:
        raise RefusedError("The time to open must be in the future.")
    if moment > now + FURTHEST:
        raise RefusedError("The time to open must be within a year.")
    if campaign.closes_at and moment >= campaign.closes_at:
        raise RefusedError("The campaign would open after its deadline.")
    plan = OpeningPlan(moment, opens_zone)
    keep(session, campaign.id, **vars(plan))
    local = local_text(moment, opens_zone).replace("T", " ")
    details = {"campaign": campaign.id, "at": local, "zone": opens_zone or "UTC"}
    audit_log.record(session, action="opening.scheduled", actor=actor, details=details, now=now)
    return plan


def call_off(session: Session, slug: str, *, actor: Actor, now: datetime) -> None:
    """Let a draft stay one; without a plan nothing happens."""
    campaign = campaigns.campaign_row(session, slug)
    planned = update(opening).where(opening.c.campaign_id == campaign.id, opening.c.opens_at.is_not(None))
    if rows_changed(session, planned.values(_NO_PLAN)):
        details = {"campaign": campaign.id}
        audit_log.record(session, action="opening.called-off", actor=actor, details=details, now=now)


def open_now(
    session: Session,
    slug: str,
    premises: Premises,
    *,
    despite_checks: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Open a draft at once; ConflictError while something must be mended, or when it is not a draft.

    `despite_checks` goes against the list, and the audit log keeps what was still to be mended.
    """
    campaign = draft_row(session, slug)
    missing = blocking(checklist.checks(session, slug, premises, now=now))
    if missing and not despite_checks:
        raise ConflictError("This campaign cannot open yet. The check-list says what must be mended.")
    if missing:
        _record_missing(session, "opening.despite-checks", campaign.id, missing, actor=actor, now=now)
    campaigns.set_state(session, slug, CampaignState.OPEN, actor=actor, now=now)


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """The drafts whose time has come, by their campaigns' ids: one look into an index."""
    ids = select(opening.c.campaign_id).where(_is_due(now)).order_by(opening.c.opens_at)
    return session.scalars(ids).all()


def open_due(session: Session, campaign_id: int, premises: Premises, *, now: datetime) -> bool:
    """Open a draft whose time has come, once, whoever else tries to; False when it is not opened.

    Where something must be mended it stays a draft, and does not open by itself later: by then its organizers
    may have told people another day.
    """
    held = select(Campaign.slug, Campaign.state).where(Campaign.id == campaign_id)
    slug, state = session.execute(held.with_for_update(key_share=True)).one()
    mine = update(opening).where(opening.c.campaign_id == campaign_id, _is_due(now))
    if state is not CampaignState.DRAFT:
        # It was opened by hand meanwhile, and may have been closed since.
        session.execute(mine.values(_NO_PLAN))
        return False
    if not rows_changed(session, mine.values(held_back_at=now)):
        return False
    missing = blocking(checklist.checks(session, slug, premises, now=now))
    if missing:
        _record_missing(session, "opening.held-back", campaign_id, missing, actor=WORKER, now=now)
        return False
    campaigns.set_state(session, slug, CampaignState.OPEN, actor=WORKER, now=now)
    return True


def _record_missing(
    session: Session,
    action: str,
    campaign_id: int,
    missing: Sequence[OpeningCheck],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    details = {"campaign": campaign_id, "missing": ", ".join(check.item for check in missing)}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (opening.c.opens_at <= now) & opening.c.held_back_at.is_(None)
