"""A draft that begins with what another campaign has: letter, officials, texts and look, and no people."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, TranslationState, clean_slug
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, letters, versions
from campaign.store.tables import Campaign, LetterVersion, Official

_OF_CAMPAIGN = (
    *("language", "title", "summary", "accent", "embed_sites", "closes_zone", "time_zone"),
    *("official_rate", "daily_limit", "retention_days", "keep_public_names", "quiet_at"),
)
_OF_OFFICIAL = (
    *("position", "role", "name", "title", "office", "address", "salutation", "email", "time_zone"),
    *("hourly_rate", "daily_limit", "digest_mode", "digest_threshold", "longest_message", "channel"),
    *("web_form", "district", "postal_codes", "review_on"),
)


def copy(session: Session, source: str, *, slug: str, actor: Actor, now: datetime) -> CampaignShown:
    """Make a draft of a campaign in any state. Who signed first signed that letter, and is not taken along.

    Its translations come as drafts. ConflictError when the name in addresses is taken.
    """
    slug = clean_slug(slug)
    original = campaigns.campaign_row(session, source.strip())
    if campaigns.exists(session, slug):
        raise ConflictError("There is already a campaign named %(slug)s.", slug=slug)
    made = Campaign(slug=slug, created_at=now, **{name: getattr(original, name) for name in _OF_CAMPAIGN})
    made.translated_texts = {
        language: {**texts, "outcome": ""} for language, texts in original.translated_texts.items()
    }
    session.add(made)
    session.flush()
    _copy_letters(session, original, made, now=now)
    officials = select(Official).where(Official.campaign_id == original.id).order_by(Official.position)
    session.add_all(
        Official(campaign_id=made.id, **{name: getattr(official, name) for name in _OF_OFFICIAL})
        for official in session.scalars(officials)
    )
    session.flush()
    details = {"campaign": made.id, "source": original.slug}
    audit_log.record(session, action="campaign.copy", actor=actor, details=details, now=now)
    return campaigns.campaign_shown(made)


def _copy_letters(session: Session, original: Campaign, made: Campaign, *, now: datetime) -> None:
    """The newest version in each language, each numbered from 1."""
    newest = versions.original(session, original)
    letter = replace(letters.letter_of(session, original, newest), signatories=())
    source = LetterVersion(language=made.language, number=1)
    letters.store_version(session, made, letter, source, now=now)
    made.title = letters.campaign_title(letter) or made.slug
    asks = letters.ask_ids(session, source)
    for language in versions.languages(session, original.id):
        if language == made.language:
            continue
        letter = letters.letter_of(session, original, versions.newest(session, original, language))
        translation = LetterVersion(language=language, number=1, translation_state=TranslationState.DRAFT)
        translation.source_version_id = source.id
        letters.store_version(session, made, letter, translation, asks=asks[: len(letter.asks)], now=now)
