"""When a campaign's messages may be sent, and why those that wait do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.pace import Bucket, DailyLimit, allowed, hour_weight, next_midnight, refilled
from campaign.domain.sending_plan import (
    Wait,
    Window,
    changed_window,
    read_daily_limit,
    read_rate,
    read_time_zone,
)
from campaign.services import audit, campaigns
from campaign.services.pacing import daily_key
from campaign.store.tables import Campaign, Official, PaceBucket

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
class Waiting:
    """Why messages to an official wait at this moment, and until when where that is known."""

    why: Wait
    until: datetime | None = None


def change(
    session: Session, slug: str, details: PlanDetails, *, organizer_id: int | None, now: datetime
) -> Campaign:
    """Store how a campaign's messages are sent; RefusedError names the field's rule."""
    campaign = campaigns.by_slug(session, slug)
    values: dict[str, object] = {}
    if details.hourly_rate is not None:
        values["official_rate"] = read_rate(details.hourly_rate)
    if details.daily_limit is not None:
        values["daily_limit"] = read_daily_limit(details.daily_limit)
    zone = campaign.time_zone
    if details.time_zone is not None:
        zone = values["time_zone"] = read_time_zone(details.time_zone)
    window = changed_window(
        Window(campaign.sending_from, campaign.sending_until),
        details.sending_from,
        details.sending_until,
        time_zone=zone,
    )
    values |= {"sending_from": window.opens_at, "sending_until": window.closes_at}
    changed = [name for name, value in values.items() if getattr(campaign, name) != value]
    for name in changed:
        setattr(campaign, name, values[name])
    if changed:
        audit.record(
            session,
            action="campaign.sending",
            organizer_id=organizer_id,
            details={"campaign": campaign.id, "fields": changed},
            now=now,
        )
    return campaign


def why_waiting(
    session: Session, campaign: Campaign, *, usual_rate: int, now: datetime
) -> Mapping[int, Waiting]:
    """By official, why what is in the queue for them does not simply go; those it goes to are not in it.

    Two statements, whatever the number of messages.
    """
    officials = session.scalars(select(Official).where(Official.campaign_id == campaign.id)).all()
    keys = [daily_key("campaign", campaign.id), *(daily_key("official", one.id) for one in officials)]
    spent = {
        row.key: Bucket(row.tokens, row.at)
        for row in session.scalars(select(PaceBucket).where(PaceBucket.key.in_(keys)))
    }
    found = {one.id: _waiting(campaign, one, spent, usual_rate=usual_rate, now=now) for one in officials}
    return {official_id: waiting for official_id, waiting in found.items() if waiting}


def _waiting(
    campaign: Campaign, official: Official, spent: Mapping[str, Bucket], *, usual_rate: int, now: datetime
) -> Waiting | None:
    if official.paused_at:
        return Waiting(Wait.OFFICIAL_PAUSED)
    if campaign.sending_paused_at:
        return Waiting(Wait.CAMPAIGN_PAUSED)
    window = Window(official.sending_from, official.sending_until).within(
        Window(campaign.sending_from, campaign.sending_until)
    )
    outside = window.wait(now)
    if outside:
        return Waiting(outside, window.opens_at if outside is Wait.NOT_YET else window.closes_at)
    zone = official.time_zone or campaign.time_zone
    for key, limit, limit_zone in (
        (daily_key("official", official.id), official.daily_limit, zone),
        (daily_key("campaign", campaign.id), campaign.daily_limit, campaign.time_zone),
    ):
        pace = DailyLimit(messages=limit, time_zone=limit_zone) if limit else None
        if pace and not allowed(refilled(spent.get(key), pace, now=now), pace):
            return Waiting(Wait.DAILY_LIMIT, next_midnight(now, limit_zone))
    rate = next(
        rate for rate in (official.hourly_rate, campaign.official_rate, usual_rate) if rate is not None
    )
    if rate and zone and hour_weight(now, zone) < SLOW:
        return Waiting(Wait.OUTSIDE_HOURS)
    return None
