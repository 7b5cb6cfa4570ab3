"""The letters that the front page lists: those anyone can sign, and those that are closed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignState, TranslationState
from campaign.domain.campaign_page import CampaignHead, LetterListed, with_counts
from campaign.services.campaigns.pages import HEAD_COLUMNS, head_of
from campaign.store.tables import Campaign, LetterVersion

# Older ones keep their addresses; the list stays one page.
MOST_CLOSED = 50


def letters(session: Session, *, language: str) -> tuple[LetterListed, ...]:
    """Open letters, the newest first, then those closed last; of quiet campaigns none.

    Whoever sees an email of a quiet campaign types the address it came from.
    """
    public = select(
        *HEAD_COLUMNS,
        *(Campaign.summary, Campaign.translated_texts, Campaign.closes_at, Campaign.closes_zone),
    ).where(Campaign.quiet_at.is_(None))
    is_open, is_closed = (Campaign.state == state for state in (CampaignState.OPEN, CampaignState.CLOSED))
    rows = [
        *session.execute(public.where(is_open).order_by(Campaign.opened_at.desc())),
        *session.execute(public.where(is_closed).order_by(Campaign.closed_at.desc()).limit(MOST_CLOSED)),
    ]
    titles = _titles(session, [row.id for row in rows], language)
    return tuple(_listed(row, titles, language) for row in rows)


def _titles(session: Session, campaign_ids: Sequence[int], language: str) -> dict[int, str | None]:
    """Of each letter that has a translation into this language; one version of it is published at most."""
    rows = session.execute(
        select(LetterVersion.campaign_id, LetterVersion.title).where(
            LetterVersion.campaign_id.in_(campaign_ids),
            LetterVersion.language == language,
            LetterVersion.translation_state == TranslationState.PUBLISHED,
        )
    )
    return {row.campaign_id: row.title for row in rows}


def _listed(row: Any, titles: Mapping[int, str | None], language: str) -> LetterListed:
    head = head_of(row[: len(HEAD_COLUMNS)])
    title = titles.get(head.id) if head.language != language else None
    summary = row.translated_texts.get(language, {}).get("summary")
    return LetterListed(
        head=head,
        title=_with_counts(title, head) if title else head.title,
        title_language=language if title else head.language,
        summary=summary or row.summary or "",
        summary_language=language if summary else head.language,
        closes_at=row.closes_at,
        closes_zone=row.closes_zone,
    )


def _with_counts(title: str, head: CampaignHead) -> str:
    return with_counts(
        title,
        signatories=head.first_organizations + head.first_people,
        organizations=head.first_organizations,
        supporters=head.shown_count,
    )
