"""A campaign and the translations of its letter: how far each has come."""

from collections.abc import Mapping
from enum import StrEnum


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
