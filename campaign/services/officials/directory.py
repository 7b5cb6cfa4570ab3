"""Officials: whom a letter names, how each is reached, greeted and paced, and when one is paused."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import clean_address
from campaign.domain.official import OfficialListed
from campaign.domain.official_details import read_longest_message, read_salutation
from campaign.domain.sending_plan import (
    Window,
    changed_window,
    read_daily_limit,
    read_rate,
    read_time_zone,
)
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.campaigns.salutations import usual_salutation
from campaign.services.officials import pauses
from campaign.store.tables import Campaign, Official


@dataclass(frozen=True, kw_only=True)
class OfficialDetails:
    """The form as it was filled in; what is None stays as it is.

    An empty field means none (address, times, limit) or as usual (rate, time zone, the salutation that the
    letter suggests). Times are those of the official's time zone, else of the campaign's.
    """

    email: str | None = None
    salutation: str | None = None
    hourly_rate: str | None = None
    daily_limit: str | None = None
    time_zone: str | None = None
    sending_from: str | None = None
    sending_until: str | None = None
    longest_message: str | None = None


def by_name(session: Session, slug: str, name: str) -> OfficialListed:
    """The official a letter calls so, whatever the case; NotFoundError when it names nobody so."""
    campaign = campaigns.by_slug(session, slug)
    wanted = " ".join(name.casefold().split())
    for official in list_officials(session, campaign.id):
        if official.name.casefold() == wanted:
            return official
    raise NotFoundError("The letter of %(slug)s has no official named %(name)s.", slug=slug, name=name)


def list_officials(session: Session, campaign_id: int) -> tuple[OfficialListed, ...]:
    """A campaign's officials in the order of its letter, each as they will be greeted."""
    rows = session.scalars(
        select(Official).where(Official.campaign_id == campaign_id).order_by(Official.position)
    )
    return tuple(
        replace(official_listed(row), salutation=row.salutation or usual_salutation(session, row))
        for row in rows
    )


def by_id(session: Session, campaign_id: int, official_id: int) -> OfficialListed:
    """One official of a campaign; NotFoundError for none and for another campaign's."""
    return official_listed(_official(session, campaign_id, official_id))


def official_listed(official: Official) -> OfficialListed:
    """A row as plain data."""
    return OfficialListed(**{field.name: getattr(official, field.name) for field in fields(OfficialListed)})


def change(
    session: Session,
    campaign_id: int,
    official_id: int,
    details: OfficialDetails,
    *,
    actor: Actor,
    now: datetime,
) -> OfficialListed:
    """Store how one official is reached, greeted and paced; RefusedError names the field's rule.

    Messages written before stay what their writers were told they are: by email, or printed and handed over.
    Those by email that wait, or came back, go to the new address.
    """
    official = _official(session, campaign_id, official_id)
    values = _values(details, official, session.get_one(Campaign, campaign_id).time_zone)
    if details.salutation is not None:
        values["salutation"] = read_salutation(details.salutation) or usual_salutation(session, official)
    changed = [name for name, value in values.items() if getattr(official, name) != value]
    noted = audit_log.values_changed(
        {name: getattr(official, name) for name in changed}, {name: values[name] for name in changed}
    )
    for name in changed:
        setattr(official, name, values[name])
    if "email" in changed:
        pauses.readdress(session, official)
    if changed:
        campaigns.raise_version(session, campaign_id)
        audit_log.record(
            session,
            action="official.change",
            actor=actor,
            details={"campaign": campaign_id, "official": official_id, "fields": changed, "values": noted},
            now=now,
        )
    return official_listed(official)


def change_by_name(
    session: Session, slug: str, name: str, details: OfficialDetails, *, actor: Actor, now: datetime
) -> OfficialListed:
    """The same for the official whom the letter of a campaign calls so, whatever the case.

    NotFoundError when it names nobody so.
    """
    official = by_name(session, slug, name)
    return change(session, official.campaign_id, official.id, details, actor=actor, now=now)


def set_paused(
    session: Session,
    campaign_id: int,
    official_id: int,
    *,
    paused: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Stop sending to one official, or go on; what is waiting stays in the queue."""
    official = _official(session, campaign_id, official_id)
    if paused == (official.paused_at is not None):
        return
    if paused:
        official.paused_at = now
    else:
        pauses.resume(official, now=now)
    audit_log.record(
        session,
        action="official.pause" if paused else "official.resume",
        actor=actor,
        details={"campaign": campaign_id, "official": official_id},
        now=now,
    )


def _official(session: Session, campaign_id: int, official_id: int) -> Official:
    official = session.scalar(
        select(Official).where(Official.id == official_id, Official.campaign_id == campaign_id)
    )
    if official is None:
        raise NotFoundError("There is no such official in this campaign.")
    return official


def _values(details: OfficialDetails, official: Official, usual_zone: str | None) -> dict[str, Any]:
    """The columns that a form sets, with their new values."""
    values: dict[str, Any] = {}
    if details.email is not None:
        values["email"] = clean_address(details.email) if details.email.strip() else None
    if details.hourly_rate is not None:
        values["hourly_rate"] = read_rate(details.hourly_rate)
    if details.daily_limit is not None:
        values["daily_limit"] = read_daily_limit(details.daily_limit)
    if details.longest_message is not None:
        values["longest_message"] = read_longest_message(details.longest_message)
    zone = official.time_zone
    if details.time_zone is not None:
        zone = values["time_zone"] = read_time_zone(details.time_zone)
    window = changed_window(
        Window(official.sending_from, official.sending_until),
        details.sending_from,
        details.sending_until,
        time_zone=zone or usual_zone,
    )
    return values | {"sending_from": window.opens_at, "sending_until": window.closes_at}
