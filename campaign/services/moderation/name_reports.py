"""Readers' reports of public names: kept within bounds, looked at and decided by organizers.

A report does nothing to the name. Nothing is kept of who sent it, and no answer tells what was known of the
name before: only what is on the wall can be reported, and what has left it reads like what never was there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.campaign_page import SignatoryShown
from campaign.domain.name_reports import MOST_OF_A_NAME, MOST_WAITING, ReportDecision, ReportReason
from campaign.domain.signature import SignatureState, Visibility
from campaign.errors import NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns.signatories import SHOWN_COLUMNS, is_of_public_names, signatories_shown
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.legible import legible
from campaign.store.statements import rows_changed
from campaign.store.tables import NameReport, Signature

PAGE = 20


@dataclass(frozen=True)
class ReportedName:
    """A name that waits for a decision: how often it was reported for each reason, and readers' words."""

    signature_id: int
    name: str
    organization: str | None
    reasons: Mapping[ReportReason, int]
    words: tuple[str, ...]
    since: datetime


@dataclass(frozen=True)
class ReportedNames:
    """Those that were reported most, and how many more wait."""

    names: tuple[ReportedName, ...]
    more: int


def name_on_wall(session: Session, campaign_id: int, signature_id: int) -> SignatoryShown | None:
    """A name that the public reads in full; None for every other, whatever is known of it."""
    row = session.execute(_on_wall(campaign_id).where(Signature.id == signature_id)).one_or_none()
    shown = signatories_shown([row] if row else [])
    return shown[0] if shown else None


def report(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    reason: ReportReason,
    words: str,
    now: datetime,
) -> None:
    """Keep a report of a name on the wall, unless enough have said it or an organizer has looked already.

    NotFoundError for a name that is not on the wall, RefusedError while too many names wait.
    """
    if name_on_wall(session, campaign_id, signature_id) is None:
        raise NotFoundError("This name is no longer on the wall.")
    # Who reports at the same moment sees this one, and both keep to the bounds.
    take_advisory_lock(session, AdvisoryLock.NAME_REPORT)
    alike = select(NameReport.decision).where(
        NameReport.signature_id == signature_id, NameReport.reason == reason
    )
    not_dropped = NameReport.decision.is_distinct_from(ReportDecision.DROP)
    decisions = session.scalars(alike.where(not_dropped).limit(MOST_OF_A_NAME * 2)).all()
    if ReportDecision.LEAVE in decisions or decisions.count(None) >= MOST_OF_A_NAME:
        return
    waiting = _waiting(campaign_id).with_only_columns(NameReport.id).limit(MOST_WAITING).subquery()
    if (session.scalar(select(func.count()).select_from(waiting)) or 0) >= MOST_WAITING:
        raise RefusedError(
            "So many names are waiting to be checked that no more reports can be taken right now."
        )
    session.add(
        NameReport(
            campaign_id=campaign_id,
            signature_id=signature_id,
            reason=reason,
            words=words,
            reported_at=now,
        )
    )
    session.flush()


def waiting(session: Session, campaign_id: int, *, limit: int = PAGE) -> ReportedNames:
    """What waits for a decision: the names that most have reported first, then those that wait longest.

    The caller writes down that somebody looked.
    """
    of_name: dict[int, list[Row[Any]]] = {}
    for row in session.execute(_waiting(campaign_id).order_by(NameReport.id).limit(MOST_WAITING)):
        of_name.setdefault(row.signature_id, []).append(row)
    reported = sorted(map(_reported, of_name.values()), key=lambda one: -sum(one.reasons.values()))
    return ReportedNames(tuple(reported[:limit]), max(0, len(reported) - limit))


def are_waiting(session: Session, campaign_id: int) -> bool:
    """Whether any name waits for a decision."""
    return session.execute(_waiting(campaign_id).limit(1)).first() is not None


def decide(
    session: Session,
    campaign_id: int,
    signature_id: int,
    decision: ReportDecision,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note what was made of a name's reports; the caller hides or removes it. NotFoundError without any."""
    mine = update(NameReport).where(*_of(campaign_id, signature_id), NameReport.decision.is_(None))
    changed = rows_changed(session, mine.values(decision=decision))
    if not changed:
        raise NotFoundError("There are no reports of this name that wait for a decision.")
    details = {"campaign": campaign_id, "signature": signature_id, "reports": changed}
    audit_log.record(session, action=f"name_report.{decision}", actor=actor, details=details, now=now)


def ask_again(
    session: Session,
    campaign_id: int,
    signature_id: int,
    decision: ReportDecision,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Take that back: the reports wait again."""
    mine = update(NameReport).where(*_of(campaign_id, signature_id), NameReport.decision == decision)
    if not rows_changed(session, mine.values(decision=None)):
        raise NotFoundError("There are no reports of this name that were decided so.")
    details = {"campaign": campaign_id, "signature": signature_id}
    audit_log.record(session, action="name_report.ask_again", actor=actor, details=details, now=now)


def drop_single(session: Session, campaign_id: int, *, actor: Actor, now: datetime) -> int:
    """Set the reports aside of all names that wait with one report alone, and say how many they were.

    The way out of a flood: these names may be reported again.
    """
    of_campaign = (NameReport.campaign_id == campaign_id) & NameReport.decision.is_(None)
    single = (
        select(NameReport.signature_id)
        .where(of_campaign)
        .group_by(NameReport.signature_id)
        .having(func.count() == 1)
    )
    mine = update(NameReport).where(of_campaign, NameReport.signature_id.in_(single))
    return _moved(session, campaign_id, mine, ReportDecision.DROP, "drop", actor=actor, now=now)


def take_back_dropped(session: Session, campaign_id: int, *, actor: Actor, now: datetime) -> int:
    """Let all that were set aside wait again."""
    of_campaign = NameReport.campaign_id == campaign_id
    mine = update(NameReport).where(of_campaign, NameReport.decision == ReportDecision.DROP)
    return _moved(session, campaign_id, mine, None, "undrop", actor=actor, now=now)


def _moved(
    session: Session,
    campaign_id: int,
    reports: Update,
    to: ReportDecision | None,
    action: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    statement = reports.values(decision=to).execution_options(synchronize_session=False)
    number = rows_changed(session, statement)
    details = {"campaign": campaign_id, "reports": number}
    audit_log.record(session, action=f"name_report.{action}", actor=actor, details=details, now=now)
    return number


def _of(campaign_id: int, signature_id: int) -> tuple[Any, ...]:
    return NameReport.campaign_id == campaign_id, NameReport.signature_id == signature_id


def _on_wall(campaign_id: int) -> Any:
    return select(*SHOWN_COLUMNS).where(
        is_of_public_names(campaign_id),
        Signature.state == SignatureState.CONFIRMED,
        Signature.visibility == Visibility.PUBLIC,
        Signature.name != "",
    )


def _waiting(campaign_id: int) -> Any:
    """Reports that nobody has decided, of names that are still shown."""
    columns = (NameReport.signature_id, NameReport.reason, legible(NameReport.words), NameReport.reported_at)
    return (
        select(*columns, legible(Signature.name), legible(Signature.organization))
        .join(Signature, Signature.id == NameReport.signature_id)
        .where(
            NameReport.campaign_id == campaign_id,
            NameReport.decision.is_(None),
            Signature.state == SignatureState.CONFIRMED,
            Signature.visibility == Visibility.PUBLIC,
        )
    )


def _reported(rows: Sequence[Row[Any]]) -> ReportedName:
    first = rows[0]
    return ReportedName(
        signature_id=first.signature_id,
        name=first.name,
        organization=first.organization,
        reasons=Counter(row.reason for row in rows),
        words=tuple(dict.fromkeys(row.words for row in rows if row.words)),
        since=first.reported_at,
    )
