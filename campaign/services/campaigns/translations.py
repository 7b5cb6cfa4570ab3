"""Translations of a letter: taken in, compared with the original, reviewed and published; corrections."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaign.documents.read_letter.missing_parts import NO_ADDRESSEE, NO_DATE, NO_SIGNATORIES
from campaign.domain.actor import Actor
from campaign.domain.campaign import TRANSLATION_MOVES, CampaignShown, TranslationState
from campaign.domain.letter import Letter, LetterWarning
from campaign.errors import ConflictError, RefusedError
from campaign.i18n import LANGUAGES, Language
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, changes, letters, salutations, versions
from campaign.services.campaigns.side_by_side import LetterPart, Side, paired
from campaign.services.campaigns.versions import AnyCampaign
from campaign.store.tables import Ask as AskStored
from campaign.store.tables import Campaign, LetterVersion

# A translation need not have these parts: it takes them from the original.
_TAKEN_FROM_ORIGINAL = frozenset([NO_DATE, NO_ADDRESSEE, NO_SIGNATORIES])


@dataclass(frozen=True)
class TranslationShown:
    """One language's newest version; `is_original` for the letter's own, which has no state.

    `shown_number` is the version that people read, if any; `source_changed` when the original has a newer
    version than the one this was made from.
    """

    language: str
    number: int
    state: TranslationState | None
    is_original: bool
    source_number: int | None
    source_changed: bool
    shown_number: int | None
    title: str | None
    warnings: tuple[LetterWarning, ...]
    created_at: datetime
    reviewed_at: datetime | None
    published_at: datetime | None


def import_version(
    session: Session,
    letter: Letter,
    *,
    slug: str,
    language: str,
    publish: bool = False,
    actor: Actor,
    now: datetime,
) -> TranslationShown:
    """Store a letter as a new version in a language: a translation, or a correction of the original.

    A translation is a draft unless told to publish it. Signatories and officials stay those of the original.
    RefusedError for an unknown language and when the asks differ in number.
    """
    campaign = campaigns.campaign_row(session, slug)
    source = versions.original(session, campaign)
    language = read_language(language, original=campaign.language)
    _check_asks(session, letter, source)
    before = letters.letter_of(session, campaign, source)
    version = LetterVersion(language=language, number=_next_number(session, campaign, language))
    if language != campaign.language:
        version.translation_state = TranslationState.DRAFT
        version.source_version_id = source.id
    version.wording = source.wording
    own_letter = _with_own_warnings(letter, language)
    asks = letters.ask_ids(session, source)
    letters.store_version(session, campaign, own_letter, version, asks=asks, now=now)
    _record(session, "letter.import", campaign, version, actor=actor, now=now)
    if language == campaign.language:
        changes.record_letter(session, campaign, language, before, letter, now=now)
        salutations.follow_correction(session, campaign.id, source.salutation, letter.salutation)
        source = version
        campaign.title = letters.campaign_title(letters.stored_letter(session, slug)) or campaign.title
        campaigns.raise_version(session, campaign.id)
    elif publish:
        _set_state(session, campaign, version, TranslationState.REVIEWED, actor=actor, now=now)
        _set_state(session, campaign, version, TranslationState.PUBLISHED, actor=actor, now=now)
    return _shown(session, campaign, version, source)


def read_language(text: str, *, original: str) -> str:
    """The tag of a language a letter may have a version in: the original's, or one of the platform's."""
    language = known_language(text)
    if language != original and language not in LANGUAGES:
        raise RefusedError(
            "The platform doesn’t support %(language)s. It supports %(known)s.",
            language=language,
            known=", ".join(LANGUAGES),
        )
    return language


def known_language(text: str) -> str:
    """The tag of a language given by tag or by its word in addresses, in any case; else what was given."""
    tag = text.strip().replace("_", "-").lower()
    return next((code for code in LANGUAGES if code.lower() == tag), text.strip())


def list_translations(session: Session, campaign: CampaignShown) -> tuple[TranslationShown, ...]:
    """The newest version in every language there is, the original first."""
    source = versions.original(session, campaign)
    newest = (
        select(LetterVersion.language, func.max(LetterVersion.number).label("number"))
        .where(LetterVersion.campaign_id == campaign.id)
        .group_by(LetterVersion.language)
        .subquery()
    )
    newest_versions = session.scalars(
        select(LetterVersion)
        .join(
            newest,
            (LetterVersion.language == newest.c.language) & (LetterVersion.number == newest.c.number),
        )
        .where(LetterVersion.campaign_id == campaign.id)
        .order_by(LetterVersion.language != campaign.language, LetterVersion.language)
    )
    return tuple(_shown(session, campaign, version, source) for version in newest_versions)


def missing_languages(
    campaign: CampaignShown, translations: tuple[TranslationShown, ...]
) -> tuple[Language, ...]:
    """The languages of the platform that the letter has not been translated to."""
    present = {version.language for version in translations} | {campaign.language}
    return tuple(language for language in LANGUAGES.values() if language.code not in present)


def shorter_languages(session: Session, campaign: CampaignShown) -> tuple[str, ...]:
    """The languages in which people read fewer asks or paragraphs than the original has."""
    source = versions.original(session, campaign)
    published = (
        versions.published_translation(session, campaign, language)
        for language in versions.published_languages(session, campaign.id)
    )
    return tuple(one.language for one in published if one and _lacks_part(session, one, source))


def find_translation(session: Session, campaign: CampaignShown, language: str) -> TranslationShown:
    """The newest version in a language; NotFoundError when there is none."""
    version = versions.newest(session, campaign, language)
    return _shown(session, campaign, version, versions.original(session, campaign))


def side_by_side(session: Session, slug: str, language: str) -> tuple[LetterPart, ...]:
    """The newest original and the newest translation, part by part in the letter's order."""
    campaign = campaigns.campaign_row(session, slug)
    version = versions.newest(session, campaign, language)
    source = session.get(LetterVersion, version.source_version_id) if version.source_version_id else None
    sides = (versions.original(session, campaign), version, source or version)
    original, translation, made_from = (
        Side(letters.letter_of(session, campaign, each), letters.ask_ids(session, each)) for each in sides
    )
    return tuple(paired(original, translation, made_from if source else original))


def set_state(
    session: Session,
    slug: str,
    language: str,
    number: int,
    state: TranslationState,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Mark the newest translation as reviewed, publish it, or take it back.

    ConflictError when a newer version than `number` came in meanwhile, or when the state may not follow.
    """
    campaign = campaigns.campaign_row(session, slug)
    version = versions.newest(session, campaign, language)
    if version.number != number:
        raise ConflictError("There is a newer version of this translation. Please look at that one.")
    _set_state(session, campaign, version, state, actor=actor, now=now)


def _set_state(
    session: Session,
    campaign: Campaign,
    version: LetterVersion,
    state: TranslationState,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if version.translation_state is None:
        raise RefusedError("This is the original letter, not a translation.")
    if state not in TRANSLATION_MOVES[version.translation_state]:
        raise ConflictError("A translation goes from draft to reviewed to published, one step at a time.")
    if state is TranslationState.PUBLISHED:
        _tell_what_changed(session, campaign, version, now=now)
        _take_back_others(session, version)
        version.published_at = now
    if state is TranslationState.REVIEWED and version.translation_state is TranslationState.DRAFT:
        version.reviewed_at = now
    if state is TranslationState.DRAFT:
        version.reviewed_at = None
    version.translation_state = state
    session.flush()
    campaigns.raise_version(session, campaign.id)
    _record(session, f"translation.{state}", campaign, version, actor=actor, now=now)


def _tell_what_changed(
    session: Session, campaign: Campaign, version: LetterVersion, *, now: datetime
) -> None:
    published = versions.published_translation(session, campaign, version.language)
    if published is not None and published.id != version.id:
        before, after = (letters.letter_of(session, campaign, each) for each in (published, version))
        changes.record_letter(session, campaign, version.language, before, after, now=now)


def _take_back_others(session: Session, version: LetterVersion) -> None:
    """One version a language is published, so that taking it back leaves none."""
    session.execute(
        update(LetterVersion)
        .where(
            LetterVersion.campaign_id == version.campaign_id,
            LetterVersion.language == version.language,
            LetterVersion.id != version.id,
            LetterVersion.translation_state == TranslationState.PUBLISHED,
        )
        .values(translation_state=TranslationState.REVIEWED),
        execution_options={"synchronize_session": False},
    )


def _check_asks(session: Session, letter: Letter, source: LetterVersion) -> None:
    expected = session.scalar(select(func.count()).where(AskStored.letter_version_id == source.id)) or 0
    if len(letter.asks) != expected:
        raise RefusedError(
            "The number of asks differs: %(found)d in this letter, %(expected)d in the original.",
            found=len(letter.asks),
            expected=expected,
        )


def _lacks_part(session: Session, version: LetterVersion, source: LetterVersion) -> bool:
    theirs, ours = (
        (len(letters.ask_ids(session, one)), len(one.introduction), len(one.conclusion))
        for one in (version, source)
    )
    return any(there < here for there, here in zip(theirs, ours, strict=True))


def _next_number(session: Session, campaign: Campaign, language: str) -> int:
    number = session.scalar(
        select(func.max(LetterVersion.number)).where(
            LetterVersion.campaign_id == campaign.id, LetterVersion.language == language
        )
    )
    return (number or 0) + 1


def _with_own_warnings(letter: Letter, language: str) -> Letter:
    """The letter without warnings of what its original has, but with one of another language than said."""
    warnings = tuple(warning for warning in letter.warnings if warning.message not in _TAKEN_FROM_ORIGINAL)
    if letter.language and letter.language != language:
        other_language = LetterWarning(
            1,
            "The text reads as %(found)s, and was imported as %(said)s.",
            {"found": letter.language, "said": language},
        )
        warnings = (other_language, *warnings)
    return replace(letter, warnings=warnings)


def _shown(
    session: Session, campaign: AnyCampaign, version: LetterVersion, source: LetterVersion
) -> TranslationShown:
    is_original = version.language == campaign.language
    published = versions.published_translation(session, campaign, version.language)
    made_from = (
        session.get_one(LetterVersion, version.source_version_id) if version.source_version_id else None
    )
    return TranslationShown(
        language=version.language,
        number=version.number,
        state=version.translation_state,
        is_original=is_original,
        source_number=made_from.number if made_from else None,
        source_changed=not is_original and version.source_version_id != source.id,
        shown_number=version.number if is_original else published.number if published else None,
        title=version.title,
        warnings=versions.warnings_of(version),
        created_at=version.created_at,
        reviewed_at=version.reviewed_at,
        published_at=version.published_at,
    )


def _record(
    session: Session,
    action: str,
    campaign: Campaign,
    version: LetterVersion,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    details = {"campaign": campaign.id, "language": version.language, "number": version.number}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
