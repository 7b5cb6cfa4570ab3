"""Offices as the public may know of them: what each answered, what was handed over, and what is known to have
arrived."""

from datetime import datetime
from typing import Any

from sqlalchemy import Label, Select, bindparam, func, select
from sqlalchemy.orm import Session

from campaign.domain.office_answers import HandOverShown, OfficeAnswerShown, OfficeContact, Stance
from campaign.domain.outbox import OutboxState
from campaign.store.tables import Ask, Campaign, HandOver, LetterVersion, OfficeAnswer, Official, OutboxEmail

MOST_SHOWN = 500
_LOOKED_AT = 20
_LEFT = (OutboxState.ACCEPTED, OutboxState.DELIVERED)


def public_answers(session: Session, campaign_id: int) -> tuple[OfficeAnswerShown, ...]:
    """What organizers made public of answers, the newest first; an ask by its place in the letter today."""
    rows = session.execute(_PUBLIC_ANSWERS, {"campaign_id": campaign_id})
    return tuple(
        OfficeAnswerShown(
            official_id=answer.official_id,
            ask=position,
            stance=answer.stance,
            answered_on=answer.answered_on,
            evidence=answer.evidence,
            note=answer.note,
            holder=answer.holder if answer.holder != name else None,
        )
        for answer, name, position in rows
    )


def public_hand_overs(session: Session, campaign_id: int) -> tuple[HandOverShown, ...]:
    """What organizers made public of what was handed over, the newest first."""
    rows = session.execute(_PUBLIC_HAND_OVERS, {"campaign_id": campaign_id})
    return tuple(
        HandOverShown(
            row.official_id,
            row.handed_on,
            row.what,
            row.holder if row.holder != name else None,
            row.place,
            row.is_refused,
            row.refusal,
            row.picture_tag,
        )
        for row, name in rows
    )


def public_picture(session: Session, campaign_id: int, tag: str) -> bytes | None:
    """A photo or receipt by the name of its content; None unless its entry is public."""
    return session.scalar(
        select(HandOver.picture)
        .join(Official, Official.id == HandOver.official_id)
        .where(Official.campaign_id == campaign_id, HandOver.is_public, HandOver.picture_tag == tag)
        .limit(1)
    )


def contacts(session: Session, campaign_id: int) -> dict[int, OfficeContact]:
    """What is known of each office: a few looks into indexes, however many messages it got.

    Only what is public of a hand-over, and was not refused, sets a date; whatever came back, public or not,
    ends the silence.
    """
    campaign = {"campaign_id": campaign_id}
    handed_on = {row[0]: row[1] for row in session.execute(_HANDED_ON, campaign)}
    answered = frozenset(session.scalars(_ANSWERED, campaign))
    reached = session.execute(_REACHED, campaign)
    return {
        row.id: OfficeContact(
            row.id,
            arrived_on=row.reached_at.date() if row.reached_at else None,
            written_on=row.written_at.date() if row.written_at else None,
            handed_on=handed_on.get(row.id),
            has_answered=row.heard_at is not None or row.id in answered,
        )
        for row in reached
    }


def _written_at() -> Label[datetime | None]:
    """When mail to an office left: of the first few that an index names, however many there are."""
    some = (
        select(OutboxEmail.sending_at)
        .where(OutboxEmail.official_id == Official.id, OutboxEmail.state.in_(_LEFT))
        .limit(_LOOKED_AT)
        .correlate(Official)
        .subquery()
    )
    return select(func.min(some.c.sending_at)).scalar_subquery().label("written_at")


# Each page and each confirmation reads these: put together once.
_OF_CAMPAIGN = Official.campaign_id == bindparam("campaign_id")
_THEIRS = select(Official.id).where(_OF_CAMPAIGN)


def _public_answers() -> Select[*tuple[Any, ...]]:
    newest = (
        select(LetterVersion.id)
        .join(Campaign, Campaign.id == LetterVersion.campaign_id)
        .where(Campaign.id == bindparam("campaign_id"), LetterVersion.language == Campaign.language)
        .order_by(LetterVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    known_by = func.coalesce(Ask.first_id, Ask.id).label("known_by")
    asks_today = select(Ask.position, known_by).where(Ask.letter_version_id == newest).subquery()
    return (
        select(OfficeAnswer, Official.name, asks_today.c.position)
        .join(Official, Official.id == OfficeAnswer.official_id)
        .outerjoin(asks_today, asks_today.c.known_by == OfficeAnswer.ask_id)
        .where(_OF_CAMPAIGN, OfficeAnswer.is_public)
        .order_by(OfficeAnswer.answered_on.desc(), OfficeAnswer.id.desc())
        .limit(MOST_SHOWN)
    )


def _answered() -> Select[int]:
    """Officials who answered while they held the office, whether it is public or not."""
    by_holder = (OfficeAnswer.stance != Stance.NONE) & (OfficeAnswer.holder == Official.name)
    theirs = select(OfficeAnswer.id).where(OfficeAnswer.official_id == Official.id).correlate(Official)
    return _THEIRS.where(theirs.where(by_holder).exists())


_PUBLIC_ANSWERS = _public_answers()
_ANSWERED = _answered()
_PUBLIC_HAND_OVERS = (
    select(HandOver, Official.name)
    .join(Official, Official.id == HandOver.official_id)
    .where(_OF_CAMPAIGN, HandOver.is_public)
    .order_by(HandOver.handed_on.desc(), HandOver.id.desc())
    .limit(MOST_SHOWN)
)
_HANDED_ON = (
    select(HandOver.official_id, func.min(HandOver.handed_on))
    .join(Official, Official.id == HandOver.official_id)
    .where(
        _OF_CAMPAIGN,
        HandOver.is_public,
        HandOver.is_refused.is_(False),
        HandOver.holder == Official.name,
    )
    .group_by(HandOver.official_id)
)
_REACHED = _THEIRS.add_columns(Official.reached_at, Official.heard_at, _written_at())
