"""Whom an update is for, and how many they are, without ever saying who."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from campaign.domain.updates import Audience, AudienceNumber, told_number
from campaign.errors import RefusedError
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.tables import Official
from campaign.store.tables.core import message, signature
from campaign.store.tables.signatures import IS_AGREED


def belongs(audience: Audience) -> list[ColumnElement[bool]]:
    """The conditions by which an audience is narrower than all who asked for news."""
    conditions: list[ColumnElement[bool]] = []
    if audience.language:
        conditions.append(signature.c.language == audience.language)
    if audience.country:
        conditions.append(signature.c.country == audience.country)
    if audience.official_id:
        written = (message.c.signature_id == signature.c.id) & (message.c.official_id == audience.official_id)
        conditions.append(exists().where(written))
    if audience.begins:
        conditions.append(signature.c.confirmed_at >= audience.begins)
    if audience.ends:
        conditions.append(signature.c.confirmed_at < audience.ends)
    return conditions


def number(session: Session, campaign_id: int, audience: Audience) -> AudienceNumber:
    """How many it has: of more than COUNTED_UP_TO who asked for news, those latest are looked at."""
    latest = (
        select(signature.c.id)
        .where(signature.c.campaign_id == campaign_id, IS_AGREED)
        .order_by(signature.c.id.desc())
        .limit(COUNTED_UP_TO + 1)
    )
    looked_at = latest.subquery()
    of_all = session.scalar(select(func.count()).select_from(looked_at)) or 0
    is_exact = of_all <= COUNTED_UP_TO
    if audience.is_everybody:
        return told_number(min(of_all, COUNTED_UP_TO), is_exact=is_exact, is_narrow=False)
    matching = select(func.count()).select_from(signature.join(looked_at, looked_at.c.id == signature.c.id))
    found = session.scalar(matching.where(*belongs(audience))) or 0
    return told_number(found, is_exact=is_exact, is_narrow=True)


def officials(session: Session, campaign_id: int) -> Sequence[tuple[int, str]]:
    """The officials that one may have written to, in the letter's order."""
    rows = session.execute(
        select(Official.id, Official.name)
        .where(Official.campaign_id == campaign_id)
        .order_by(Official.position)
    )
    return [(row.id, row.name) for row in rows]


def check(session: Session, campaign_id: int, audience: Audience) -> None:
    """RefusedError for an official of another campaign."""
    known = {official_id for official_id, _ in officials(session, campaign_id)}
    if audience.official_id is not None and audience.official_id not in known:
        raise RefusedError("This letter has no such official.")
