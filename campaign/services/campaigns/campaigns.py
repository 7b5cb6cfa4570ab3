"""Campaigns as pages show them, and the letters they are made of."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, CampaignState
from campaign.domain.campaign_page import (
    AskShown,
    CampaignHead,
    CampaignPage,
    LetterShown,
    OfficialShown,
    Original,
    SignatoryShown,
    with_counts,
)
from campaign.domain.letter import Addressee, SignatoryKind
from campaign.domain.retention import PERSONAL_DATA_DAYS, RetentionTerms
from campaign.errors import ConflictError, NotFoundError
from campaign.services import audit
from campaign.services.campaigns import published_replies, versions
from campaign.store.database import Database
from campaign.store.tables import Ask, Campaign, InitialSignatory, LetterVersion, Official

_HEAD = (
    Campaign.id,
    Campaign.slug,
    Campaign.title,
    Campaign.state,
    Campaign.language,
    Campaign.version,
    Campaign.signature_count,
    Campaign.accent,
)
_GLANCE = select(*_HEAD).where(Campaign.slug == bindparam("slug"))


def head(session: Session, slug: str) -> CampaignHead:
    """The facts that key a page's cache, in one read by primary index; NotFoundError for a draft too."""
    row = session.execute(select(*_HEAD).where(Campaign.slug == slug)).one_or_none()
    if row is None or row.state is CampaignState.DRAFT:
        raise NotFoundError("There is no campaign at this address.")
    return CampaignHead(*row)


def peek_head(database: Database, slug: str) -> CampaignHead:
    """The same as `head` at a tenth of its cost, for the look that every page begins with."""
    row = database.peek(_GLANCE, slug=slug)
    if row is None or row[3] == CampaignState.DRAFT:
        raise NotFoundError("There is no campaign at this address.")
    id_, slug, title, state, language, version, count, accent = row
    return CampaignHead(id_, slug, title, CampaignState(state), language, version, count, accent)


def page(session: Session, slug: str, *, language: str) -> CampaignPage:
    """All that the page shows; the letter in `language` where there is one, else in the campaign's own."""
    facts = head(session, slug)
    campaign = session.get_one(Campaign, facts.id)
    source = versions.original(session, campaign)
    letter = versions.published_translation(session, campaign, language) or source
    initial_signatories = _initial_signatories(session, facts.id)
    fill = partial(
        with_counts,
        signatories=len(initial_signatories),
        organizations=sum(signatory.kind is SignatoryKind.ORGANIZATION for signatory in initial_signatories),
        supporters=facts.signature_count,
    )
    return CampaignPage(
        head=facts,
        summary=campaign.summary,
        goal=campaign.goal,
        closes_at=campaign.closes_at,
        letter=_letter_shown(letter, fill, of=source),
        asks=_asks_shown(session, letter, fill),
        officials=_officials_shown(session, facts.id),
        initial_signatories=initial_signatories,
        languages=(campaign.language, *versions.published_languages(session, campaign.id)),
        original=None
        if letter is source
        else Original(
            letter=_letter_shown(source, fill, of=source),
            asks=_asks_shown(session, source, fill),
            changed_since=letter.source_version_id != source.id,
        ),
        embed_sites=tuple(campaign.embed_sites),
        answers=published_replies.published(session, facts.id),
        retention=retention_terms(campaign),
    )


def open_campaigns(session: Session) -> tuple[CampaignHead, ...]:
    """The campaigns anyone can sign, newest first."""
    statement = select(*_HEAD).where(Campaign.state == CampaignState.OPEN).order_by(Campaign.opened_at.desc())
    return tuple(CampaignHead(*row) for row in session.execute(statement))


def all_campaigns(session: Session) -> tuple[CampaignHead, ...]:
    """Every campaign, drafts and closed ones too, newest first: for the desk."""
    statement = select(*_HEAD).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return tuple(CampaignHead(*row) for row in session.execute(statement))


def set_state(
    session: Session, slug: str, state: CampaignState, *, actor: Actor, now: datetime
) -> CampaignShown:
    """Open, close or take back a campaign; ConflictError when it is signed and would become a draft again."""
    campaign = campaign_row(session, slug)
    if state is CampaignState.DRAFT and campaign.opened_at:
        raise ConflictError("A campaign that has been open cannot be a draft again. Close it instead.")
    campaign.state = state
    if state is CampaignState.OPEN:
        campaign.opened_at = campaign.opened_at or now
        campaign.closed_at = None
        campaign.purged_at = None
    if state is CampaignState.CLOSED:
        campaign.closed_at = now
    raise_version(session, campaign.id)
    session.flush()
    audit.record(
        session,
        action="campaign.state",
        actor=actor,
        details={"campaign": campaign.id, "state": state.value},
        now=now,
    )
    return campaign_shown(campaign)


def by_slug(session: Session, slug: str) -> CampaignShown:
    """The campaign of that name in any state; NotFoundError when there is none."""
    return campaign_shown(campaign_row(session, slug))


def campaign_shown(campaign: Campaign) -> CampaignShown:
    """The same as plain data."""
    return CampaignShown(
        id=campaign.id,
        slug=campaign.slug,
        title=campaign.title,
        state=campaign.state,
        language=campaign.language,
        signature_count=campaign.signature_count,
        accent=campaign.accent,
        embed_sites=tuple(campaign.embed_sites),
        official_rate=campaign.official_rate,
        daily_limit=campaign.daily_limit,
        time_zone=campaign.time_zone,
        sending_from=campaign.sending_from,
        sending_until=campaign.sending_until,
        sending_paused_at=campaign.sending_paused_at,
        retention=retention_terms(campaign),
    )


def retention_terms(campaign: Campaign) -> RetentionTerms:
    """How long a campaign keeps who signed; it is closed, too, once the time has come that it named."""
    is_closed = campaign.state is CampaignState.CLOSED
    return RetentionTerms(
        days=PERSONAL_DATA_DAYS if campaign.retention_days is None else campaign.retention_days,
        keep_public_names=campaign.keep_public_names,
        closed_at=campaign.closed_at if is_closed else campaign.closes_at,
        purged_at=campaign.purged_at,
    )


def campaign_row(session: Session, slug: str) -> Campaign:
    """The row of that campaign, for services that change it; NotFoundError when there is none."""
    campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFoundError("There is no campaign named %(slug)s.", slug=slug)
    return campaign


def exists(session: Session, slug: str) -> bool:
    """Whether there is a campaign of that name in any state."""
    return session.scalar(select(Campaign.id).where(Campaign.slug == slug)) is not None


def raise_version(session: Session, campaign_id: int) -> None:
    """Note that something a page shows is different now, so that no cache goes on showing the old."""
    session.execute(
        update(Campaign).where(Campaign.id == campaign_id).values(version=Campaign.version + 1),
        execution_options={"synchronize_session": False},
    )


def official_shown(official: Official) -> OfficialShown:
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
    )


def _initial_signatories(session: Session, campaign_id: int) -> tuple[SignatoryShown, ...]:
    rows = session.scalars(
        select(InitialSignatory)
        .where(InitialSignatory.campaign_id == campaign_id)
        .order_by(InitialSignatory.position)
    )
    return tuple(
        SignatoryShown(row.kind, row.name, row.title, row.organization, None, initial=True) for row in rows
    )


def _officials_shown(session: Session, campaign_id: int) -> tuple[OfficialShown, ...]:
    rows = session.scalars(
        select(Official).where(Official.campaign_id == campaign_id).order_by(Official.position)
    )
    return tuple(map(official_shown, rows))


def _asks_shown(session: Session, letter: LetterVersion, fill: Callable[[str], str]) -> tuple[AskShown, ...]:
    """The asks in the words of one version, each known by the id of the first version's ask at its place."""
    first = (
        select(LetterVersion.id)
        .join(
            Campaign,
            (Campaign.id == LetterVersion.campaign_id) & (Campaign.language == LetterVersion.language),
        )
        .where(LetterVersion.campaign_id == letter.campaign_id)
        .order_by(LetterVersion.number)
        .limit(1)
        .scalar_subquery()
    )
    places = session.execute(select(Ask.position, Ask.id).where(Ask.letter_version_id == first))
    ids = {row.position: row.id for row in places}
    asks = session.scalars(select(Ask).where(Ask.letter_version_id == letter.id).order_by(Ask.position))
    return tuple(
        AskShown(ids[ask.position], ask.position, fill(ask.title) if ask.title else None, fill(ask.text))
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
    )
