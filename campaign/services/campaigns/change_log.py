"""The public change log of a campaign: entries written and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.domain.changes import ChangeKind, ChangeShown, without_words
from campaign.domain.letter_diff import in_context
from campaign.errors import NotFoundError
from campaign.store.tables import Campaign, CampaignChange

# More than a campaign of years will have; nobody is shown older ones.
MOST = 300
ON_A_PAGE = 10


@dataclass(frozen=True)
class ChangesPage:
    """Some entries, the newest first; `number` counts pages from 1."""

    entries: tuple[ChangeShown, ...]
    number: int
    is_last: bool


def latest(session: Session, campaign_id: int, *, limit: int = MOST) -> tuple[ChangeShown, ...]:
    """The newest entries first, with all their words: for organizers."""
    return tuple(map(_shown, session.scalars(_newest_first(campaign_id).limit(limit))))


def for_readers(session: Session, campaign_id: int, *, limit: int, after: int = 0) -> tuple[ChangeShown, ...]:
    """What everybody may read, `after` so many: no words of the letter while no name is public.

    Every public page reads entries here, so that hiding names hides what was taken out of the letter, too.
    """
    hidden_at = session.scalar(select(Campaign.names_hidden_at).where(Campaign.id == campaign_id))
    rows = session.scalars(_newest_first(campaign_id).limit(limit).offset(after))
    return tuple(_for_readers(_shown(row), are_names_hidden=hidden_at is not None) for row in rows)


def page_for_readers(session: Session, campaign_id: int, number: int) -> ChangesPage:
    """One page of them; NotFoundError for one that is not there."""
    after = (number - 1) * ON_A_PAGE
    if not 0 <= after < MOST:
        raise NotFoundError("There is no such page of changes.")
    entries = for_readers(session, campaign_id, limit=ON_A_PAGE + 1, after=after)
    if after and not entries:
        raise NotFoundError("There is no such page of changes.")
    is_last = len(entries) <= ON_A_PAGE or after + ON_A_PAGE >= MOST
    return ChangesPage(entries[:ON_A_PAGE], number, is_last)


def record(
    session: Session, campaign_id: int, kind: ChangeKind, details: Mapping[str, Any], *, at: datetime
) -> None:
    """Add an entry; the caller raises the campaign's version."""
    session.add(CampaignChange(campaign_id=campaign_id, at=at, kind=kind, details=dict(details)))
    session.flush()


def _newest_first(campaign_id: int) -> Select[CampaignChange]:
    return (
        select(CampaignChange)
        .where(CampaignChange.campaign_id == campaign_id)
        .order_by(CampaignChange.id.desc())
    )


def _shown(row: CampaignChange) -> ChangeShown:
    return ChangeShown(row.id, row.at, row.kind, row.details)


def _for_readers(entry: ChangeShown, *, are_names_hidden: bool) -> ChangeShown:
    if entry.kind is not ChangeKind.LETTER:
        return entry
    if are_names_hidden:
        return ChangeShown(entry.id, entry.at, entry.kind, without_words(entry.details))
    parts = [{**part, "difference": in_context(part["difference"])} for part in entry.details["parts"]]
    return ChangeShown(entry.id, entry.at, entry.kind, {**entry.details, "parts": parts})
