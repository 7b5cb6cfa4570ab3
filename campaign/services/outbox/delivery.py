"""The queue as workers see it: mark as sending, record what became of it, free what the dead held.

Every move is a conditional update: on the state an email was in, and on the lease, which names one claim of
one worker. Whoever finds the condition gone has lost the email and leaves it alone.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, case, func, select
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.outbox import IS_UNDER_WAY, OF_UPDATES, EmailKind, OutboxState
from campaign.domain.outcomes import Accepted, Outcome, settle
from campaign.services.outbox import digest_members, telling, turning_back
from campaign.services.outbox.claim import Claimed
from campaign.services.outbox.enqueue import cancel, delete_bodies, lock_each, lock_rows
from campaign.services.outbox.quota_refunds import refund
from campaign.services.outbox.suppression_check import takes_no_more
from campaign.services.outbox.transitions import is_in, move, moving, settling
from campaign.services.outbox.withdrawn import is_stood_by, reason_not_stood_by, tells
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.json_rows import NUMBER, WORD, as_json, json_rows
from campaign.store.prepared import Prepared
from campaign.store.tables.core import outbox_email

# These hold links that act for a supporter. Once accepted they have served, and whoever reads the table later
# must not find a link that still works. An email in doubt keeps its text: it may have to be sent again.
# An answer of an office has no link, and is nobody's but the supporter's; a digest holds what many people
# wrote, each of whom may erase it.
DELETE_BODY_ONCE_SENT = (
    EmailKind.CONFIRMATION,
    EmailKind.ALREADY_SIGNED,
    EmailKind.THANKS,
    EmailKind.REPLY,
    EmailKind.CORRECTION,
    EmailKind.SPOT_CHECK,
    EmailKind.DIGEST,
    EmailKind.INVITATION,
    EmailKind.PASSWORD_RESET,
    EmailKind.UPDATE,
    EmailKind.AFFIRMATION,
    EmailKind.QUOTE,
)


def has_served(kind: str, signature_id: int | None) -> bool:
    """Whether the words of an email go once it is sent.

    Those of a test stay, as they hold no link that works: by its words retention finds whose address it has.
    """
    is_test = kind in OF_UPDATES and signature_id is None
    return kind in DELETE_BODY_ONCE_SENT and not is_test


@dataclass(frozen=True)
class ExpiredLeases:
    """How many emails of dead workers went back to the queue, and how many came into doubt."""

    queued: int
    in_doubt: int


def mark_sending(
    session: Session, claimed: Sequence[Claimed], *, provider: str, lease: timedelta, now: datetime
) -> tuple[Claimed, ...]:
    """Write down that requests are about to leave; only for those returned may one be made, after the commit.

    An email that is missing was cancelled or has gone to another worker. One that tells what a campaign is
    about which has become quiet by this moment is called back: whatever wrote it or let it wait again. One to
    an office that has another address by now, or is paused, is queued again.
    """
    if not claimed:
        return ()
    rows = [{"id": entry.id, "lease": entry.lease} for entry in claimed]
    values = {"rows": as_json(rows), "moment": now, "lease_ends": now + lease, "by": provider}
    marked = _MARKING.changed(session.connection(), values)
    ours = {entry.id: entry.lease for entry in claimed}
    # Asking for the ids back costs more than the update, and nearly always all are still ours.
    if marked != len(claimed):
        found = session.execute(
            select(outbox_email.c.id, outbox_email.c.leased_by).where(
                outbox_email.c.id.in_(ours), outbox_email.c.state == OutboxState.SENDING
            )
        )
        telling.call_back(session, outbox_email.c.id.in_(ours), now=now)
        turning_back.turn_back(session, ours, now=now)
        ours = {email_id: leased_by for email_id, leased_by in found if ours[email_id] == leased_by}
    return tuple(
        # Not by `replace`, which takes five times as long.
        Claimed(
            entry.id,
            entry.lease,
            entry.attempts + 1,
            entry.first_tried_at or now,
            entry.official_id,
            entry.signature_id,
            entry.email,
        )
        for entry in claimed
        if entry.id in ours
    )


def _marking(dialect: str) -> Update:
    rows = json_rows(dialect, "rows", id=NUMBER, lease=WORD)
    moment = bindparam("moment", type_=outbox_email.c.sending_at.type)
    return moving(
        OutboxState.SENDING,
        outbox_email.c.id == rows.c.id,
        outbox_email.c.leased_by == rows.c.lease,
        ~tells(),
        ~turning_back.has_to_wait(),
        by_state=False,
        attempts=outbox_email.c.attempts + 1,
        first_tried_at=func.coalesce(outbox_email.c.first_tried_at, moment),
        sending_at=moment,
        lease_ends_at=bindparam("lease_ends", type_=outbox_email.c.lease_ends_at.type),
        provider=bindparam("by"),
        reason=None,
    )


_MARKING = Prepared(_marking, columns=("rows", "moment", "lease_ends", "by"))


def release(session: Session, claimed: Sequence[Claimed], *, now: datetime) -> None:
    """Queue emails again that were claimed and not marked; those that are no longer ours are left alone."""
    released: list[Claimed] = []
    for lease_name in {entry.lease for entry in claimed}:
        ours = {entry.id: entry for entry in claimed if entry.lease == lease_name}
        back = moving(
            OutboxState.QUEUED,
            outbox_email.c.id.in_(ours) & (outbox_email.c.leased_by == lease_name),
            start=(OutboxState.LEASED,),
            by_state=False,
        )
        released += [ours[email_id] for email_id in session.scalars(back.returning(outbox_email.c.id))]
    if released:
        refund(session, [entry.official_id for entry in released], now=now)


def record(session: Session, outcomes: Sequence[tuple[Claimed, Outcome]], *, now: datetime) -> None:
    """Move emails that were being sent to what became of them.

    One whose lease ran out meanwhile stands in doubt with the lease still on it: its own answer, arriving
    late, is evidence and settles it. One that anybody has moved since is left alone.
    """
    lock_each(session, [entry.id for entry, _ in outcomes])
    accepted = [(entry, outcome) for entry, outcome in outcomes if isinstance(outcome, Accepted)]
    if accepted:
        _record_accepted(session, accepted, now=now)
    others = [(entry, outcome) for entry, outcome in outcomes if not isinstance(outcome, Accepted)]
    if others:
        rows = [_settled(entry, outcome, now) for entry, outcome in others]
        session.execute(_RECORD, rows)
        states = [row["b_state"] for row in rows]
        back = [
            entry for (entry, _), state in zip(others, states, strict=True) if state is OutboxState.QUEUED
        ]
        if back:
            # Whoever withdrew, or wants no more, while it was leaving: what did not leave is not tried again.
            ended = outbox_email.c.id.in_([entry.id for entry in back]) & (~is_stood_by() | takes_no_more())
            cancel(session, ended, now=now, reason=reason_not_stood_by())
            refund(session, [entry.official_id for entry in back], now=now)
    digests = [entry.id for entry, _ in outcomes if entry.email.kind == EmailKind.DIGEST]
    if digests:
        digest_members.follow(session, digests, now=now)


def expire_leases(session: Session, *, now: datetime) -> ExpiredLeases:
    """Free what dead workers held: what had not begun to leave is queued again, the rest is in doubt."""
    expired = outbox_email.c.lease_ends_at <= now
    lock_rows(session, expired & is_in(IS_UNDER_WAY))
    queued = move(session, OutboxState.QUEUED, expired, start=(OutboxState.LEASED,), now=now)
    in_doubt = move(
        session,
        OutboxState.IN_DOUBT,
        expired,
        start=(OutboxState.SENDING,),
        now=now,
        reason="sending stopped before the provider's answer was written down",
    )
    if in_doubt:
        digest_members.follow_doubts(session, now=now)
    return ExpiredLeases(queued, in_doubt)


def _record_accepted(
    session: Session, accepted: Sequence[tuple[Claimed, Accepted]], *, now: datetime
) -> None:
    """The usual outcome, for all emails in one statement."""
    rows = [
        {"id": entry.id, "lease": entry.lease, "message_id": outcome.provider_message_id}
        for entry, outcome in accepted
    ]
    _ACCEPTING.changed(session.connection(), {"rows": as_json(rows), "settled": now})
    _count_sent(session, [entry for entry, _ in accepted], now=now)
    served = [entry.id for entry, _ in accepted if has_served(entry.email.kind, entry.signature_id)]
    if served:
        delete_bodies(session, outbox_email.c.id.in_(served) & (outbox_email.c.state == OutboxState.ACCEPTED))


def _count_sent(session: Session, accepted: Sequence[Claimed], *, now: datetime) -> None:
    """Count the messages among what a provider accepted; of a digest, each that is in it."""
    sent = Counter(entry.official_id for entry in accepted if entry.email.kind == EmailKind.MESSAGE)
    for entry in accepted:
        if entry.email.kind == EmailKind.DIGEST:
            sent[entry.official_id] += digest_members.number_in(session, entry.id)
    acts = [
        Act(what=Figure.SENT, at=now, official_id=official_id, number=number)
        for official_id, number in sent.items()
        if official_id is not None
    ]
    recording.add(session.connection(), acts)


def _recording_accepted(dialect: str) -> Update:
    rows = json_rows(dialect, "rows", id=NUMBER, lease=WORD, message_id=WORD)
    return moving(
        OutboxState.ACCEPTED,
        outbox_email.c.id == rows.c.id,
        outbox_email.c.leased_by == rows.c.lease,
        start=_AWAITS_ANSWER,
        by_state=False,
        settled_at=bindparam("settled", type_=outbox_email.c.settled_at.type),
        reason=None,
        provider_message_id=rows.c.message_id,
    )


def _settled(entry: Claimed, outcome: Outcome, now: datetime) -> dict[str, object]:
    settlement = settle(
        outcome,
        attempts=entry.attempts,
        first_tried_at=entry.first_tried_at or now,
        now=now,
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )
    is_final = settlement.state is not OutboxState.QUEUED
    return {
        "b_id": entry.id,
        "b_lease": entry.lease,
        "b_state": settlement.state,
        "b_due_at": settlement.due_at,
        "b_reason": settlement.reason,
        "b_not_counted": 0 if settlement.is_attempt else 1,
        "b_was_begun": settlement.was_begun,
        "b_settled_at": now if is_final else None,
        # Kept on an email in doubt, so that its own late answer is still believed.
        "b_lease_after": entry.lease if settlement.state is OutboxState.IN_DOUBT else None,
    }


# An answer that comes after its lease is over settles the doubt.
_AWAITS_ANSWER = (OutboxState.SENDING, OutboxState.IN_DOUBT)
_ACCEPTING = Prepared(_recording_accepted, columns=("rows", "settled"))
_RECORD = settling(
    bindparam("b_state", type_=outbox_email.c.state.type),
    (OutboxState.QUEUED, OutboxState.FAILED, OutboxState.IN_DOUBT),
    outbox_email.c.id == bindparam("b_id"),
    outbox_email.c.leased_by == bindparam("b_lease"),
    start=_AWAITS_ANSWER,
    due_at=func.coalesce(bindparam("b_due_at"), outbox_email.c.due_at),
    reason=bindparam("b_reason"),
    # What never began belongs to no provider yet, and may go by another.
    provider=case((bindparam("b_was_begun"), outbox_email.c.provider), else_=None),
    attempts=outbox_email.c.attempts - bindparam("b_not_counted"),
    settled_at=bindparam("b_settled_at"),
    leased_by=bindparam("b_lease_after"),
)
