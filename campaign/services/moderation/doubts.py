"""Signatures that somebody should look at, newest first: each page is a look at so many of them at most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, delete, exists, func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import masked_address
from campaign.domain.doubts import MAY_BE_CLEARED, Doubt
from campaign.domain.name_search import TWINS_FROM
from campaign.domain.signature import Capacity, SignatureState
from campaign.errors import NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.store.legible import legible, legible_row
from campaign.store.statements import inserting
from campaign.store.tables import Clearance, SearchTerm, Signature, Supporter
from campaign.store.tables.core import clearance

PAGE = 20
MOST_LOOKED_AT = 1_000
MOST_TWINS = 5


@dataclass(frozen=True)
class Twin:
    """Somebody else with the same name and postal code."""

    signature_id: int
    email: str | None


@dataclass(frozen=True)
class Doubted:
    """One signature to look at; addresses are masked."""

    signature_id: int
    name: str
    organization: str | None
    role: str | None
    country: str | None
    postal_code: str | None
    email: str | None
    signed_at: datetime
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class DoubtsPage:
    """Some of one kind; `next` is where to go on, None when all have been looked at."""

    kind: Doubt
    doubted: tuple[Doubted, ...]
    next: int | None


def look(
    session: Session,
    campaign_id: int,
    kinds: Iterable[Doubt] = Doubt,
    *,
    before: int | None = None,
    limit: int = PAGE,
    besides: int = 0,
    actor: Actor,
    now: datetime,
) -> tuple[DoubtsPage, ...]:
    """What waits for a decision, a page of each kind, entered into the audit log.

    `besides` is how many other signatures are on the same page.
    """
    pages = tuple(_page(session, campaign_id, kind, before, limit) for kind in kinds)
    details = {"campaign": campaign_id, "shown": besides + sum(len(page.doubted) for page in pages)}
    audit_log.record(session, action="supporter.doubts", actor=actor, details=details, now=now)
    return pages


def clear(
    session: Session, campaign_id: int, signature_id: int, kind: Doubt, *, actor: Actor, now: datetime
) -> None:
    """Note that a signature was looked at and is in order, so that it is asked about no more."""
    _require(session, campaign_id, signature_id, kind)
    values = {"signature_id": signature_id, "kind": kind, "at": now, "organizer_id": actor.organizer_id}
    session.execute(inserting(session, clearance).values(values).on_conflict_do_nothing())
    _record(session, "signature.clear", campaign_id, signature_id, actor=actor, now=now)


def ask_again(
    session: Session, campaign_id: int, signature_id: int, kind: Doubt, *, actor: Actor, now: datetime
) -> None:
    """Take that back."""
    _require(session, campaign_id, signature_id, kind)
    session.execute(delete(Clearance).where(Clearance.signature_id == signature_id, Clearance.kind == kind))
    _record(session, "signature.ask_again", campaign_id, signature_id, actor=actor, now=now)


def _require(session: Session, campaign_id: int, signature_id: int, kind: Doubt) -> None:
    signature = session.get(Signature, signature_id)
    if signature is None or signature.campaign_id != campaign_id:
        raise NotFoundError("There is no such supporter in this campaign.")
    if kind not in MAY_BE_CLEARED:
        raise RefusedError("Not a valid choice.")


def _page(session: Session, campaign_id: int, kind: Doubt, before: int | None, limit: int) -> DoubtsPage:
    looked = _candidates(campaign_id, kind)
    if before is not None:
        looked = looked.where(Signature.id < before)
    window = looked.order_by(Signature.id.desc()).limit(MOST_LOOKED_AT).subquery()
    statement = (
        select(legible_row(Signature), legible(Supporter.email))
        .join(window, window.c.id == Signature.id)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(*_unanswered(session, campaign_id, kind, window))
        .order_by(Signature.id.desc())
        .limit(limit + 1)
    )
    rows = session.execute(statement).all()
    shown = rows[:limit]
    twins = _twins(session, campaign_id, [row[0].id for row in shown]) if kind is Doubt.DUPLICATE else {}
    following = shown[-1][0].id if len(rows) > limit else _end(session, looked)
    return DoubtsPage(
        kind, tuple(_doubted(row[0], row[1], twins.get(row[0].id, ())) for row in shown), following
    )


def _candidates(campaign_id: int, kind: Doubt) -> Select[int]:
    of_campaign = select(Signature.id).where(Signature.campaign_id == campaign_id)
    if kind is Doubt.SUSPECT:
        return of_campaign.where(Signature.state == SignatureState.SUSPECTED)
    confirmed = of_campaign.where(Signature.state == SignatureState.CONFIRMED)
    if kind is Doubt.ORGANIZATION:
        return confirmed.where(Signature.capacity == Capacity.ORGANIZATION)
    return confirmed


def _unanswered(
    session: Session, campaign_id: int, kind: Doubt, window: Subquery
) -> list[ColumnElement[bool]]:
    if kind is Doubt.SUSPECT:
        return []
    cleared = exists().where(Clearance.signature_id == Signature.id, Clearance.kind == kind)
    if kind is Doubt.ORGANIZATION:
        return [~cleared]
    return [Signature.id.in_(_later_twins(session, campaign_id, window)), ~cleared]


def _later_twins(session: Session, campaign_id: int, window: Subquery) -> list[int]:
    """Those that have a twin before them: the one that came first is not asked about.

    In two steps, each a look at one index: joined, PostgreSQL would walk through all twins there are.
    """
    own = session.execute(
        select(window.c.id, SearchTerm.term)
        .join(SearchTerm, SearchTerm.signature_id == window.c.id)
        .where(SearchTerm.term >= TWINS_FROM)
    ).all()
    first = (
        select(SearchTerm.term, func.min(SearchTerm.signature_id))
        .where(SearchTerm.campaign_id == campaign_id, SearchTerm.term.in_({row.term for row in own}))
        .group_by(SearchTerm.term)
    )
    first_of = dict(session.execute(first).all())
    return [row.id for row in own if first_of[row.term] < row.id]


def _end(session: Session, looked: Select[int]) -> int | None:
    """The last that was looked at, when there are more behind it."""
    rows = session.scalars(looked.order_by(Signature.id.desc()).offset(MOST_LOOKED_AT - 1).limit(2)).all()
    return rows[0] if len(rows) > 1 else None


def _twins(session: Session, campaign_id: int, ids: list[int]) -> Mapping[int, tuple[Twin, ...]]:
    twins: dict[int, tuple[Twin, ...]] = {}
    for signature_id in ids:
        term = session.scalar(
            select(SearchTerm.term).where(
                SearchTerm.signature_id == signature_id, SearchTerm.term >= TWINS_FROM
            )
        )
        rows = session.execute(
            select(Signature.id, legible(Supporter.email))
            .join(Supporter, Supporter.id == Signature.supporter_id)
            .join(SearchTerm, SearchTerm.signature_id == Signature.id)
            .where(
                SearchTerm.campaign_id == campaign_id,
                SearchTerm.term == term,
                SearchTerm.signature_id < signature_id,
            )
            .order_by(SearchTerm.signature_id.desc())
            .limit(MOST_TWINS)
        )
        twins[signature_id] = tuple(Twin(id_, email and masked_address(email)) for id_, email in rows)
    return twins


def _doubted(signature: Signature, email: str | None, twins: tuple[Twin, ...]) -> Doubted:
    return Doubted(
        signature_id=signature.id,
        name=signature.name,
        organization=signature.organization,
        role=signature.role,
        country=signature.country,
        postal_code=signature.postal_code,
        email=masked_address(email) if email else None,
        signed_at=signature.signed_at,
        twins=twins,
    )


def _record(
    session: Session, action: str, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> None:
    details = {"campaign": campaign_id, "signature": signature_id}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
