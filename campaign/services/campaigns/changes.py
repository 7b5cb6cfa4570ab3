"""What organizers tell of changes: of the letter's text, and in words of their own."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign_page import with_counts
from campaign.domain.changes import ChangeKind, read_note, without_words
from campaign.domain.letter import Letter
from campaign.domain.letter_diff import IN, OUT, changed_parts
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, change_log
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign, CampaignChange


def record_letter(
    session: Session,
    campaign: Campaign,
    language: str,
    before: Letter,
    after: Letter,
    *,
    withheld: bool = False,
    wording: int | None = None,
    now: datetime,
) -> None:
    """Tell what reads otherwise now, once the letter has been open; until then it changes freely.

    Never whether anybody has signed: an entry would tell of the first who did, though no page shows them.
    With `withheld` it tells which parts, and no words; with a `wording`, that this one is new.
    """
    if campaign.opened_at is None:
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
        details: dict[str, Any] = {"language": language, "parts": parts}
        if wording is not None:
            details["wording"] = wording
        if withheld:
            details = without_words(details)
        change_log.record(session, campaign.id, ChangeKind.LETTER, details, at=now)


def withhold_words(session: Session, slug: str, change_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete the words of the letter from an entry, which goes on telling its day and the parts changed.

    NotFoundError for an entry that has no words of the letter.
    """
    campaign = campaigns.campaign_row(session, slug)
    entry = session.get(CampaignChange, change_id)
    if entry is None or entry.campaign_id != campaign.id or entry.kind is not ChangeKind.LETTER:
        raise NotFoundError("There is no such entry.")
    if entry.details.get("withheld"):
        return
    entry.details = without_words(entry.details)
    campaigns.raise_version(session, campaign.id)
    details = {"campaign": campaign.id, "entry": change_id}
    audit_log.record(session, action="campaign.words-withheld", actor=actor, details=details, now=now)


def entries_with(session: Session, campaign_id: int, words: Collection[str]) -> tuple[int, ...]:
    """The entries whose words before or after hold one of these, such as a name."""
    return tuple(
        entry.id
        for entry in change_log.latest(session, campaign_id)
        if entry.kind is ChangeKind.LETTER
        and any(word in text for part in entry.details["parts"] for text in _texts(part) for word in words)
    )


def _texts(part: Mapping[str, Any]) -> tuple[str, str]:
    """What a part was, and what it is."""
    before, after = (
        "".join(text for kind, text in part["difference"] if kind != other) for other in (IN, OUT)
    )
    return before, after


def add_note(session: Session, slug: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Add an entry in the organizers' own words; RefusedError for none, or too many of them."""
    campaign = campaigns.campaign_row(session, slug)
    change_log.record(session, campaign.id, ChangeKind.NOTE, {"text": read_note(text)}, at=now)
    campaigns.raise_version(session, campaign.id)
    details = {"campaign": campaign.id}
    audit_log.record(session, action="campaign.note", actor=actor, details=details, now=now)


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
    audit_log.record(session, action="campaign.note-removed", actor=actor, details=details, now=now)


def _filled_in(campaign: Campaign) -> Callable[[str], str]:
    return partial(
        with_counts,
        signatories=campaign.first_organizations + campaign.first_people,
        organizations=campaign.first_organizations,
        supporters=campaign.shown_count,
    )
