"""A signing form on its way: kept as it came in, asked about by mail, confirmed by a button, written out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class FormState(StrEnum):
    """Where a kept form stands."""

    RECEIVED = "received"  # no worker has looked at it yet
    WAITING = "waiting"  # its mail goes out later: its mailbox or its network is at its limit
    HELD = "held"  # of a rush, or of too many spellings: mailed once a proof or an organizer speaks for it
    MAILED = "mailed"
    CONFIRMED = "confirmed"  # it is a signature; its messages are still to be written
    RESTORED = "restored"  # confirmed in a backup that was put back: its messages may have left since
    WRITTEN = "written"
    ENDED = "ended"  # erased by its mailbox's owner, or too old


# A form can be confirmed while it waits for its mail, too: a second mail to one address lists its links.
CAN_BE_CONFIRMED = (FormState.WAITING, FormState.HELD, FormState.MAILED)
# How long a form waits for its confirmation, and how long its link then still says what has become of it.
CONFIRM_WITHIN = timedelta(days=14)
LINK_EXPLAINS_FOR = timedelta(days=30)
# Nobody can use the form to pester somebody else: the pace of mails that a mailbox's owner did not ask for,
# over the whole site.
MAIL_GAP = timedelta(hours=1)
MAILS_A_DAY = 3
# A proof of work costs its sender some seconds each time. Forms that bring one do not wait behind those that
# do not, so that nobody is kept from signing by what a stranger sends in with their address.
PROVEN_MAILS_AN_HOUR = 3
PROVEN_MAILS_A_DAY = 10
# How many spellings of one mailbox may wait for their email because of one network, with a proof or without:
# no more than are asked in a day, so that one stranger puts nobody off for longer.
WAITING_A_NETWORK = MAILS_A_DAY
# How many forms may come in without a proof from one network: a hall of people behind one connection gets
# through at once, and what comes faster waits in a short line. Beyond the line it is a program.
NETWORK_BURST = 20
NETWORK_A_MINUTE = 20
NETWORK_LINE = 17
# How long organizers see a rush as going on after its last form came in.
HELD_LATELY = timedelta(minutes=30)
# One mail lists no more links than this, the newest of each network first.
LINKS_A_MAIL = 10
CODE_TRIES = 5
# How many open codes wrong tries for one mailbox may be compared with in a day, over the whole site: neither
# more forms nor newer emails give anybody more than two chances in a hundred thousand.
CODES_COMPARED_A_DAY = 20


@dataclass(frozen=True)
class MailSent:
    """When an email that asks to confirm goes to a mailbox, and whether a proof of work was behind it."""

    at: datetime
    is_proven: bool


def next_mail_at(mails: Sequence[MailSent], *, is_proven: bool, now: datetime) -> datetime:
    """When a mailbox that got these may be asked again.

    What has a proof of work behind it waits for others of its kind only.
    """
    if is_proven:
        proven = sorted(mail.at for mail in mails if mail.is_proven)
        hourly = _after(proven, PROVEN_MAILS_AN_HOUR, timedelta(hours=1), now)
        return max(hourly, _after(proven, PROVEN_MAILS_A_DAY, timedelta(days=1), now))
    sent = sorted(mail.at for mail in mails)
    return max(_after(sent, 1, MAIL_GAP, now), _after(sent, MAILS_A_DAY, timedelta(days=1), now))


def _after(times: Sequence[datetime], number: int, span: timedelta, now: datetime) -> datetime:
    """When no more than `number` of the times, now included, lie within a span."""
    return max(now, times[-number] + span) if len(times) >= number else now


def codes_compared(before: float, since: timedelta) -> float:
    """How much of CODES_COMPARED_A_DAY is still used up, some time after it was `before`."""
    return max(0.0, before - since / timedelta(days=1) * CODES_COMPARED_A_DAY)


@dataclass(frozen=True)
class NetworkPace:
    """How many forms a network may send in at `at`; below zero is the length of its line."""

    tokens: float
    at: datetime


def admitted(pace: NetworkPace | None, *, now: datetime) -> tuple[NetworkPace, datetime | None]:
    """One more form without a proof: the pace after it, and when its mail may go; None for not by itself.

    While a rush lasts the line does not move: each form that is held begins the wait anew.
    """
    tokens = float(NETWORK_BURST)
    if pace is not None:
        minutes = max(timedelta(), now - pace.at) / timedelta(minutes=1)
        tokens = min(tokens, pace.tokens + minutes * NETWORK_A_MINUTE)
    if tokens - 1 < -NETWORK_LINE:
        return NetworkPace(-float(NETWORK_LINE), now), None
    tokens -= 1
    wait = timedelta(minutes=max(0.0, -tokens) / NETWORK_A_MINUTE)
    return NetworkPace(tokens, now), now + wait


def released_at(ahead: int, *, now: datetime) -> datetime:
    """When the mail about a form goes that is held no more, with so many of its network ahead of it."""
    return now + ahead * timedelta(minutes=1) / NETWORK_A_MINUTE
