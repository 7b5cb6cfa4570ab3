"""What organizers tell of changes: of the letter's text, and in words of their own."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign_page import with_counts
from campaign.domain.changes import ChangeKind, read_note
from campaign.domain.letter import Letter
from campaign.domain.letter_diff import changed_parts
from campaign.errors import NotFoundError
from campaign.services import audit
from campaign.services.campaigns import campaigns, change_log
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign, CampaignChange
from campaign.store.tables.core import signature


def record_letter(
    session: Session, campaign: Campaign, language: str, before: Letter, after: Letter, *, now: datetime
) -> None:
    """Tell what reads otherwise now, where somebody has signed; until then a letter changes freely."""
    if not has_been_signed(session, campaign.id):
        return
    fill = _filled_in(campaign)
    parts = [
        {
            "part": part.part,
            "ask": part.ask,
            "difference": [[kind, fill(text)] for kind, text in part.difference],
        }
        for part in changed_parts(before, after)
    ]
    if parts:
        details = {"language": language, "parts": parts}
        change_log.record(session, campaign.id, ChangeKind.LETTER, details, at=now)


def has_been_signed(session: Session, campaign_id: int) -> bool:
    """Whether anybody has signed on the page, whatever became of it."""
    return bool(session.scalar(select(exists().where(signature.c.campaign_id == campaign_id))))


def add_note(session: Session, slug: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Add an entry in the organizers' own words; RefusedError for none, or too many of them."""
    campaign = campaigns.campaign_row(session, slug)
    change_log.record(session, campaign.id, ChangeKind.NOTE, {"text": read_note(text)}, at=now)
    campaigns.raise_version(session, campaign.id)
    details = {"campaign": campaign.id}
    audit.record(session, action="campaign.note", actor=actor, details=details, now=now)


def remove_note(session: Session, slug: str, change_id: int, *, actor: Actor, now: datetime) -> None:
    """Take an entry of the organizers' own back; NotFoundError for one that tells what was done."""
    campaign = campaigns.campaign_row(session, slug)
    removed = rows_changed(
        session,
        delete(CampaignChange).where(
            CampaignChange.id == change_id,
            CampaignChange.campaign_id == campaign.id,
            CampaignChange.kind == ChangeKind.NOTE,
        ),
    )
    if not removed:
        raise NotFoundError("There is no such entry.")
    campaigns.raise_version(session, campaign.id)
    details = {"campaign": campaign.id, "entry": change_id}
    audit.record(session, action="campaign.note-removed", actor=actor, details=details, now=now)


def _filled_in(campaign: Campaign) -> Callable[[str], str]:
    return partial(
        with_counts,
        signatories=campaign.first_organizations + campaign.first_people,
        organizations=campaign.first_organizations,
        supporters=campaign.shown_count,
    )
