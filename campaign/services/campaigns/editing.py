"""The letter's text as organizers edit it: freely in a draft, then as a correction or a material change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign_page import with_counts
from campaign.domain.letter import Letter, LetterAsk, SignatoryKind
from campaign.domain.letter_details import (
    MOST_ASKS,
    read_ask,
    read_letter_date,
    read_letter_line,
    read_paragraphs,
)
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, changes, letters, salutations, versions
from campaign.store.tables import Ask, Campaign, LetterVersion, OfficeAnswer

CHANGED_MEANWHILE = (
    "Somebody changed the letter while you were working on it. What you typed is still here. Compare it with"
    " the letter in another window. If you save again, it replaces what is stored."
)


class ChangeSize(StrEnum):
    """What a change means for those who have signed."""

    CORRECTION = "correction"  # they signed this letter
    MATERIAL = "material"  # they signed another wording


@dataclass(frozen=True)
class AskRow:
    """One ask as it was filled in; `id` is what it is known by, None for a new one."""

    id: int | None
    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterTyped:
    """The letter's text as it was filled in: asks in their order, paragraphs parted by empty lines."""

    title: str = ""
    page_on: str = ""
    dated_on: str = ""
    subject: str = ""
    salutation: str = ""
    introduction: str = ""
    asks: Sequence[AskRow] = ()
    conclusion: str = ""
    closing: str = ""


@dataclass(frozen=True)
class LetterStored:
    """The letter's newest text; `ask_ids` are what its asks are known by, in their order.

    A letter that has been open `is_frozen`: people may have signed what it says.
    """

    number: int
    wording: int
    letter: Letter
    ask_ids: tuple[int, ...]
    is_frozen: bool


def stored(session: Session, slug: str) -> LetterStored:
    """What a campaign's letter says now, in its own language."""
    campaign = campaigns.campaign_row(session, slug)
    version = versions.original(session, campaign)
    return LetterStored(
        number=version.number,
        wording=version.wording,
        letter=letters.letter_of(session, campaign, version),
        ask_ids=tuple(letters.ask_ids(session, version)),
        is_frozen=campaign.opened_at is not None,
    )


def read_letter(typed: LetterTyped, before: Letter) -> Letter:
    """The letter with the text that was filled in; RefusedError names the rule that a part breaks."""
    letter = replace(
        before,
        title=read_letter_line(typed.title),
        page_on=read_letter_date(typed.page_on),
        dated_on=read_letter_date(typed.dated_on),
        subject=read_letter_line(typed.subject),
        salutation=read_letter_line(typed.salutation),
        introduction=read_paragraphs(typed.introduction),
        asks=tuple(read_ask(row.title, row.text) for row in typed.asks),
        conclusion=read_paragraphs(typed.conclusion),
        closing=read_letter_line(typed.closing),
        warnings=(),
    )
    if len(letter.asks) > MOST_ASKS:
        raise RefusedError("A letter can have at most %(most)d asks.", most=MOST_ASKS)
    if not (letter.introduction or letter.asks or letter.conclusion):
        raise RefusedError("The letter needs some text.")
    return letter


def with_counts_filled_in(letter: Letter, *, supporters: int) -> Letter:
    """The letter as its page would show it."""
    organizations = sum(one.kind is SignatoryKind.ORGANIZATION for one in letter.signatories)
    fill = partial(
        with_counts,
        signatories=len(letter.signatories),
        organizations=organizations,
        supporters=supporters,
    )
    return replace(
        letter,
        title=fill(letter.title or "") or None,
        subject=fill(letter.subject or "") or None,
        introduction=tuple(map(fill, letter.introduction)),
        asks=tuple(LetterAsk(fill(ask.text), fill(ask.title or "") or None) for ask in letter.asks),
        conclusion=tuple(map(fill, letter.conclusion)),
    )


def save(
    session: Session,
    slug: str,
    typed: LetterTyped,
    *,
    seen: int,
    size: ChangeSize | None = None,
    withheld: bool = False,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store the text as the newest version; False where it says the same.

    `seen` is the number of the version that was edited; ConflictError when there is a newer one. A letter
    that has been open needs a `size`, and goes into the public log: without its words when `withheld`.
    """
    campaign = _locked(session, slug)
    source = versions.original(session, campaign)
    if source.number != seen:
        raise ConflictError(CHANGED_MEANWHILE)
    before = letters.letter_of(session, campaign, source)
    known = letters.ask_ids(session, source)
    letter = read_letter(typed, before)
    asks = [row.id if row.id in known else None for row in typed.asks]
    if asks == known and replace(letter, warnings=before.warnings) == before:
        return False
    if campaign.opened_at is not None:
        _check_size(size, moved=sorted(known) != sorted(id_ or 0 for id_ in asks))
    version = LetterVersion(language=campaign.language, number=source.number + 1)
    version.wording = source.wording + (size is ChangeSize.MATERIAL and campaign.opened_at is not None)
    letters.store_version(session, campaign, letter, version, asks=asks, now=now)
    _follow(session, campaign, source, before, letter, withheld=withheld, wording=version.wording, now=now)
    if campaign.opened_at is None:
        _forget(session, source)
    details: dict[str, Any] = {"campaign": campaign.id, "language": version.language}
    details |= {"number": version.number, "wording": version.wording}
    action = "letter.new-wording" if version.wording != source.wording else "letter.edit"
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
    return True


def _follow(
    session: Session,
    campaign: Campaign,
    source: LetterVersion,
    before: Letter,
    letter: Letter,
    *,
    withheld: bool,
    wording: int,
    now: datetime,
) -> None:
    """What is to follow from another text: the log, the officials' salutations, the campaign's title."""
    is_new = wording != source.wording
    if is_new and source.wording == 1:
        # Until a worker counts them: there was one wording, which all have signed.
        source.signatures = campaign.signature_count
    if is_new:
        # All whom pages count by now have signed another wording.
        campaign.shown_earlier_count = campaign.shown_count
        campaign.shown_earlier_on = now.date()
    changes.record_letter(
        session,
        campaign,
        campaign.language,
        before,
        letter,
        withheld=withheld,
        wording=wording if is_new else None,
        now=now,
    )
    salutations.follow_correction(session, campaign.id, source.salutation, letter.salutation)
    campaign.title = letters.campaign_title(letter) or campaign.title
    campaigns.raise_version(session, campaign.id)


def _check_size(size: ChangeSize | None, *, moved: bool) -> None:
    if size is None:
        raise RefusedError("Say whether this is a small correction or a material change.")
    if size is ChangeSize.CORRECTION and moved:
        raise RefusedError("An ask that is added or removed is a material change.")


def _forget(session: Session, version: LetterVersion) -> None:
    """Delete a draft's earlier text, unless a translation was made from it or an office answered on it."""
    asks = select(Ask.id).where(Ask.letter_version_id == version.id)
    is_source = exists().where(LetterVersion.source_version_id == version.id)
    is_answered = exists().where(OfficeAnswer.ask_id.in_(asks))
    if not session.scalar(select(is_source | is_answered)):
        session.execute(delete(LetterVersion).where(LetterVersion.id == version.id))


def _locked(session: Session, slug: str) -> Campaign:
    """The campaign, while nobody else stores a version of its letter."""
    session.execute(select(Campaign.id).where(Campaign.slug == slug).with_for_update(key_share=True))
    return campaigns.campaign_row(session, slug)
