"""What organizers are told without asking: that something needs them, that it lasts, and that it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# What lasts is told once more a day: often enough to be remembered, too seldom to be filtered away.
REMIND_AFTER = timedelta(days=1)
# What comes and goes (doubts that reports settle, a provider that stutters) is one condition, not many.
QUIET_BEFORE_OVER = timedelta(minutes=15)
# Mail to supporters leaves at once, and an official's as soon as there is a token; this long means a fault.
LATE_AFTER = timedelta(minutes=15)
# A worker that was away for days has much to delete before it has caught up.
PURGE_CATCHING_UP = timedelta(hours=1)
# How long a worker that starts has to catch up, and how long a queue may be without any worker.
CATCHING_UP = timedelta(minutes=2)
# Between looks further apart than this, nobody knows whether a condition has lasted.
LONGEST_GAP = timedelta(minutes=5)


class AlertKind(StrEnum):
    """What can be wrong with the mail and with what is kept, and what looks wrong about signatures.

    In the order in which pages name them.
    """

    KEY_REFUSED = "key_refused"  # the subject is the provider
    NO_WORKER = "no_worker"
    QUEUE_LATE = "queue_late"
    DOUBT = "doubt"
    OFFICIAL_PAUSED = "official_paused"  # by the system, because of bounces; the subject is the official's id
    RUSH = "rush"  # of signatures from one mail domain; the subject is the id of its tally
    HELD = "held"  # forms, since very many come from one network; the subject is the id of the campaign
    SUSPECTED = "suspected"  # signatures that wait for somebody to look; the subject is the campaign's id
    INVALIDATED = "invalidated"  # many signatures, by an organizer's rule; the subject is the id of the run
    CODES_TRIED = "codes_tried"  # after a right password; the subject is the organizer's id
    NOT_OPENED = "not_opened"  # at its time, since something must be mended; the subject is the campaign's id
    PURGE_OVERDUE = "purge_overdue"  # what should have been deleted two days ago is still there


# Of no campaign, and of use to whoever works on any: why nothing is being sent.
FOR_ALL_ORGANIZERS = frozenset({AlertKind.KEY_REFUSED, AlertKind.QUEUE_LATE, AlertKind.NO_WORKER})
# About somebody's login: for those who can do something about it.
FOR_OWNERS = frozenset({AlertKind.CODES_TRIED})
# Whoever has dealt with what is suspected hears of the next not before the next day.
_QUIET = {AlertKind.SUSPECTED: REMIND_AFTER}
_PATIENCE = {AlertKind.QUEUE_LATE: CATCHING_UP, AlertKind.PURGE_OVERDUE: PURGE_CATCHING_UP}
# While nobody works, the web shows it; a mail about it would wait in the very queue.
NOTIFIED_KINDS = frozenset(AlertKind) - {AlertKind.NO_WORKER}
# What passes by itself: that it lasts, or is over, is nobody's concern.
TOLD_ONCE = frozenset({AlertKind.RUSH, AlertKind.HELD, AlertKind.INVALIDATED, AlertKind.CODES_TRIED})
# What an organizer ends by looking: that it lasts is told, that it is over they know.
NOT_TOLD_AS_OVER = frozenset({AlertKind.SUSPECTED, AlertKind.NOT_OPENED})


@dataclass(frozen=True)
class Condition:
    """One thing that is wrong; `subject` is the id or name of what it concerns, empty for the whole queue."""

    kind: AlertKind
    subject: str = ""


@dataclass(frozen=True)
class OpenAlert:
    """A condition that was noticed, last seen at `seen_at`; nobody was told yet while `told_at` is None."""

    condition: Condition
    began_at: datetime
    seen_at: datetime
    told_at: datetime | None


class AlertStage(StrEnum):
    """What follows for the alert about a condition."""

    NOTED = "noted"  # stored, nobody notified yet
    DROPPED = "dropped"  # it went before anybody was told
    BEGUN = "begun"
    LASTING = "lasting"
    OVER = "over"


NOTIFIED_STAGES = frozenset({AlertStage.BEGUN, AlertStage.LASTING, AlertStage.OVER})


@dataclass(frozen=True)
class AlertChange:
    """One alert to store or to send; a condition that is over was last seen at `seen_at`."""

    condition: Condition
    stage: AlertStage
    began_at: datetime
    seen_at: datetime


def is_notified(change: AlertChange) -> bool:
    """Whether organizers get a mail about a change."""
    if change.condition.kind in TOLD_ONCE:
        return change.stage is AlertStage.BEGUN
    if change.stage is AlertStage.OVER and change.condition.kind in NOT_TOLD_AS_OVER:
        return False
    return change.stage in NOTIFIED_STAGES


def alert_changes(
    conditions: Iterable[Condition], alerts: Iterable[OpenAlert], *, now: datetime
) -> tuple[AlertChange, ...]:
    """What to do now, given the present conditions and the open alerts; what only lasts is left out."""
    present = {condition for condition in conditions if condition.kind in NOTIFIED_KINDS}
    open_alerts = {alert.condition: alert for alert in alerts}
    changes = []
    for condition in sorted(present | open_alerts.keys(), key=_order):
        alert = open_alerts.get(condition)
        stage = _stage(condition, alert, is_present=condition in present, now=now)
        if stage is not None:
            began_at = alert.began_at if alert and stage is not AlertStage.NOTED else now
            seen_at = alert.seen_at if alert and condition not in present else now
            changes.append(AlertChange(condition, stage, began_at, seen_at))
    return tuple(changes)


def is_late(oldest_ready: datetime | None, *, now: datetime) -> bool:
    """Whether an email that could go, due since `oldest_ready`, has waited too long."""
    return oldest_ready is not None and now - oldest_ready >= LATE_AFTER


def has_no_worker(oldest_due: datetime | None, last_seen: datetime | None, *, now: datetime) -> bool:
    """Whether mail has been due for a while and no worker has left a heartbeat meanwhile."""
    if oldest_due is None or now - oldest_due < CATCHING_UP:
        return False
    return last_seen is None or now - last_seen >= CATCHING_UP


def _stage(
    condition: Condition, alert: OpenAlert | None, *, is_present: bool, now: datetime
) -> AlertStage | None:
    # A worker that starts finds a late queue and mends it: only one that stays late is worth a mail.
    patience = _PATIENCE.get(condition.kind, timedelta(0))
    if alert is None:
        return AlertStage.NOTED if patience else AlertStage.BEGUN
    if alert.told_at is None:
        if not is_present:
            return AlertStage.DROPPED
        if now - alert.seen_at > LONGEST_GAP:
            return AlertStage.NOTED
        return AlertStage.BEGUN if now - alert.began_at >= patience else None
    if is_present:
        return AlertStage.LASTING if now - alert.told_at >= REMIND_AFTER else None
    quiet = _QUIET.get(condition.kind, QUIET_BEFORE_OVER)
    return AlertStage.OVER if now - alert.seen_at >= quiet else None


def _order(condition: Condition) -> tuple[int, str]:
    return list(AlertKind).index(condition.kind), condition.subject
