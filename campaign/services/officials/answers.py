"""What offices answered and what was handed over to them, as organizers enter it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.documents.photo import Photo
from campaign.domain.actor import Actor
from campaign.domain.office_answers import (
    Stance,
    read_note,
    read_past_day,
    read_place,
    read_stance,
    read_web_address,
    read_what,
)
from campaign.errors import NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.tables import Ask, HandOver, LetterVersion, OfficeAnswer, Official


class EntryKind(StrEnum):
    """What is entered about an office."""

    ANSWER = "answer"
    HAND_OVER = "hand_over"


_TABLES: Mapping[EntryKind, type[OfficeAnswer | HandOver]] = {
    EntryKind.ANSWER: OfficeAnswer,
    EntryKind.HAND_OVER: HandOver,
}


@dataclass(frozen=True, kw_only=True)
class AnswerDetails:
    """The form of one answer as it was filled in; `ask` is empty for the letter as a whole."""

    ask: str
    stance: str
    answered_on: str
    evidence: str
    note: str
    is_public: bool


@dataclass(frozen=True, kw_only=True)
class HandOverDetails:
    """The form of one hand-over as it was filled in."""

    handed_on: str
    what: str
    is_public: bool
    place: str = ""
    receiver: str = ""
    is_refused: bool = False
    refusal: str = ""
    picture: Photo | None = None


@dataclass(frozen=True)
class AnswerListed:
    """One answer as organizers see it."""

    id: int
    ask_id: int | None
    stance: Stance
    answered_on: date
    evidence: str | None
    note: str | None
    holder: str
    is_public: bool


@dataclass(frozen=True)
class HandOverListed:
    """One hand-over as organizers see it."""

    id: int
    handed_on: date
    what: str
    holder: str
    is_public: bool
    place: str | None
    receiver: str | None
    is_refused: bool
    refusal: str | None
    picture_tag: str | None


def answers(session: Session, campaign_id: int, official_id: int) -> tuple[AnswerListed, ...]:
    """All that was entered of one office's answers, the newest first."""
    official = _official(session, campaign_id, official_id)
    rows = session.scalars(
        select(OfficeAnswer)
        .where(OfficeAnswer.official_id == official.id)
        .order_by(OfficeAnswer.answered_on.desc(), OfficeAnswer.id.desc())
    )
    return tuple(
        AnswerListed(
            row.id,
            row.ask_id,
            row.stance,
            row.answered_on,
            row.evidence,
            row.note,
            row.holder,
            row.is_public,
        )
        for row in rows
    )


def hand_overs(session: Session, campaign_id: int, official_id: int) -> tuple[HandOverListed, ...]:
    """All that was entered of what one office was handed, the newest first."""
    official = _official(session, campaign_id, official_id)
    rows = session.scalars(
        select(HandOver)
        .where(HandOver.official_id == official.id)
        .order_by(HandOver.handed_on.desc(), HandOver.id.desc())
    )
    names = tuple(HandOverListed.__dataclass_fields__)
    return tuple(HandOverListed(*(getattr(row, name) for name in names)) for row in rows)


def picture(session: Session, campaign_id: int, official_id: int, entry_id: int) -> bytes:
    """The photo or receipt of one hand-over; NotFoundError when it has none."""
    _, entry = _entry(session, campaign_id, official_id, EntryKind.HAND_OVER, entry_id)
    if not isinstance(entry, HandOver) or entry.picture is None:
        raise NotFoundError("This entry is no longer there.")
    return entry.picture


def enter_answer(
    session: Session,
    campaign_id: int,
    official_id: int,
    details: AnswerDetails,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter what an office answered; RefusedError names the rule that a field breaks."""
    official = _official(session, campaign_id, official_id)
    stance = read_stance(details.stance)
    answer = OfficeAnswer(
        official_id=official.id,
        ask_id=_ask_id(session, campaign_id, details.ask),
        stance=stance,
        answered_on=read_past_day(details.answered_on, now=now),
        evidence=read_web_address(details.evidence),
        note=read_note(details.note),
        holder=official.name,
        is_public=details.is_public,
        entered_at=now,
    )
    session.add(answer)
    session.flush()
    what = {"answer": answer.id, "stance": stance.value, "public": details.is_public}
    _changed(session, official, "office.answer", what, actor=actor, now=now)


def enter_hand_over(
    session: Session,
    campaign_id: int,
    official_id: int,
    details: HandOverDetails,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter what was handed over; RefusedError names the rule that a field breaks."""
    official = _official(session, campaign_id, official_id)
    entered = HandOver(
        official_id=official.id,
        handed_on=read_past_day(details.handed_on, now=now),
        what=read_what(details.what),
        place=read_place(details.place),
        receiver=read_place(details.receiver),
        is_refused=details.is_refused,
        refusal=read_note(details.refusal) if details.is_refused else None,
        picture=details.picture.jpeg if details.picture else None,
        picture_tag=details.picture.tag if details.picture else None,
        holder=official.name,
        is_public=details.is_public,
        entered_at=now,
    )
    session.add(entered)
    session.flush()
    what = {"hand_over": entered.id, "public": details.is_public}
    action = "office.refusal" if details.is_refused else "office.hand_over"
    _changed(session, official, action, what, actor=actor, now=now)


def set_public(
    session: Session,
    campaign_id: int,
    official_id: int,
    kind: EntryKind,
    entry_id: int,
    *,
    public: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Put one answer or hand-over on the letter's page, or take it off."""
    official, entry = _entry(session, campaign_id, official_id, kind, entry_id)
    if entry.is_public != public:
        entry.is_public = public
        action = f"office.{'publish' if public else 'hide'}_{kind}"
        _changed(session, official, action, {kind.value: entry_id}, actor=actor, now=now)


def remove(
    session: Session,
    campaign_id: int,
    official_id: int,
    kind: EntryKind,
    entry_id: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Delete one answer or hand-over that was entered by mistake."""
    official, entry = _entry(session, campaign_id, official_id, kind, entry_id)
    session.delete(entry)
    _changed(session, official, f"office.remove_{kind}", {kind.value: entry_id}, actor=actor, now=now)


def _changed(
    session: Session,
    official: Official,
    action: str,
    what: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()
    campaigns.raise_version(session, official.campaign_id)
    details = {"campaign": official.campaign_id, "official": official.id, **what}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def _ask_id(session: Session, campaign_id: int, text: str) -> int | None:
    if not text:
        return None
    asks = (
        select(Ask.id)
        .join(LetterVersion, LetterVersion.id == Ask.letter_version_id)
        .where(LetterVersion.campaign_id == campaign_id)
    )
    chosen = next((one for one in session.scalars(asks) if str(one) == text), None)
    if chosen is None:
        raise RefusedError("This ask is no longer in the letter. Choose again.")
    return chosen


def _official(session: Session, campaign_id: int, official_id: int) -> Official:
    official = session.get(Official, official_id)
    if official is None or official.campaign_id != campaign_id:
        raise NotFoundError("There is no such official in this campaign.")
    return official


def _entry(
    session: Session, campaign_id: int, official_id: int, kind: EntryKind, entry_id: int
) -> tuple[Official, OfficeAnswer | HandOver]:
    official = _official(session, campaign_id, official_id)
    entry = session.get(_TABLES[kind], entry_id)
    if not isinstance(entry, (OfficeAnswer, HandOver)) or entry.official_id != official.id:
        raise NotFoundError("This entry is no longer there.")
    return official, entry
