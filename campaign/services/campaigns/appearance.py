"""How a campaign's pages look, and which other sites may show its form."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.colour import DEFAULT_ACCENT, clean_colour
from campaign.domain.sites import clean_sites
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """The form as it was filled in: a colour, and sites, one a line."""

    colour: str
    sites: str


def change(
    session: Session, slug: str, appearance: Appearance, *, loopback: bool, actor: Actor, now: datetime
) -> None:
    """Store colour and sites; RefusedError names the rule that one of them breaks.

    `loopback` allows sites on this machine, for an installation that nobody else can reach.
    """
    campaign = campaigns.campaign_row(session, slug)
    colour = clean_colour(appearance.colour)
    values = {
        "accent": None if colour == DEFAULT_ACCENT else colour,
        "embed_sites": list(clean_sites(appearance.sites, loopback=loopback)),
    }
    changed = [name for name, value in values.items() if getattr(campaign, name) != value]
    noted = audit_log.values_changed(
        {name: getattr(campaign, name) for name in changed}, {name: values[name] for name in changed}
    )
    for name in changed:
        setattr(campaign, name, values[name])
    if changed:
        campaigns.raise_version(session, campaign.id)
        audit_log.record(
            session,
            action="campaign.look",
            actor=actor,
            details={"campaign": campaign.id, "fields": changed, "values": noted},
            now=now,
        )
