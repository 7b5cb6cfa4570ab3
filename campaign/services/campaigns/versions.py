"""Which version of a letter is read: the newest original, and the published translation in each language."""

from typing import TypedDict

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignShown, TranslationState
from campaign.domain.campaign_page import with_counts
from campaign.domain.letter import LetterWarning
from campaign.errors import NotFoundError
from campaign.store.tables import Campaign, LetterVersion

AnyCampaign = Campaign | CampaignShown


def original(session: Session, campaign: AnyCampaign) -> LetterVersion:
    """The newest version of the original letter."""
    return newest(session, campaign, campaign.language)


def newest(session: Session, campaign: AnyCampaign, language: str) -> LetterVersion:
    """The newest version in a language, a draft too; NotFoundError when there is none."""
    version = session.scalar(_NEWEST, _named(campaign, language))
    if version is None:
        raise NotFoundError("There is no letter in %(language)s in this campaign.", language=language)
    return version


def warnings_of(version: LetterVersion) -> tuple[LetterWarning, ...]:
    """What the reader of the letter warned of when the version was stored."""
    return tuple(LetterWarning(**entry) for entry in version.warnings)


def published_translation(session: Session, campaign: AnyCampaign, language: str) -> LetterVersion | None:
    """The translation that people read in a language; None for the campaign's own and where there is none."""
    if language == campaign.language:
        return None
    return session.scalar(_NEWEST_PUBLISHED, _named(campaign, language))


def languages(session: Session, campaign_id: int) -> tuple[str, ...]:
    """Every language there is a version in, in any state."""
    statement = select(LetterVersion.language).where(LetterVersion.campaign_id == campaign_id).distinct()
    return tuple(session.scalars(statement.order_by(LetterVersion.language)))


def newest_translation(session: Session, campaign: AnyCampaign, language: str) -> LetterVersion | None:
    """The newest translation into a language, a draft too; None for the campaign's own language."""
    return None if language == campaign.language else session.scalar(_NEWEST, _named(campaign, language))


def translated_languages(session: Session, campaign: AnyCampaign) -> tuple[str, ...]:
    """The languages that there is any translation into, drafts too."""
    languages = (
        select(LetterVersion.language)
        .where(LetterVersion.campaign_id == campaign.id, LetterVersion.language != campaign.language)
        .distinct()
    )
    return tuple(session.scalars(languages.order_by(LetterVersion.language)))


def published_languages(session: Session, campaign_id: int) -> tuple[str, ...]:
    """The languages the letter can be read in beside its own."""
    return tuple(session.scalars(_PUBLISHED_LANGUAGES, {"campaign_id": campaign_id}))


def title_in(session: Session, campaign: AnyCampaign, language: str) -> str:
    """What the campaign is called in a language: as its translation says, else as its letter does."""
    translation = published_translation(session, campaign, language)
    if translation is None or not translation.title:
        return campaign.title
    return _title(session, campaign.id, translation.title, campaign.shown_count)


class LetterNamed(TypedDict):
    """What every email about a letter says of it, and in what colour."""

    slug: str
    campaign_title: str
    language: str
    accent: str | None


def named_in(session: Session, campaign: Campaign, language: str) -> LetterNamed:
    """The letter as an email in a language names it."""
    title = title_in(session, campaign, language)
    return {"slug": campaign.slug, "campaign_title": title, "language": language, "accent": campaign.accent}


def _title(session: Session, campaign_id: int, title: str, supporters: int) -> str:
    if "{{" not in title:
        return title
    first = select(Campaign.first_organizations, Campaign.first_people).where(Campaign.id == campaign_id)
    organizations, people = session.execute(first).one()
    return with_counts(
        title, signatories=organizations + people, organizations=organizations, supporters=supporters
    )


def _named(campaign: AnyCampaign, language: str) -> dict[str, int | str]:
    return {"campaign_id": campaign.id, "language": language}


_NEWEST = (
    select(LetterVersion)
    .where(
        LetterVersion.campaign_id == bindparam("campaign_id"), LetterVersion.language == bindparam("language")
    )
    .order_by(LetterVersion.number.desc())
    .limit(1)
)
_NEWEST_PUBLISHED = _NEWEST.where(LetterVersion.translation_state == TranslationState.PUBLISHED)
_PUBLISHED_LANGUAGES = (
    select(LetterVersion.language)
    .where(
        LetterVersion.campaign_id == bindparam("campaign_id"),
        LetterVersion.translation_state == TranslationState.PUBLISHED,
    )
    .distinct()
    .order_by(LetterVersion.language)
)
