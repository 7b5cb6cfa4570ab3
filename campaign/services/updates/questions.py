"""Asking those who signed an earlier version of a letter whether they affirm the new one.

A question is an update of another kind: written, approved by a second person, listed and sent like any other.
What is its own: it goes to whoever is counted for an earlier wording and has not said what they want, and so
also to people who asked for no news, for it is about what their name stands under. A wording is asked about
once, and nobody twice.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.affirming import LONGEST_IN_SHORT
from campaign.domain.campaign import CampaignState
from campaign.domain.changes import ChangeKind
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.updates import AudienceNumber, UpdateText
from campaign.errors import ConflictError
from campaign.services.campaigns import campaigns, change_log, quiet_mode, versions
from campaign.services.updates import drafts, from_changes
from campaign.store.tables import Campaign, CampaignUpdate, LetterVersion
from campaign.store.tables.core import affirmation, signature
from campaign.store.tables.signatures import IS_AGREED


def create(session: Session, slug: str, *, actor: Actor, now: datetime) -> int:
    """Begin the question about the version that stands; gives its number, also where it was begun before.

    ConflictError for a letter of one version, and for one that nobody can sign.
    """
    # Two who begin it at once begin one.
    session.execute(select(Campaign.id).where(Campaign.slug == slug).with_for_update(key_share=True))
    campaign = campaigns.campaign_row(session, slug)
    quiet_mode.refuse_questions(campaign)
    if campaign.state is not CampaignState.OPEN:
        raise ConflictError(
            "Those who signed can be asked about a new version only while the letter is open."
        )
    wording = versions.original(session, campaign).wording
    begun = of_wording(session, campaign.id, wording)
    if begun is not None:
        return begun
    if not earlier_versions(session, campaign.id, wording):
        raise ConflictError("There is only one version of this letter: everyone who signed has signed it.")
    return drafts.create(
        session, slug, _in_short(session, campaign, wording), asks_wording=wording, actor=actor, now=now
    )


def of_wording(session: Session, campaign_id: int, wording: int) -> int | None:
    """The number of the question about a wording, once it was begun."""
    return session.scalar(
        select(CampaignUpdate.id).where(
            CampaignUpdate.campaign_id == campaign_id, CampaignUpdate.asks_wording == wording
        )
    )


def check_current(session: Session, row: CampaignUpdate) -> None:
    """ConflictError for a question about a version that is not the newest any more."""
    if not is_current(session, row):
        raise ConflictError("The letter has a newer version by now. Ask about that one.")


def is_current(session: Session, row: CampaignUpdate) -> bool:
    """Whether the letter still stands as a question says, and is open, so that an answer means something."""
    campaign = session.get_one(Campaign, row.campaign_id)
    is_open = campaign.state is CampaignState.OPEN
    return is_open and versions.original(session, campaign).wording == row.asks_wording


def earlier_versions(session: Session, campaign_id: int, wording: int) -> Sequence[int]:
    """The versions of earlier wordings, in all languages."""
    of_campaign = LetterVersion.campaign_id == campaign_id
    return session.scalars(select(LetterVersion.id).where(of_campaign, LetterVersion.wording < wording)).all()


def is_asked(session: Session, campaign_id: int, wording: int) -> ColumnElement[bool]:
    """The condition that a signature is asked about a wording.

    Who signed sealed has no address here; who was entered from a list is only written to where they agreed.
    """
    answered = exists().where(affirmation.c.signature_id == signature.c.id, affirmation.c.wording == wording)
    return and_(
        signature.c.campaign_id == campaign_id,
        signature.c.state == SignatureState.CONFIRMED,
        signature.c.letter_version_id.in_(earlier_versions(session, campaign_id, wording)),
        signature.c.visibility != Visibility.SEALED,
        or_(signature.c.import_id.is_(None), IS_AGREED),
        ~answered,
    )


def number(session: Session, campaign_id: int, wording: int) -> AudienceNumber:
    """How many count for an earlier wording, by the last count, with those who cannot be asked."""
    earlier = select(func.coalesce(func.sum(LetterVersion.signatures), 0)).where(
        LetterVersion.campaign_id == campaign_id, LetterVersion.wording < wording
    )
    return AudienceNumber(session.scalar(earlier) or 0, is_exact=True)


def _in_short(session: Session, campaign: Campaign, wording: int) -> dict[str, UpdateText]:
    """The difference as the change log has it, where that is short enough to begin with."""
    for entry in change_log.latest(session, campaign.id):
        is_about_it = entry.kind is ChangeKind.LETTER and entry.details.get("wording") == wording
        if is_about_it and entry.details["language"] == campaign.language:
            text = from_changes.difference_of(campaign, entry)
            return {campaign.language: UpdateText("", text)} if len(text) <= LONGEST_IN_SHORT else {}
    return {}
