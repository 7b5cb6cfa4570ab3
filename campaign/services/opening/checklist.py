"""The list to look through before a campaign opens: what is known of it now, put to the rules."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.campaign import CampaignShown, TranslationState
from campaign.domain.campaign_page import counts_first_signatories
from campaign.domain.official import Channel, OfficialListed
from campaign.domain.opening import OfficialFacts, OpeningCheck, OpeningFacts, opening_checks
from campaign.domain.outbox import PauseCause
from campaign.domain.publisher import Publisher
from campaign.domain.salutations import suggested_salutation
from campaign.i18n import LANGUAGES
from campaign.services.campaigns import (
    campaigns,
    first_signatories,
    pages,
    progress,
    translations,
    versions,
)
from campaign.services.installation import publisher as publishers
from campaign.services.officials import directory
from campaign.services.opening import preview_links
from campaign.services.outbox import provider_pauses
from campaign.services.setup import row, trial_email
from campaign.settings import Settings
from campaign.store.tables import LetterVersion

_OF_THE_SENDER = ("spf", "dkim", "dmarc")


@dataclass(frozen=True)
class Premises:
    """What the list needs to know of the installation."""

    mail_stays_here: bool
    is_public_site: bool
    provider: str
    default_publisher: Publisher

    @classmethod
    def of(cls, settings: Settings, default_publisher: Publisher) -> "Premises":
        """What the settings say."""
        provider = settings.mail.provider
        return cls(provider == "local", not settings.web.is_local, provider, default_publisher)


def checks(session: Session, slug: str, premises: Premises, *, now: datetime) -> tuple[OpeningCheck, ...]:
    """Every line of the list for a campaign."""
    campaign = campaigns.by_slug(session, slug)
    return opening_checks(_facts(session, campaign, premises, now), now=now)


def _facts(session: Session, campaign: CampaignShown, premises: Premises, now: datetime) -> OpeningFacts:
    publisher = publishers.current(session, default=premises.default_publisher)
    how_far = progress.stored(session, campaign.slug)
    others = [one for one in translations.list_translations(session, campaign) if not one.is_original]
    trial = trial_email.shown(session)
    preview = preview_links.shown(session, campaign.slug, now=now)
    original = versions.original(session, campaign)
    return OpeningFacts(
        asks=len(pages.asks(session, campaign.id)),
        doubts=len(versions.warnings_of(original)),
        counts_nobody=_counts_nobody(session, original),
        officials=[
            _official(one, campaign.language) for one in directory.list_officials(session, campaign.id)
        ],
        mail_stays_here=premises.mail_stays_here,
        is_public_site=premises.is_public_site,
        key_refused=_key_refused(session, premises.provider),
        failing=_failing(session),
        test_state=trial.state if trial else None,
        unpublished=[
            _own_name(one.language) for one in others if one.state is not TranslationState.PUBLISHED
        ],
        outdated=[_own_name(one.language) for one in others if one.source_changed],
        shorter=[_own_name(language) for language in translations.shorter_languages(session, campaign)],
        goal=how_far.goal,
        closes_at=how_far.closes_at,
        has_publisher=publisher.is_named,
        has_contact=bool(publisher.contact),
        has_privacy_notice=bool(publishers.privacy_notices(session)),
        retention_days=campaign.retention.days,
        is_preview_seen=preview.is_seen,
        is_preview_current=preview.is_current,
    )


def _counts_nobody(session: Session, original: LetterVersion) -> bool:
    """Whether readers would find “0 organizations” in the text."""
    text = "\n".join((original.title or "", *original.introduction, *original.conclusion))
    return counts_first_signatories(text) and not first_signatories.listed(session, original.campaign_id)


def _own_name(language: str) -> str:
    return LANGUAGES[language].name if language in LANGUAGES else language


def _official(one: OfficialListed, language: str) -> OfficialFacts:
    return OfficialFacts(
        is_decided=bool(one.email) or one.channel not in (None, Channel.EMAIL),
        has_own_salutation=one.salutation != suggested_salutation(one.name, None, language=language),
    )


def _key_refused(session: Session, provider: str) -> bool:
    return provider_pauses.cause_of_pause(session, provider) is PauseCause.UNAUTHORIZED


def _failing(session: Session) -> list[str]:
    """Which of the last checks of the sender's domain have failed."""
    found = row.read(session)
    named = {check["name"]: check["status"] for check in found.checks} if found else {}
    return [name for name in _OF_THE_SENDER if named.get(name) == "fail"]
