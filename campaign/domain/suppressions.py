"""What reports make of an address: which silence a supporter's, which pause an official, and until when.

Everything here is a function of the set of reports: their order, and repeats that were sorted out before,
change nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.events import EventKind, SuppressionSource
from campaign.domain.names import clean_line
from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import STREAMS, EmailKind, MailStream
from campaign.errors import RefusedError

LONGEST_NOTE = 300


class SuppressionReason(StrEnum):
    """Why an address is not written to."""

    BOUNCED = "bounced"  # there is no such mailbox
    DROPPED = "dropped"  # the provider refuses to write there
    COMPLAINED = "complained"  # our mail was marked as spam
    UNSUBSCRIBED = "unsubscribed"
    ORGANIZER = "organizer"


# What an address gets a suppression for. A mail that was only turned away says nothing about its address.
SUPPRESSES: Mapping[EventKind, SuppressionReason] = {
    EventKind.BOUNCED: SuppressionReason.BOUNCED,
    EventKind.DROPPED: SuppressionReason.DROPPED,
    EventKind.COMPLAINED: SuppressionReason.COMPLAINED,
    EventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
# The mailbox is there, and its owner has had enough: what they ask for by a click of their own still comes.
OPT_OUT_REASONS = frozenset({SuppressionReason.COMPLAINED, SuppressionReason.UNSUBSCRIBED})
# Sent because their reader did something, and waits for it, or because something was done to what is theirs.
# Any other kind of mail counts as unasked.
REQUESTED_KINDS = frozenset(
    {
        EmailKind.CONFIRMATION,
        EmailKind.ALREADY_SIGNED,
        EmailKind.THANKS,
        EmailKind.REPLY,
        EmailKind.CORRECTION,
    }
)

# What pauses an official until an organizer has looked: their address is dead, or they want no more of it.
STOPS_OFFICIAL: Mapping[EventKind, OfficialPauseCause] = {
    EventKind.BOUNCED: OfficialPauseCause.BOUNCED,
    EventKind.DROPPED: OfficialPauseCause.DROPPED,
    EventKind.COMPLAINED: OfficialPauseCause.COMPLAINED,
    EventKind.UNSUBSCRIBED: OfficialPauseCause.UNSUBSCRIBED,
}
# What tells whether an office takes our mail at the moment.
DELIVERABILITY_KINDS = frozenset({EventKind.BLOCKED, EventKind.DEFERRED, EventKind.DELIVERED})
# So many emails turned away with none delivered since: one may be its own fault, three are ours or theirs.
TURNED_AWAY_IN_A_ROW = 3
# Greylisting turns every first attempt away by design (RFC 6647); the second attempt gets through.
DEFERRALS_THAT_COUNT = 2
# Filters forget in hours; half a working day loses little, and the next mails show whether it has passed.
TURNED_AWAY_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class AddressReport:
    """What one report says about an address."""

    reason: SuppressionReason
    source: SuppressionSource
    at: datetime
    note: str | None = None


@dataclass(frozen=True)
class Suppressed:
    """All that is known of one address and one reason; the latest report gives source and note.

    `lifted_at` is when somebody decided to write there again: reports from before do not count against it.
    """

    source: SuppressionSource
    note: str | None
    reports: int
    first_at: datetime
    last_at: datetime
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class OfficialReport:
    """One report about one email (its opaque id) to an official's present address."""

    email: str
    kind: EventKind
    at: datetime
    note: str | None = None


@dataclass(frozen=True)
class OfficialPause:
    """Why and since when the system has paused an official; without `until` an organizer has to look."""

    cause: OfficialPauseCause
    since: datetime
    until: datetime | None
    note: str | None


def stops(reason: SuppressionReason, kind: EmailKind) -> bool:
    """Whether a suppression of a supporter's address stops a kind of email; messages to officials never."""
    if STREAMS[kind] is not MailStream.SUPPORTER:
        return False
    return reason not in OPT_OUT_REASONS or kind not in REQUESTED_KINDS


def stopped_kinds(reason: SuppressionReason) -> tuple[EmailKind, ...]:
    """All kinds of email that a suppression stops."""
    return tuple(kind for kind in EmailKind if stops(reason, kind))


def with_report(before: Suppressed | None, report: AddressReport) -> Suppressed:
    """What is known with one more report; reports from before a lift are counted and silence nobody."""
    if before is None:
        return Suppressed(report.source, report.note, 1, report.at, report.at)
    lifted_at = before.lifted_at
    if lifted_at is not None and report.at > lifted_at:
        lifted_at = None
    latest = max(
        (before.last_at, before.source, before.note or ""), (report.at, report.source, report.note or "")
    )
    return Suppressed(
        source=latest[1],
        note=latest[2] or None,
        reports=before.reports + 1,
        first_at=min(before.first_at, report.at),
        last_at=latest[0],
        lifted_at=lifted_at,
    )


def lasting_pause(reports: Iterable[OfficialReport]) -> OfficialPause | None:
    """The pause that needs an organizer: for the first report of its kind."""
    pauses = [
        OfficialPause(STOPS_OFFICIAL[report.kind], report.at, None, report.note)
        for report in reports
        if report.kind in STOPS_OFFICIAL
    ]
    return first_pause(pauses)


def first_pause(pauses: Iterable[OfficialPause]) -> OfficialPause | None:
    """The pause that began first."""
    return min(pauses, key=lambda pause: (pause.since, pause.cause, pause.note or ""), default=None)


def temporary_pause(reports: Iterable[OfficialReport], *, now: datetime) -> OfficialPause | None:
    """The pause of an official whose office turned several emails away since it last took one.

    It lasts from the last of them, and ends at once when one is delivered after all.
    """
    deferrals: dict[str, int] = {}
    turned_away: set[str] = set()
    pause: OfficialPause | None = None
    for report in sorted(reports, key=_order):
        if report.kind is EventKind.DELIVERED:
            deferrals, turned_away, pause = {}, set(), None
            continue
        if report.kind is EventKind.DEFERRED:
            deferrals[report.email] = deferrals.get(report.email, 0) + 1
        if report.kind is EventKind.BLOCKED or deferrals.get(report.email, 0) >= DEFERRALS_THAT_COUNT:
            turned_away.add(report.email)
        if len(turned_away) >= TURNED_AWAY_IN_A_ROW:
            since = pause.since if pause else report.at
            pause = OfficialPause(
                OfficialPauseCause.TURNED_AWAY, since, report.at + TURNED_AWAY_PAUSE, report.note
            )
    return pause if pause and pause.until and pause.until > now else None


def clean_note(text: str) -> str:
    """An organizer's note on a suppression; RefusedError when it is too long or has an address in it."""
    note = clean_line(text)
    if len(note) > LONGEST_NOTE:
        raise RefusedError("A note can have at most %(most)d characters.", most=LONGEST_NOTE)
    if "@" in note:
        raise RefusedError("Leave addresses out of the note: it is shown to every organizer.")
    return note


def _order(report: OfficialReport) -> tuple[datetime, EventKind, str, str]:
    return report.at, report.kind, report.email, report.note or ""
