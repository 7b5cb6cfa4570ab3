"""A campaign and the translations of its letter: how far each has come."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.domain.retention import RetentionTerms
from campaign.errors import RefusedError

# The places for counts in a letter's words.
_TOKEN = re.compile(r"\{\{[a-z_]*\}\}")
_LONGEST_PROPOSED = 48
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class CampaignState(StrEnum):
    """Whether people can see a campaign, and sign it."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class TranslationState(StrEnum):
    """How far a translation of the letter has come; only a published one is shown."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


TRANSLATION_MOVES: Mapping[TranslationState, frozenset[TranslationState]] = {
    TranslationState.DRAFT: frozenset({TranslationState.REVIEWED}),
    TranslationState.REVIEWED: frozenset({TranslationState.PUBLISHED, TranslationState.DRAFT}),
    TranslationState.PUBLISHED: frozenset({TranslationState.REVIEWED}),
}


@dataclass(frozen=True, kw_only=True)
class CampaignShown:
    """A campaign in any state as organizers see it.

    `signature_count` counts every confirmed signature, `shown_count` those that pages show by now. Rate,
    limit, zone and times are about messages to its officials, each of whom may have others.
    """

    id: int
    slug: str
    title: str
    state: CampaignState
    language: str
    signature_count: int
    shown_count: int
    accent: str | None
    embed_sites: tuple[str, ...]
    official_rate: int | None
    daily_limit: int | None
    time_zone: str | None
    sending_from: datetime | None
    sending_until: datetime | None
    sending_paused_at: datetime | None
    retention: RetentionTerms
    names_hidden_at: datetime | None = None
    quiet_at: datetime | None = None


def proposed_slug(title: str) -> str:
    """A name in addresses made of a title's first words; of one without Latin letters there is none."""
    latin = unicodedata.normalize("NFKD", _TOKEN.sub(" ", title)).encode("ascii", "ignore").decode().lower()
    slug = ""
    for part in re.findall("[a-z0-9]+", latin):
        if len(slug) + len(part) >= _LONGEST_PROPOSED:
            break
        slug = f"{slug}-{part}" if slug else part
    return slug or "letter"


def clean_slug(text: str) -> str:
    """A campaign's name in addresses; RefusedError when it is none."""
    slug = text.strip()
    if not _SLUG.fullmatch(slug):
        raise RefusedError(
            "A campaign’s web address has up to 80 lowercase letters, digits and hyphens, like"
            " human-rights-first."
        )
    return slug
