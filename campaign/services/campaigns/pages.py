"""What public pages show of a campaign: the whole page as plain data, and the head that keys its cache."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.affirming import VersionSplit, split
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import (
    AskShown,
    CampaignHead,
    CampaignPage,
    LetterShown,
    OfficialShown,
    Original,
    OutcomeShown,
    SignatoryShown,
    with_counts,
)
from campaign.domain.letter import Addressee, SignatoryKind
from campaign.domain.official import channel_of
from campaign.errors import NotFoundError
from campaign.services.campaigns import (
    campaigns,
    change_log,
    offices,
    public_quotes,
    published_replies,
    versions,
)
from campaign.store.database import Database
from campaign.store.tables import Ask, Campaign, InitialSignatory, LetterVersion, Official

# On the letter's page; all of them have a page of their own.
LATEST_CHANGES = 4
HEAD_COLUMNS = (
    Campaign.id,
    Campaign.slug,
    Campaign.title,
    Campaign.state,
    Campaign.language,
    Campaign.version,
    Campaign.shown_count,
    Campaign.accent,
    Campaign.first_organizations,
    Campaign.first_people,
    Campaign.shown_entered_count,
    Campaign.quiet_at.is_not(None),
    Campaign.name_additions,
)
_BY_SLUG = select(*HEAD_COLUMNS).where(Campaign.slug == bindparam("slug"))
_INITIAL = (
    select(InitialSignatory)
    .where(InitialSignatory.campaign_id == bindparam("campaign_id"))
    .order_by(InitialSignatory.position)
)
_OFFICIALS = (
    select(Official).where(Official.campaign_id == bindparam("campaign_id")).order_by(Official.position)
)
_ASKS = select(Ask).where(Ask.letter_version_id == bindparam("version_id")).order_by(Ask.position)


def head(session: Session, slug: str) -> CampaignHead:
    """The facts that key a page's cache, in one read by primary index; NotFoundError for a draft too."""
    row = session.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    if row is None or row.state is CampaignState.DRAFT:
        raise NotFoundError("There is no campaign at this address.")
    return head_of(row)


def peek_head(database: Database, slug: str) -> CampaignHead:
    """The same as `head` at a tenth of its cost, for the look that every page begins with."""
    row = database.peek(_BY_SLUG, slug=slug)
    if row is None or row[3] == CampaignState.DRAFT:
        raise NotFoundError("There is no campaign at this address.")
    return head_of(row)


def is_still(database: Database, head: CampaignHead) -> Callable[[], bool]:
    """What tells again and again whether a campaign is as `head` says, without making another head."""
    slug, facts = head.slug, astuple(head)
    return lambda: database.peek(_BY_SLUG, slug=slug) == facts


def page(session: Session, slug: str, *, language: str) -> CampaignPage:
    """All that the page shows; the letter in `language` where there is one, else in the campaign's own."""
    facts = head(session, slug)
    campaign = session.get_one(Campaign, facts.id)
    letter = versions.published_translation(session, campaign, language)
    languages = versions.published_languages(session, campaign.id)
    return _page(session, facts, campaign, letter, language, languages=languages)


def page_in_any_state(session: Session, slug: str, *, language: str) -> CampaignPage:
    """The same of a draft too, which nobody may see without a link to its preview.

    A draft is shown with the newest version of each translation, so that it can be read before it is
    published. NotFoundError when there is no such campaign.
    """
    row = session.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    if row is None or row.state is not CampaignState.DRAFT:
        return page(session, slug, language=language)
    facts = head_of(row)
    campaign = session.get_one(Campaign, facts.id)
    letter = versions.newest_translation(session, campaign, language)
    languages = versions.translated_languages(session, campaign)
    return _page(session, facts, campaign, letter, language, languages=languages)


def _page(
    session: Session,
    facts: CampaignHead,
    campaign: Campaign,
    translation: LetterVersion | None,
    language: str,
    *,
    languages: Sequence[str],
) -> CampaignPage:
    source = versions.original(session, campaign)
    letter = translation or source
    initial_signatories = _initial_signatories(session, facts.id)
    fill = partial(
        with_counts,
        signatories=facts.first_organizations + facts.first_people,
        organizations=facts.first_organizations,
        supporters=facts.shown_count,
    )
    return CampaignPage(
        head=facts,
        **_how_far(session, campaign, language),
        letter=_letter_shown(letter, fill, of=source),
        asks=_asks_shown(session, letter, fill),
        officials=_officials_shown(session, facts.id),
        initial_signatories=() if campaign.names_hidden_at else initial_signatories,
        languages=(campaign.language, *languages),
        original=_original(session, source, letter, fill),
        embed_sites=tuple(campaign.embed_sites),
        answers=published_replies.published(session, facts.id),
        office_answers=offices.public_answers(session, facts.id),
        hand_overs=offices.public_hand_overs(session, facts.id),
        contacts=offices.contacts(session, facts.id),
        retention=campaigns.retention_terms(campaign),
        initial_count=len(initial_signatories),
        initial_organizations=sum(one.kind is SignatoryKind.ORGANIZATION for one in initial_signatories),
        names_hidden=campaign.names_hidden_at is not None,
        seal_recipient=campaign.seal_recipient,
        quotes=public_quotes.of_page(session, facts.id),
        versions=_by_version(campaign, source),
    )


def _by_version(campaign: Campaign, source: LetterVersion) -> VersionSplit | None:
    """For which wording those who signed on the page are counted; None while there is only one."""
    if source.wording == 1:
        return None
    return split(shown=campaign.shown_count, earlier=campaign.shown_earlier_count)


def _original(
    session: Session, source: LetterVersion, letter: LetterVersion, fill: Callable[[str], str]
) -> Original | None:
    """What a translation was made from; None for the original itself."""
    if letter is source:
        return None
    return Original(
        letter=_letter_shown(source, fill, of=source),
        asks=_asks_shown(session, source, fill),
        changed_since=letter.source_version_id != source.id,
    )


def _how_far(session: Session, campaign: Campaign, language: str) -> dict[str, Any]:
    """Summary and outcome in the reader's language where they are there in it; goal, deadline, change log."""
    own = {"summary": campaign.summary, "outcome": campaign.outcome}
    translated = campaign.translated_texts.get(language, {})
    texts = {
        name: (translated[name], language) if translated.get(name) else (text or "", campaign.language)
        for name, text in own.items()
    }
    (summary, summary_language), (outcome, outcome_language) = texts["summary"], texts["outcome"]
    paragraphs = tuple(filter(None, outcome.split("\n\n")))
    return {
        "summary": summary or None,
        "summary_language": summary_language,
        "goal": campaign.goal,
        "goal_reached_at": campaign.goal_reached_at,
        "closes_at": campaign.closes_at,
        "closes_zone": campaign.closes_zone,
        "outcome": OutcomeShown(paragraphs, outcome_language, campaign.outcome_at)
        if paragraphs and campaign.outcome_at
        else None,
        "changes": change_log.for_readers(session, campaign.id, limit=LATEST_CHANGES),
    }


def asks(session: Session, campaign_id: int) -> tuple[AskShown, ...]:
    """The asks of a campaign in any state, in the words of its original."""
    source = versions.original(session, session.get_one(Campaign, campaign_id))
    return _asks_shown(session, source, lambda text: text)


def open_campaigns(session: Session) -> tuple[CampaignHead, ...]:
    """The campaigns anyone can sign, newest first."""
    statement = (
        select(*HEAD_COLUMNS).where(Campaign.state == CampaignState.OPEN).order_by(Campaign.opened_at.desc())
    )
    return tuple(map(head_of, session.execute(statement)))


def head_of(row: Sequence[Any]) -> CampaignHead:
    id_, slug, title, state, *rest = row
    return CampaignHead(id_, slug, title, CampaignState(state), *rest)


def _official_shown(official: Official) -> OfficialShown:
    """What the public may know of an official."""
    return OfficialShown(
        id=official.id,
        position=official.position,
        role=official.role,
        name=official.name,
        title=official.title,
        office=official.office,
        address=tuple(official.address),
        salutation=official.salutation,
        email=official.email,
        longest_message=official.longest_message,
        channel=channel_of(official.channel, official.email),
        web_form=official.web_form,
        district=official.district,
        postal_codes=tuple(official.postal_codes),
        digest_mode=official.digest_mode,
    )


def _initial_signatories(session: Session, campaign_id: int) -> tuple[SignatoryShown, ...]:
    """Who signed first: organizations before people, each group in the organizer's order."""
    rows = session.scalars(_INITIAL, {"campaign_id": campaign_id})
    return tuple(
        SignatoryShown(
            row.kind,
            row.name,
            row.title,
            row.organization,
            None,
            initial=True,
            for_identification=row.for_identification,
            has_signed=row.signature_id is not None,
        )
        for row in sorted(rows, key=lambda row: row.kind is not SignatoryKind.ORGANIZATION)
    )


def _officials_shown(session: Session, campaign_id: int) -> tuple[OfficialShown, ...]:
    return tuple(map(_official_shown, session.scalars(_OFFICIALS, {"campaign_id": campaign_id})))


def _asks_shown(session: Session, letter: LetterVersion, fill: Callable[[str], str]) -> tuple[AskShown, ...]:
    """The asks in the words of one version, each known by the id of the ask it was first."""
    asks = session.scalars(_ASKS, {"version_id": letter.id})
    return tuple(
        AskShown(ask.first_id or ask.id, ask.position, fill(ask.title) if ask.title else None, fill(ask.text))
        for ask in asks
    )


def _letter_shown(letter: LetterVersion, fill: Callable[[str], str], *, of: LetterVersion) -> LetterShown:
    """A version as pages show it; what a translation's head leaves out stands there as in the original."""
    return LetterShown(
        id=letter.id,
        language=letter.language,
        title=fill(letter.title) if letter.title else None,
        page_on=letter.page_on or of.page_on,
        dated_on=letter.dated_on or of.dated_on,
        addressees=tuple(
            Addressee(entry["name"], entry["title"], tuple(entry["address"]))
            for entry in letter.addressees or of.addressees
        ),
        subject=fill(letter.subject) if letter.subject else None,
        salutation=letter.salutation,
        introduction=tuple(map(fill, letter.introduction)),
        conclusion=tuple(map(fill, letter.conclusion)),
        closing=letter.closing,
        wording=letter.wording,
    )
