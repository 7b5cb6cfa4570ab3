"""What signers of an earlier version say about the new one: affirm it, stay with theirs, or withdraw.

The link is good for this alone. It is about the version that stands when it is opened: whoever comes late,
and finds that the letter has changed once more, is asked about what they see.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.domain.actor import SUPPORTER
from campaign.domain.affirming import VersionAnswer
from campaign.domain.campaign import CampaignState
from campaign.domain.signature import SignatureState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import versions
from campaign.services.signatures import self_service
from campaign.services.signatures.link_tokens import locked_signature, open_link
from campaign.store.tables import Affirmation, Campaign, LetterVersion, Signature
from campaign.store.tables.core import campaign_update

_COUNTERS = {
    VersionAnswer.AFFIRM: campaign_update.c.affirmed,
    VersionAnswer.STAY: campaign_update.c.stayed,
    VersionAnswer.WITHDRAW: campaign_update.c.withdrew,
}


@dataclass(frozen=True)
class VersionAsked:
    """What the page behind the link shows: nothing of who signed.

    `counted_for` is the version their signature counts for, `wording` the one that stands. `answer` is what
    they have said about that. Without `may_affirm` the letter is closed.
    """

    slug: str
    campaign_title: str
    language: str
    accent: str | None
    state: SignatureState
    wording: int
    counted_for: int
    answer: VersionAnswer | None
    may_affirm: bool

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to answer, or an answer to change."""
        stands = self.state is SignatureState.CONFIRMED
        # Whoever gave another answer, and signed again since, is counted for what they signed.
        return stands and (self.answer is VersionAnswer.AFFIRM or self.counted_for < self.wording)


def asked(session: Session, token: str, *, language: str | None = None, now: datetime) -> VersionAsked:
    """What somebody is asked, with the letter's title in a language, else in their own.

    NotFoundError for a link of any other purpose.
    """
    signature = session.get_one(Signature, open_link(session, token, TokenPurpose.AFFIRM, now=now))
    return _shown(session, signature, language, now=now)


def answer(
    session: Session,
    token: str,
    given: VersionAnswer,
    *,
    seen: int,
    language: str | None = None,
    now: datetime,
) -> VersionAsked:
    """Store an answer, which may be another than before.

    `seen` is the version that the page asked about. ConflictError where another stands by now, where the
    letter has closed, or where the signature is not on it any more.
    """
    signature = locked_signature(session, open_link(session, token, TokenPurpose.AFFIRM, now=now))
    shown = _shown(session, signature, language, now=now)
    if signature.state is not SignatureState.CONFIRMED:
        raise ConflictError("This signature is no longer on the letter.")
    if shown.wording != seen and given is not VersionAnswer.WITHDRAW:
        raise ConflictError("The letter has changed again meanwhile. Look at it once more, then answer.")
    if given is VersionAnswer.AFFIRM and not shown.may_affirm:
        raise ConflictError("The letter is closed: everyone stays counted for the version they signed.")
    if given is VersionAnswer.WITHDRAW or (shown.is_asked and shown.answer is not given):
        _keep(session, signature, given, shown.wording, now=now)
    return _shown(session, signature, language, now=now)


def _keep(
    session: Session, signature: Signature, given: VersionAnswer, wording: int, *, now: datetime
) -> None:
    said = session.get(Affirmation, (signature.id, wording))
    has_moved = said is not None and said.answer is VersionAnswer.AFFIRM
    before = said.before_version_id if said and has_moved else signature.letter_version_id
    _count(session, signature.campaign_id, wording, was=said.answer if said else None, given=given)
    affirms = given is VersionAnswer.AFFIRM
    signature.letter_version_id = _version_that_stands(session, signature).id if affirms else before
    of = {"signature_id": signature.id, "wording": wording, "before_version_id": before}
    session.merge(Affirmation(**of, answer=given, answered_at=now))
    session.flush()
    if given is VersionAnswer.WITHDRAW:
        self_service.withdraw_signature(session, signature.id, now=now)
    details = {"campaign": signature.campaign_id, "signature": signature.id, "wording": wording}
    audit_log.record(session, action=f"signature.{given}", actor=SUPPORTER, details=details, now=now)


def _count(
    session: Session, campaign_id: int, wording: int, *, was: VersionAnswer | None, given: VersionAnswer
) -> None:
    """Count an answer beside the question, in place of the one before."""
    if was is given:
        return
    values = {_COUNTERS[given].name: _COUNTERS[given] + 1}
    if was is not None:
        values[_COUNTERS[was].name] = _COUNTERS[was] - 1
    of_wording = campaign_update.c.asks_wording == wording
    session.execute(
        update(campaign_update).where(campaign_update.c.campaign_id == campaign_id, of_wording).values(values)
    )


def _version_that_stands(session: Session, signature: Signature) -> LetterVersion:
    """The letter in the language they signed in, unless that translation is behind; else the original."""
    campaign = session.get_one(Campaign, signature.campaign_id)
    original = versions.original(session, campaign)
    translation = versions.published_translation(session, campaign, signature.language)
    return translation if translation and translation.wording == original.wording else original


def _shown(session: Session, signature: Signature, language: str | None, *, now: datetime) -> VersionAsked:
    campaign = session.get_one(Campaign, signature.campaign_id)
    wording = versions.original(session, campaign).wording
    said = session.get(Affirmation, (signature.id, wording))
    is_over = campaign.closes_at is not None and campaign.closes_at <= now
    return VersionAsked(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, language or signature.language),
        language=signature.language,
        accent=campaign.accent,
        state=signature.state,
        wording=wording,
        counted_for=session.get_one(LetterVersion, signature.letter_version_id).wording,
        answer=said.answer if said else None,
        may_affirm=campaign.state is CampaignState.OPEN and not is_over,
    )
