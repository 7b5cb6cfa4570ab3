"""A campaign as one record: its state, its look-up by name, and the version that caches are checked by."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, CampaignState
from campaign.domain.changes import ChangeKind
from campaign.domain.retention import PERSONAL_DATA_DAYS, RetentionTerms
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import change_log
from campaign.store.tables import Campaign, Opening


def all_campaigns(session: Session) -> tuple[CampaignShown, ...]:
    """Every campaign, drafts and closed ones too, newest first: for the desk."""
    statement = select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return tuple(map(campaign_shown, session.scalars(statement)))


def titles(session: Session, campaign_ids: Collection[int] | None = None) -> Mapping[int, str]:
    """What these campaigns are called, or all there are, the newest first."""
    named = select(Campaign.id, Campaign.title).order_by(Campaign.id.desc())
    if campaign_ids is not None:
        named = named.where(Campaign.id.in_(campaign_ids))
    return {row.id: row.title for row in session.execute(named)}


def set_state(
    session: Session, slug: str, state: CampaignState, *, actor: Actor, now: datetime
) -> CampaignShown:
    """Open, close or take back a campaign; ConflictError when it was open and would become a draft again.

    The same for a draft that would be closed: everybody would see it, and its check-list would count no more.
    """
    campaign = campaign_row(session, slug)
    if state is CampaignState.DRAFT and campaign.opened_at:
        raise ConflictError("A campaign that has been open cannot be a draft again. Close it instead.")
    if state is CampaignState.CLOSED and campaign.state is CampaignState.DRAFT:
        raise ConflictError("Only an open campaign can be closed.")
    was, campaign.state = campaign.state, state
    if state is CampaignState.OPEN:
        _open(session, campaign, is_told=was is not state, now=now)
    if state is CampaignState.CLOSED:
        # Closed twice is closed since the first time: what was promised counts from then.
        campaign.closed_at = campaign.closed_at or now
        if was is not state:
            change_log.record(session, campaign.id, ChangeKind.CLOSED, {}, at=campaign.closed_at)
    raise_version(session, campaign.id)
    session.flush()
    audit_log.record(
        session,
        action="campaign.state",
        actor=actor,
        details={"campaign": campaign.id, "state": state.value},
        now=now,
    )
    return campaign_shown(campaign)


def _open(session: Session, campaign: Campaign, *, is_told: bool, now: datetime) -> None:
    is_first = campaign.opened_at is None
    campaign.opened_at = campaign.opened_at or now
    # The preview and the time to open at have had their day.
    session.execute(delete(Opening).where(Opening.campaign_id == campaign.id))
    campaign.closed_at = None
    campaign.purged_at = None
    if campaign.closes_at and campaign.closes_at <= now:
        # Else it would close again at once.
        campaign.closes_at = None
    if is_told:
        change_log.record(session, campaign.id, ChangeKind.OPENED, {"again": not is_first}, at=now)
    if is_first and campaign.goal:
        details = {"before": None, "after": campaign.goal}
        change_log.record(session, campaign.id, ChangeKind.GOAL, details, at=now)


def by_slug(session: Session, slug: str) -> CampaignShown:
    """The campaign of that name in any state; NotFoundError when there is none."""
    return campaign_shown(campaign_row(session, slug))


def campaign_shown(campaign: Campaign) -> CampaignShown:
    """The same as plain data."""
    return CampaignShown(
        id=campaign.id,
        slug=campaign.slug,
        title=campaign.title,
        state=campaign.state,
        language=campaign.language,
        signature_count=campaign.signature_count,
        shown_count=campaign.shown_count,
        accent=campaign.accent,
        embed_sites=tuple(campaign.embed_sites),
        official_rate=campaign.official_rate,
        daily_limit=campaign.daily_limit,
        time_zone=campaign.time_zone,
        sending_from=campaign.sending_from,
        sending_until=campaign.sending_until,
        sending_paused_at=campaign.sending_paused_at,
        retention=retention_terms(campaign),
        names_hidden_at=campaign.names_hidden_at,
        quiet_at=campaign.quiet_at,
    )


def retention_terms(campaign: Campaign) -> RetentionTerms:
    """How long a campaign keeps who signed; it is closed, too, once the time has come that it named."""
    is_closed = campaign.state is CampaignState.CLOSED
    return RetentionTerms(
        days=PERSONAL_DATA_DAYS if campaign.retention_days is None else campaign.retention_days,
        keep_public_names=campaign.keep_public_names,
        closed_at=campaign.closed_at if is_closed else campaign.closes_at,
        purged_at=campaign.purged_at,
    )


def campaign_row(session: Session, slug: str) -> Campaign:
    """The row of that campaign, for services that change it; NotFoundError when there is none."""
    campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFoundError("There is no campaign named %(slug)s.", slug=slug)
    return campaign


def exists(session: Session, slug: str) -> bool:
    """Whether there is a campaign of that name in any state."""
    return session.scalar(select(Campaign.id).where(Campaign.slug == slug)) is not None


def free_slug(session: Session, wanted: str) -> str:
    """The name in addresses, with a number behind where it is taken."""
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, 100)))
    return next((name for name in names if not exists(session, name)), wanted)


def raise_version(session: Session, campaign_id: int) -> None:
    """Note that something a page shows is different now, so that no cache goes on showing the old."""
    session.execute(
        update(Campaign).where(Campaign.id == campaign_id).values(version=Campaign.version + 1),
        execution_options={"synchronize_session": False},
    )
