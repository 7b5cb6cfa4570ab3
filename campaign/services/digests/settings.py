"""How organizers have officials written to: one by one, or many messages in one mail a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown
from campaign.domain.digest import (
    DigestMode,
    done_when_begun,
    next_digest_at,
    read_mode,
    read_threshold,
)
from campaign.domain.official import OfficialListed
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.digests import deferral
from campaign.services.officials import directory
from campaign.services.queue.schedule import digests_of
from campaign.store.tables import Campaign, Official


@dataclass(frozen=True)
class DigestDetails:
    """The form as it was filled in; an empty threshold is the usual one."""

    mode: str
    threshold: str = ""


def change(
    session: Session,
    campaign_id: int,
    official_id: int,
    details: DigestDetails,
    *,
    actor: Actor,
    now: datetime,
) -> OfficialListed:
    """Store how an official is written to; RefusedError names the rule. What waits goes the new way.

    What is in a digest already goes with it.
    """
    official, campaign = _locked(session, campaign_id, official_id)
    mode = read_mode(details.mode)
    threshold = read_threshold(details.threshold) if mode is DigestMode.ABOVE else official.digest_threshold
    if (mode, threshold) == (official.digest_mode, official.digest_threshold):
        return directory.official_listed(official)
    if official.digest_mode is DigestMode.NEVER:
        zone = digests_of(official, campaign).time_zone
        official.digested_on = done_when_begun(zone, now)
    if official.digest_mode is DigestMode.ALIKE:
        deferral.release(session, official.id, now=now)
    official.digest_mode, official.digest_threshold = mode, threshold
    # The page says how a message is going to be read, before it is sent.
    campaigns.raise_version(session, campaign_id)
    session.flush()
    audit_log.record(
        session,
        action="official.digest",
        actor=actor,
        details={"campaign": campaign_id, "official": official_id, "mode": mode.value, "above": threshold},
        now=now,
    )
    return directory.official_listed(official)


def change_by_name(
    session: Session, slug: str, name: str, details: DigestDetails, *, actor: Actor, now: datetime
) -> OfficialListed:
    """The same for the official whom the letter of a campaign calls so."""
    official = directory.by_name(session, slug, name)
    return change(session, official.campaign_id, official.id, details, actor=actor, now=now)


def next_digests(session: Session, campaign: CampaignShown, *, now: datetime) -> dict[int, datetime]:
    """When a campaign's officials get their next digests, by their ids; whoever gets none is not in it."""
    return {
        official.id: next_digest_at(digests_of(official, campaign), now)
        for official in directory.list_officials(session, campaign.id)
        if official.digest_mode is not DigestMode.NEVER
    }


def _locked(session: Session, campaign_id: int, official_id: int) -> tuple[Official, Campaign]:
    row = session.execute(
        select(Official, Campaign)
        .join(Campaign, Campaign.id == Official.campaign_id)
        .where(Official.id == official_id, Official.campaign_id == campaign_id)
        .with_for_update(of=Official, key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such official in this campaign.")
    return row[0], row[1]
