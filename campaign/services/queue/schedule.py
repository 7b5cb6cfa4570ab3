"""When a campaign's messages may be sent, and why those that wait do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown
from campaign.domain.digest import DigestMode, DigestSchedule, next_digest_at
from campaign.domain.official import OfficialListed
from campaign.domain.outbox import OutboxState
from campaign.domain.rate_limit import Bucket, DailyLimit, allowed, hour_weight, next_midnight, refilled
from campaign.domain.sending_plan import (
    Wait,
    Window,
    changed_window,
    read_daily_limit,
    read_rate,
    read_time_zone,
)
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.outbox.rate_limits import daily_key
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.tables import Campaign, Official, OutboxEmail, PaceBucket

# Below this part of the full rate, organizers who wonder are told of the hour.
SLOW = 0.5


@dataclass(frozen=True, kw_only=True)
class PlanDetails:
    """The form as it was filled in; what is None stays as it is, what is empty is none or as usual.

    Times are those of the time zone that stands beside them, else UTC.
    """

    hourly_rate: str | None = None
    daily_limit: str | None = None
    time_zone: str | None = None
    sending_from: str | None = None
    sending_until: str | None = None


@dataclass(frozen=True)
class Delay:
    """Why messages to an official wait at this moment, and until when where that is known."""

    why: Wait
    until: datetime | None = None


def change(
    session: Session, slug: str, details: PlanDetails, *, actor: Actor, now: datetime
) -> CampaignShown:
    """Store how a campaign's messages are sent; RefusedError names the field's rule."""
    campaign = campaigns.campaign_row(session, slug)
    values: dict[str, object] = {}
    if details.hourly_rate is not None:
        values["official_rate"] = read_rate(details.hourly_rate)
    if details.daily_limit is not None:
        values["daily_limit"] = read_daily_limit(details.daily_limit)
    zone = campaign.time_zone
    if details.time_zone is not None:
        zone = values["time_zone"] = read_time_zone(details.time_zone)
    window = changed_window(
        _window(campaign),
        details.sending_from,
        details.sending_until,
        time_zone=zone,
    )
    values |= {"sending_from": window.opens_at, "sending_until": window.closes_at}
    changed = [name for name, value in values.items() if getattr(campaign, name) != value]
    noted = audit_log.values_changed(
        {name: getattr(campaign, name) for name in changed}, {name: values[name] for name in changed}
    )
    for name in changed:
        setattr(campaign, name, values[name])
    if changed:
        audit_log.record(
            session,
            action="campaign.sending",
            actor=actor,
            details={"campaign": campaign.id, "fields": changed, "values": noted},
            now=now,
        )
    return campaigns.campaign_shown(campaign)


def queued_counts(session: Session, campaign_id: int) -> dict[int, int]:
    """How many emails wait in the queue for each official who has any, by the official's id.

    Counts no further than one more than COUNTED_UP_TO for each.
    """
    queued_ids = (
        select(OutboxEmail.id)
        .where(OutboxEmail.official_id == Official.id, OutboxEmail.state == OutboxState.QUEUED)
        .limit(COUNTED_UP_TO + 1)
        .correlate(Official)
        .subquery()
    )
    count = select(func.count()).select_from(queued_ids).scalar_subquery()
    rows = session.execute(select(Official.id, count).where(Official.campaign_id == campaign_id))
    return {official_id: number for official_id, number in rows if number}


def why_all_wait(session: Session, campaign: CampaignShown, *, now: datetime) -> Delay | None:
    """Why nothing goes to any official of a campaign at this moment, as far as its own plan says."""
    if campaign.sending_paused_at:
        return Delay(Wait.CAMPAIGN_PAUSED)
    spent = _spent(session, [daily_key("campaign", campaign.id)])
    return _outside(_window(campaign), now) or _limit_reached(
        "campaign", campaign, campaign.time_zone, spent, now
    )


def why_waiting(
    session: Session, campaign: CampaignShown, *, usual_rate: int, now: datetime
) -> Mapping[int, Delay]:
    """By official, why what is in the queue for them does not simply go; those it goes to are not in it.

    Two statements, whatever the number of messages.
    """
    officials = session.scalars(select(Official).where(Official.campaign_id == campaign.id)).all()
    keys = [
        daily_key("campaign", campaign.id),
        *(daily_key("official", official.id) for official in officials),
    ]
    spent = _spent(session, keys)
    delays = {
        official.id: _waiting(campaign, official, spent, usual_rate=usual_rate, now=now)
        for official in officials
    }
    return {official_id: delay for official_id, delay in delays.items() if delay}


def _waiting(
    campaign: CampaignShown,
    official: Official,
    spent: Mapping[str, Bucket],
    *,
    usual_rate: int,
    now: datetime,
) -> Delay | None:
    if official.paused_at:
        return Delay(Wait.OFFICIAL_PAUSED)
    if campaign.sending_paused_at:
        return Delay(Wait.CAMPAIGN_PAUSED)
    outside = _outside(_window(official).within(_window(campaign)), now)
    zone = official.time_zone or campaign.time_zone
    held = (
        outside
        or _limit_reached("official", official, zone, spent, now)
        or _limit_reached("campaign", campaign, campaign.time_zone, spent, now)
    )
    if held:
        return held
    rate = next(
        rate for rate in (official.hourly_rate, campaign.official_rate, usual_rate) if rate is not None
    )
    if official.digest_mode is DigestMode.DAILY:
        return Delay(Wait.DIGEST, next_digest_at(digests_of(official, campaign), now))
    if rate and zone and hour_weight(now, zone) < SLOW:
        return Delay(Wait.OUTSIDE_HOURS)
    return None


def digests_of(official: Official | OfficialListed, campaign: Campaign | CampaignShown) -> DigestSchedule:
    """An official's digests, in their own time zone or else in the campaign's."""
    return DigestSchedule(
        mode=official.digest_mode,
        threshold=official.digest_threshold,
        time_zone=official.time_zone or campaign.time_zone,
        done_on=official.digested_on,
    )


def _window(planned: Campaign | CampaignShown | Official) -> Window:
    return Window(planned.sending_from, planned.sending_until)


def _outside(window: Window, now: datetime) -> Delay | None:
    why = window.wait(now)
    return Delay(why, window.opens_at if why is Wait.NOT_YET else window.closes_at) if why else None


def _limit_reached(
    kind: str, planned: CampaignShown | Official, zone: str | None, spent: Mapping[str, Bucket], now: datetime
) -> Delay | None:
    if not planned.daily_limit:
        return None
    limit = DailyLimit(messages=planned.daily_limit, time_zone=zone)
    today = refilled(spent.get(daily_key(kind, planned.id)), limit, now=now)
    return None if allowed(today, limit) else Delay(Wait.DAILY_LIMIT, next_midnight(now, zone))


def _spent(session: Session, keys: list[str]) -> dict[str, Bucket]:
    rows = session.scalars(select(PaceBucket).where(PaceBucket.key.in_(keys)))
    return {row.key: Bucket(row.tokens, row.at) for row in rows}
