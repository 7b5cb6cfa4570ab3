"""Officials whose mail comes back: the system pauses them, says why, and resumes when it may.

Organizers see every pause. What is written to a paused official waits in the queue.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, true, update
from sqlalchemy.orm import Session

from campaign.domain.events import EventKind
from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.suppressions import (
    DELIVERABILITY_KINDS,
    STOPS_OFFICIAL,
    OfficialPause,
    OfficialReport,
    first_pause,
    lasting_pause,
    temporary_pause,
)
from campaign.services.outbox import digest_members
from campaign.services.outbox.transitions import moving
from campaign.services.outbox.turning_back import is_elsewhere
from campaign.services.outbox.withdrawn import is_stood_by
from campaign.store.statements import rows_changed
from campaign.store.tables import Official
from campaign.store.tables.core import (
    campaign,
    delivery_event,
    official,
    outbox_body,
    outbox_email,
)
from campaign.store.tables.encrypted import Public

# Enough to tell whether an office takes our mail, however much it gets.
REPORTS_LOOKED_AT = 50
LONGEST_LOOK_BACK = timedelta(days=1)

_NOT_PAUSED: Mapping[str, Any] = {
    "paused_at": None,
    "paused_until": None,
    "pause_cause": None,
    "pause_note": None,
}

_NEVER_SENT: Mapping[str, Any] = {
    "attempts": 0,
    "first_tried_at": None,
    "sending_at": None,
    "provider": None,
    "provider_message_id": None,
    "reason": None,
}


@dataclass(frozen=True)
class PausedOfficial:
    """An official whom the system paused; without `until`, until an organizer resumes."""

    official_id: int
    name: str
    campaign_id: int
    campaign: str
    cause: OfficialPauseCause
    since: datetime
    until: datetime | None
    note: str | None


def paused_by_system(session: Session) -> tuple[PausedOfficial, ...]:
    """Every official whom the system paused, the latest first."""
    rows = session.execute(
        select(
            official.c.id,
            official.c.name,
            campaign.c.id,
            campaign.c.slug,
            official.c.pause_cause,
            official.c.paused_at,
            official.c.paused_until,
            official.c.pause_note,
        )
        .join(campaign, campaign.c.id == official.c.campaign_id)
        .where(
            official.c.pause_cause.is_not(None),
            official.c.paused_at.is_not(None),
            # Whoever entered the new holder knows.
            official.c.pause_cause != OfficialPauseCause.HOLDER_CHANGED,
        )
        .order_by(official.c.paused_at.desc(), official.c.id)
    )
    return tuple(PausedOfficial(*row) for row in rows)


def apply(session: Session, reports: Mapping[int, Sequence[OfficialReport]], *, now: datetime) -> None:
    """Pause or resume officials by what stored reports say about emails to their present addresses, by id."""
    if not reports:
        return
    reported = session.execute(
        select(official)
        .where(official.c.id.in_(reports))
        .order_by(official.c.id)
        # Not the key: messages to them are written meanwhile, and hold that shared.
        .with_for_update(key_share=True)
    ).all()
    for row in reported:
        after = _since_resumed(reports[row.id], row.resumed_at)
        _note_arrival(session, row, after)
        pause = _pause_after(session, row, after, now=now)
        if pause is not None:
            values = {
                "paused_at": pause.since,
                "paused_until": pause.until,
                "pause_cause": pause.cause,
                "pause_note": pause.note,
            }
        elif row.pause_cause is OfficialPauseCause.TURNED_AWAY:
            values = dict(_NOT_PAUSED)
        else:
            continue
        session.execute(update(official).where(official.c.id == row.id).values(**values))


def end_pauses(session: Session, *, now: datetime) -> int:
    """Resume where the system's pause is over; how many there were."""
    over = (official.c.paused_until <= now) & official.c.pause_cause.is_not(None)
    return rows_changed(session, update(official).where(over).values(**_NOT_PAUSED))


def resume(official: Official, *, now: datetime) -> None:
    """Resume by an organizer's word: no report from before pauses the official again."""
    _clear_pause(official)
    official.resumed_at = now


def freeze(official: Official, *, now: datetime) -> None:
    """Somebody else holds the office: nothing goes out before an organizer has looked at what waits.

    It greets whoever held it before. Nothing is known to have reached the new holder.
    """
    _clear_pause(official)
    official.paused_at = now
    official.pause_cause = OfficialPauseCause.HOLDER_CHANGED
    official.reached_at = official.heard_at = None


def readdress(session: Session, official: Official) -> int:
    """The official has another address now: what waits and what came back goes there; the pause is over.

    How many emails were readdressed. What has arrived, or may have, stays as it was.
    """
    if official.email is None:
        return 0
    if official.pause_cause not in (None, OfficialPauseCause.HOLDER_CHANGED):
        _clear_pause(official)
    unsent = (OutboxState.HELD, OutboxState.QUEUED, OutboxState.FAILED)
    readdressed = rows_changed(
        session,
        update(outbox_email)
        .where(outbox_email.c.official_id == official.id, outbox_email.c.state.in_(unsent))
        .values(to_address=Public(official.email)),
    )
    return readdressed + _send_returned(session, official.id, official.email)


def send_late_returns(session: Session, ids: Collection[int]) -> None:
    """Send those of these emails again that came back from where their officials were before.

    Not what was written before an organizer resumed: somebody else may hold the office since.
    """
    if not ids:
        return
    elsewhere = (
        select(official.c.id, official.c.email, official.c.resumed_at)
        .join(outbox_email, outbox_email.c.official_id == official.c.id)
        .where(outbox_email.c.id.in_(ids), is_elsewhere())
        .distinct()
        .order_by(official.c.id)
    )
    for official_id, address, resumed_at in session.execute(elsewhere).all():
        _send_returned(session, official_id, address, since=resumed_at)


def _send_returned(session: Session, official_id: int, address: str, *, since: datetime | None = None) -> int:
    """Queue messages that came back from an earlier address, of everybody who still stands by theirs.

    Each is a new email with an id of its own: late reports about the one that came back are no news of it.
    """
    returned = session.scalars(
        select(outbox_email.c.id)
        .join(outbox_body, outbox_body.c.email_id == outbox_email.c.id)
        .where(
            outbox_email.c.official_id == official_id,
            outbox_email.c.state == OutboxState.BOUNCED,
            outbox_email.c.kind == EmailKind.MESSAGE,
            digest_members.went_to() != Public(address),
            is_stood_by(),
            true() if since is None else outbox_email.c.created_at > since,
        )
        .order_by(outbox_email.c.id)  # in which all lock them
        .with_for_update(of=outbox_email)
    ).all()
    if returned:
        again = moving(
            OutboxState.QUEUED,
            outbox_email.c.id == bindparam("returned"),
            start=(OutboxState.BOUNCED,),
            public_id=bindparam("new_id"),
            to_address=Public(address),
            **_NEVER_SENT,
        )
        rows = [{"returned": email_id, "new_id": secrets.token_hex(16)} for email_id in returned]
        session.execute(again, rows)
        digest_members.release(session, returned)
    return len(returned)


def _clear_pause(official: Official) -> None:
    for name, value in _NOT_PAUSED.items():
        setattr(official, name, value)


def _note_arrival(session: Session, row: Row[*tuple[Any, ...]], reports: Sequence[OfficialReport]) -> None:
    """Keep when the first message is known to have arrived, which the letter's page counts from.

    The page says so once the day is over; its version stays, so that no cache tells the moment either.
    """
    delivered = [report.at for report in reports if report.kind is EventKind.DELIVERED]
    is_new = row.pause_cause is not OfficialPauseCause.HOLDER_CHANGED and row.reached_at is None
    if delivered and is_new:
        session.execute(update(official).where(official.c.id == row.id).values(reached_at=min(delivered)))


def _pause_after(
    session: Session,
    official: Row[*tuple[Any, ...]],
    reports: Sequence[OfficialReport],
    *,
    now: datetime,
) -> OfficialPause | None:
    """The pause that an official is in after these reports; None to leave it to the organizers."""
    cause = official.pause_cause
    if official.paused_at is not None and cause is None:
        return None  # an organizer's own pause
    temporary = None
    if cause is not None and cause is not OfficialPauseCause.TURNED_AWAY:
        temporary = OfficialPause(cause, official.paused_at, None, official.pause_note)
    stopped = first_pause(pause for pause in (temporary, lasting_pause(reports)) if pause is not None)
    if stopped is not None:
        return stopped
    if cause is None and not any(
        report.kind in DELIVERABILITY_KINDS - {EventKind.DELIVERED} for report in reports
    ):
        return None
    return temporary_pause(_latest_reports(session, official, now=now), now=now)


def _latest_reports(
    session: Session, official: Row[*tuple[Any, ...]], *, now: datetime
) -> list[OfficialReport]:
    """The last reports about emails to the official's present address."""
    if official.email is None:
        return []
    statement = (
        select(
            delivery_event.c.public_id,
            delivery_event.c.kind,
            delivery_event.c.occurred_at,
            delivery_event.c.reason,
        )
        .join(outbox_email, outbox_email.c.public_id == delivery_event.c.public_id)
        .where(
            delivery_event.c.official_id == official.id,
            delivery_event.c.occurred_at > now - LONGEST_LOOK_BACK,
            outbox_email.c.to_address == Public(official.email),
        )
        .order_by(delivery_event.c.occurred_at.desc(), delivery_event.c.event_id)
        .limit(REPORTS_LOOKED_AT)
    )
    reports = [OfficialReport(*row) for row in session.execute(statement)]
    return _since_resumed(reports, official.resumed_at)


def _since_resumed(reports: Iterable[OfficialReport], resumed_at: datetime | None) -> list[OfficialReport]:
    return [report for report in reports if resumed_at is None or report.at > resumed_at]


def concerns(kind: EventKind) -> bool:
    """Whether a report of this kind says anything about an official's address."""
    return kind in DELIVERABILITY_KINDS or kind in STOPS_OFFICIAL
