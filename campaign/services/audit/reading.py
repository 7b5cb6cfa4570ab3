"""The audit log as it is read: what its entries tell of by name, and the whole of it to take away."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.services.audit import audit_log
from campaign.services.audit.audit_log import AuditFilter, EntryShown
from campaign.store.database import Database
from campaign.store.tables import Campaign, Official, Organizer, OrganizerCampaign

A_BATCH = 500


@dataclass(frozen=True)
class NamesInLog:
    """What is called how, by id, now: a campaign by its title, an official by name, a person by address."""

    campaigns: Mapping[int, str] = field(default_factory=dict)
    slugs: Mapping[int, str] = field(default_factory=dict)
    officials: Mapping[int, str] = field(default_factory=dict)
    organizers: Mapping[int, str] = field(default_factory=dict)


def names(session: Session, *, within: Collection[int] | None = None) -> NamesInLog:
    """What the entries' ids are called: as many as there are campaigns, officials and organizers.

    Where `within` names campaigns, of these only, and of organizers who may do something in them.
    """
    of_campaigns = select(Campaign.id, Campaign.title, Campaign.slug)
    of_officials = select(Official.id, Official.name)
    of_organizers = select(Organizer.id, Organizer.email).order_by(Organizer.email)
    if within is not None:
        of_campaigns = of_campaigns.where(Campaign.id.in_(within))
        of_officials = of_officials.where(Official.campaign_id.in_(within))
        of_single = select(OrganizerCampaign.organizer_id).where(OrganizerCampaign.campaign_id.in_(within))
        of_organizers = of_organizers.where(Organizer.role.is_not(None) | Organizer.id.in_(of_single))
    campaigns = session.execute(of_campaigns).all()
    officials = session.execute(of_officials)
    organizers = session.execute(of_organizers)
    return NamesInLog(
        campaigns={row.id: row.title for row in campaigns},
        slugs={row.id: row.slug for row in campaigns},
        officials={row.id: row.name for row in officials},
        organizers={row.id: row.email for row in organizers},
    )


def record_export(session: Session, chosen: AuditFilter, *, actor: Actor, now: datetime) -> None:
    """Enter that the log is taken away, and which part of it."""
    details = {"campaign": chosen.campaign_id, "organizer": chosen.organizer_id}
    audit_log.record(session, action="audit.export", actor=actor, details=details, now=now)


def all_entries(database: Database, chosen: AuditFilter) -> Iterator[tuple[EntryShown, ...]]:
    """Every entry that is chosen, newest first, in batches, each read in a transaction of its own."""
    before = None
    while True:
        with database.reading() as session:
            batch = audit_log.entries(session, chosen, before=before, limit=A_BATCH)
        if not batch:
            return
        yield batch
        before = batch[-1].id
