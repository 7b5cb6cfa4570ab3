"""Letters taken in and given back: from what the reader made of a file to a campaign, and the way back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import zip_longest

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, CampaignState, clean_slug
from campaign.domain.campaign_page import with_counts
from campaign.domain.letter import Addressee, Copied, Letter, Signatory, SignatoryKind
from campaign.domain.letter import LetterAsk as AskRead
from campaign.domain.official import OfficialRole
from campaign.domain.salutations import suggested_salutation
from campaign.errors import ConflictError
from campaign.i18n import SOURCE_LANGUAGE
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, versions
from campaign.store.tables import Ask, Campaign, InitialSignatory, LetterVersion, Official


def import_letter(
    session: Session,
    letter: Letter,
    *,
    slug: str,
    publish: bool,
    language: str | None = None,
    actor: Actor,
    now: datetime,
) -> CampaignShown:
    """Make a campaign of a letter: a draft unless told to publish, which asks for no check-list.

    Its language is the one given, else the one its reader found.
    ConflictError when the slug is taken, RefusedError when it is none.
    """
    slug = clean_slug(slug)
    if campaigns.exists(session, slug):
        raise ConflictError("There is already a campaign named %(slug)s.", slug=slug)
    campaign = Campaign(
        slug=slug,
        language=language or letter.language or SOURCE_LANGUAGE,
        title=campaign_title(letter) or slug,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    store_version(session, campaign, letter, LetterVersion(language=campaign.language, number=1), now=now)
    _store_officials(session, campaign, letter)
    store_signatories(session, campaign, letter.signatories)
    session.flush()
    audit_log.record(
        session,
        action="campaign.import",
        actor=actor,
        details={"campaign": campaign.id, "warnings": len(letter.warnings)},
        now=now,
    )
    if publish:
        return campaigns.set_state(session, slug, CampaignState.OPEN, actor=actor, now=now)
    return campaigns.campaign_shown(campaign)


def campaign_title(letter: Letter) -> str | None:
    """What lists and mails call the campaign: the letter's title with its counts as they are today."""
    title = letter.title or letter.subject or letter.salutation
    organizations = sum(signatory.kind is SignatoryKind.ORGANIZATION for signatory in letter.signatories)
    return title and with_counts(
        title, signatories=len(letter.signatories), organizations=organizations, supporters=0
    )


def stored_letter(session: Session, slug: str, *, language: str | None = None) -> Letter:
    """The campaign's letter as the reader gave it, its newest version in any state.

    A translation has the signatories and officials of the original. NotFoundError when there is no such
    campaign, or nothing in that language.
    """
    campaign = campaigns.campaign_row(session, slug)
    return letter_of(session, campaign, versions.newest(session, campaign, language or campaign.language))


def letter_of(session: Session, campaign: Campaign, version: LetterVersion) -> Letter:
    """One version as the reader gave it."""
    asks = session.scalars(select(Ask).where(Ask.letter_version_id == version.id).order_by(Ask.position))
    signatories = session.scalars(
        select(InitialSignatory)
        .where(InitialSignatory.campaign_id == campaign.id)
        .order_by(InitialSignatory.position)
    )
    copied = session.scalars(
        select(Official)
        .where(Official.campaign_id == campaign.id, Official.role == OfficialRole.COPIED)
        .order_by(Official.position)
    )
    return Letter(
        title=version.title,
        page_on=version.page_on,
        dated_on=version.dated_on,
        language=version.language,
        addressees=tuple(
            Addressee(entry["name"], entry["title"], tuple(entry["address"])) for entry in version.addressees
        ),
        subject=version.subject,
        salutation=version.salutation,
        introduction=tuple(version.introduction),
        asks=tuple(AskRead(text=ask.text, title=ask.title) for ask in asks),
        conclusion=tuple(version.conclusion),
        closing=version.closing,
        signatories=tuple(_signatory(row) for row in signatories),
        copied=tuple(Copied(row.name, row.title, row.office) for row in copied),
        warnings=versions.warnings_of(version),
    )


def ask_ids(session: Session, version: LetterVersion) -> list[int]:
    """What the asks of a version are known by in all versions, in its order."""
    known_by = func.coalesce(Ask.first_id, Ask.id)
    asks = select(known_by).where(Ask.letter_version_id == version.id).order_by(Ask.position)
    return list(session.scalars(asks))


def store_version(
    session: Session,
    campaign: Campaign,
    letter: Letter,
    version: LetterVersion,
    *,
    asks: Sequence[int | None] = (),
    now: datetime,
) -> None:
    """Fill a new version, which knows its language and number, with a letter's text, and store both.

    `asks` are what its asks are known by already, in its order; None, or nothing, for a new one.
    """
    version.campaign_id = campaign.id
    version.title = letter.title
    version.page_on = letter.page_on
    version.dated_on = letter.dated_on
    version.addressees = [asdict(addressee) for addressee in letter.addressees]
    version.subject = letter.subject
    version.salutation = letter.salutation
    version.introduction = list(letter.introduction)
    version.conclusion = list(letter.conclusion)
    version.closing = letter.closing
    version.warnings = [asdict(warning) for warning in letter.warnings]
    version.created_at = now
    session.add(version)
    session.flush()
    session.add_all(
        Ask(
            letter_version_id=version.id, first_id=first_id, position=position, title=ask.title, text=ask.text
        )
        for position, (ask, first_id) in enumerate(zip_longest(letter.asks, asks), start=1)
    )
    session.flush()


def store_signatories(session: Session, campaign: Campaign, signatories: Sequence[Signatory]) -> None:
    """Put these in place of those who signed first until now."""
    session.execute(delete(InitialSignatory).where(InitialSignatory.campaign_id == campaign.id))
    session.add_all(
        InitialSignatory(campaign_id=campaign.id, position=position, **asdict(signatory))
        for position, signatory in enumerate(signatories, start=1)
    )
    # No page counts rows: whoever changes these keeps both numbers in step.
    organizations = sum(signatory.kind is SignatoryKind.ORGANIZATION for signatory in signatories)
    campaign.first_organizations = organizations
    campaign.first_people = len(signatories) - organizations
    session.flush()


def _signatory(row: InitialSignatory) -> Signatory:
    return Signatory(row.kind, row.name, row.title, row.organization, row.for_identification)


def _store_officials(session: Session, campaign: Campaign, letter: Letter) -> None:
    officials = [
        Official(role=OfficialRole.ADDRESSEE, name=named.name, title=named.title, address=list(named.address))
        for named in letter.addressees
    ] + [
        Official(
            role=OfficialRole.COPIED, name=named.name, title=named.title, office=named.office, address=[]
        )
        for named in letter.copied
    ]
    addressees = [named.name for named in letter.addressees]
    for position, official in enumerate(officials, start=1):
        official.campaign_id = campaign.id
        official.salutation = suggested_salutation(
            official.name,
            official.title,
            language=campaign.language,
            letters_own=letter.salutation,
            addressees=addressees if official.role is OfficialRole.ADDRESSEE else (),
        )
        official.position = position
        session.add(official)
