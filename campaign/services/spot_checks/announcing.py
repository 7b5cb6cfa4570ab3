"""A spot check proposed, announced by a second person, drawn and given up: all that is decided about one.

What decides the draw is fixed before it is known; after that nobody decides anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.approval import Approvable, check_seen, mark_of
from campaign.domain.campaign import CampaignState
from campaign.domain.count_log import LogEntryKind, LogHead
from campaign.domain.drawing import (
    LEAST_COUNT,
    ChanceSource,
    check_known_at,
    drand_known_at,
    drand_round,
    drawn,
    read_source_name,
    read_value,
    seed_of,
)
from campaign.domain.moderation import require_reason
from campaign.domain.outbox import EmailKind
from campaign.domain.spot_check import (
    BETWEEN_DRAWS,
    IS_RUNNING,
    PickState,
    SpotCheckState,
    closes_at,
)
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.accounts import second_person
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, quiet_mode
from campaign.services.outbox.enqueue import cancel
from campaign.services.transparency import reading
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import Campaign, SpotCheck
from campaign.store.tables.core import count_log_entry, outbox_email, spot_check_leaver, spot_check_pick


@dataclass(frozen=True)
class Announcement:
    """How many are to be drawn, and by what; of drand the round is the first one at `known_at` or after."""

    wanted: int
    source: ChanceSource
    source_name: str
    known_at: datetime


def propose(session: Session, slug: str, announcement: Announcement, *, actor: Actor, now: datetime) -> int:
    """Ask a second person to have a spot check announced; gives its number. Nothing of it is public yet.

    RefusedError for what cannot be; ConflictError while another one runs, or waits for its second person.
    """
    campaign = _locked_campaign(session, slug)
    quiet_mode.refuse_questions(campaign)
    check_known_at(announcement.known_at, now=now)
    head = reading.head(session, campaign.id)
    of_campaign = SpotCheck.campaign_id == campaign.id
    waits = of_campaign & (SpotCheck.state == SpotCheckState.PROPOSED)
    if session.scalar(select(SpotCheck.id).where(waits)) is not None:
        raise ConflictError("Another spot check is waiting for a second person. Announce it or take it back.")
    _check(session, campaign, head, announcement.wanted, now=now)
    name, known_at = _what_decides(announcement)
    last = session.scalar(select(func.max(SpotCheck.number)).where(of_campaign))
    row = SpotCheck(
        campaign_id=campaign.id,
        number=(last or 0) + 1,
        state=SpotCheckState.PROPOSED,
        size=head.size,
        root=head.root,
        wanted=announcement.wanted,
        source=announcement.source,
        source_name=name,
        known_at=known_at,
        committed_at=now,
        proposed_by=actor.organizer_id,
    )
    session.add(row)
    session.flush()
    _record(session, "spot_check.propose", row, actor=actor, now=now, wanted=row.wanted)
    return row.number


def take_back(session: Session, slug: str, number: int, *, actor: Actor, now: datetime) -> None:
    """Delete one that was never announced; ConflictError for one that everybody has read of."""
    _locked_campaign(session, slug)
    row = _locked_proposal(session, slug, number)
    _record(session, "spot_check.take-back", row, actor=actor, now=now)
    session.delete(row)
    session.flush()


def announce(
    session: Session,
    slug: str,
    number: int,
    *,
    seen: str | None = None,
    is_alone: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Fix the log as it is published now, and what will decide, in public: by a second person.

    `is_alone` is for who says that there is none, as a command does. ForbiddenError for whoever proposed it
    while there is somebody else, ConflictError where another one was `seen`. Alone, what decides is known no
    sooner than TIME_TO_THINK from now.
    """
    campaign = _locked_campaign(session, slug)
    row = _locked_proposal(session, slug, number)
    if seen is not None:
        check_seen(seen, proposal_mark(row))
    is_alone = is_alone or second_person.require(
        session, Approvable.SPOT_CHECK, actor, campaign.id, begun_by=(row.proposed_by,)
    )
    quiet_mode.refuse_questions(campaign)
    check_known_at(row.known_at, is_alone=is_alone, now=now)
    head = reading.head(session, campaign.id)
    _check(session, campaign, head, row.wanted, now=now)
    row.state, row.committed_at = SpotCheckState.COMMITTED, now
    row.size, row.root = head.size, head.root
    session.flush()
    action = "spot_check.announce-alone" if is_alone else "spot_check.announce"
    _record(session, action, row, actor=actor, now=now, wanted=row.wanted, size=row.size)


def draw(session: Session, slug: str, number: int, value: str, *, actor: Actor, now: datetime) -> None:
    """Take the value that was published, and draw; the worker then asks whoever was drawn.

    RefusedError for what cannot be the value; ConflictError before its time, and once it was entered.
    """
    row = locked(session, slug, number)
    if row.state is SpotCheckState.PROPOSED:
        raise ConflictError("This spot check has not been announced yet.")
    if row.state is not SpotCheckState.COMMITTED:
        raise ConflictError("The value of this spot check has already been entered, or it was given up.")
    if now < row.known_at:
        raise ConflictError("The value is not known yet. Come back when it has been published.")
    row.value = read_value(row.source, value)
    row.state, row.drawn_at, row.closes_at = SpotCheckState.ASKING, now, closes_at(now)
    session.flush()
    # Nothing is appended meanwhile: an entry is either taken back already, or is not.
    take_advisory_lock(session, AdvisoryLock.COUNT_LOG)
    _store_picks(session, row, slug)
    session.execute(delete(spot_check_leaver).where(spot_check_leaver.c.spot_check_id == row.id))
    _record(session, "spot_check.draw", row, actor=actor, now=now)


def abandon(session: Session, slug: str, number: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Give a spot check up, for a reason that everybody may read; nobody more is asked, and no result comes.

    It stays on the page: whoever did not like a draw cannot make it undone.
    """
    row = locked(session, slug, number)
    if row.state not in IS_RUNNING:
        raise ConflictError("This spot check is over already.")
    row.reason = require_reason(reason)
    row.state, row.ended_on = SpotCheckState.ABANDONED, now.date()
    session.flush()
    session.execute(delete(spot_check_leaver).where(spot_check_leaver.c.spot_check_id == row.id))
    asked = select(spot_check_pick.c.signature_id).where(spot_check_pick.c.spot_check_id == row.id)
    of_check = (outbox_email.c.kind == EmailKind.SPOT_CHECK) & outbox_email.c.signature_id.in_(asked)
    cancel(session, of_check, now=now)
    forget_picks(session, row)
    _record(session, "spot_check.abandon", row, actor=actor, now=now)


def forget_picks(session: Session, row: SpotCheck) -> None:
    """Keep of one that is over nobody who was drawn, nor what became of them; the result has the numbers."""
    session.execute(delete(spot_check_pick).where(spot_check_pick.c.spot_check_id == row.id))
    row.yes = row.no = 0


def locked(session: Session, slug: str, number: int) -> SpotCheck:
    """A spot check, which nobody else changes until the transaction ends; NotFoundError for none."""
    row = session.scalar(
        select(SpotCheck)
        .join(Campaign, Campaign.id == SpotCheck.campaign_id)
        .where(Campaign.slug == slug, SpotCheck.number == number)
        .with_for_update(of=SpotCheck, key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError("There is no such spot check.")
    return row


def proposal_mark(row: SpotCheck) -> str:
    """What a second person looks at."""
    return mark_of(row.committed_at, row.wanted, row.source, row.source_name, row.known_at, row.proposed_by)


def _locked_proposal(session: Session, slug: str, number: int) -> SpotCheck:
    row = locked(session, slug, number)
    if row.state is not SpotCheckState.PROPOSED:
        raise ConflictError("This spot check has already been announced.")
    return row


def _what_decides(announcement: Announcement) -> tuple[str, datetime]:
    if announcement.source is ChanceSource.OTHER:
        return read_source_name(announcement.source_name), announcement.known_at
    number = drand_round(announcement.known_at)
    return str(number), drand_known_at(number)


def _locked_campaign(session: Session, slug: str) -> Campaign:
    """The campaign, of which nobody else announces a spot check meanwhile."""
    campaign = campaigns.campaign_row(session, slug)
    held = select(Campaign.id).where(Campaign.id == campaign.id)
    session.execute(held.with_for_update(key_share=True))
    return campaign


def _check(session: Session, campaign: Campaign, head: LogHead, wanted: int, *, now: datetime) -> None:
    running = select(SpotCheck.id).where(
        SpotCheck.campaign_id == campaign.id, SpotCheck.state.in_(IS_RUNNING)
    )
    if session.execute(running).first() is not None:
        raise ConflictError("Another spot check is still running. One has to end before the next begins.")
    if _was_decided_lately(session, campaign.id, now=now):
        raise ConflictError(
            "The last draw was less than %(days)s days ago. The next can be announced after that.",
            days=BETWEEN_DRAWS.days,
        )
    if campaign.state is CampaignState.DRAFT or head.count < LEAST_COUNT:
        raise ConflictError(
            "A spot check needs at least %(least)s signatures in the public log. There are %(count)s so far.",
            least=LEAST_COUNT,
            count=head.count,
        )
    if wanted > head.count:
        raise RefusedError("There are only %(count)s signatures to draw from.", count=head.count)


def _was_decided_lately(session: Session, campaign_id: int, *, now: datetime) -> bool:
    """Whether a draw was made less than BETWEEN_DRAWS ago, or could be worked out before it was given up.

    Of one given up the day is kept: on the day of its value it counts as given up once that was known.
    """
    known = func.coalesce(SpotCheck.drawn_at, SpotCheck.known_at)
    lately = select(SpotCheck.drawn_at, SpotCheck.known_at, SpotCheck.ended_on).where(
        SpotCheck.campaign_id == campaign_id, known > now - BETWEEN_DRAWS, known <= now
    )
    return any(
        row.drawn_at is not None or (row.ended_on is not None and row.ended_on >= row.known_at.date())
        for row in session.execute(lately)
    )


def _store_picks(session: Session, row: SpotCheck, slug: str) -> None:
    seed = seed_of(slug=slug, size=row.size, root=row.root, value=row.value or "")
    found: dict[int, tuple[bool, int | None]] = {}

    def say_signed(positions: Sequence[int]) -> list[int]:
        entry = count_log_entry.c
        rows = session.execute(
            select(entry.position, entry.stands, entry.signature_id).where(
                entry.campaign_id == row.campaign_id,
                entry.position.in_(positions),
                entry.kind == LogEntryKind.SIGNED,
            )
        ).all()
        found.update({one.position: (one.stands, one.signature_id) for one in rows})
        return [one.position for one in rows]

    picked = drawn(seed, row.size, row.wanted, say_signed)
    leaver = spot_check_leaver.c
    since = set(session.scalars(select(leaver.position).where(leaver.spot_check_id == row.id)))
    session.execute(
        insert(spot_check_pick),
        [
            {
                "spot_check_id": row.id,
                "position": position,
                "signature_id": found[position][1],
                "state": _first_state(*found[position], has_left_since=position in since),
            }
            for position in picked
        ],
    )


def _first_state(stands: bool, signature_id: int | None, *, has_left_since: bool) -> PickState:
    if stands and signature_id is not None:
        return PickState.WAITING
    # Of one that was erased a moment ago, the log has not followed yet.
    return PickState.LEFT_SINCE if stands or has_left_since else PickState.LEFT


def _record(
    session: Session, action: str, row: SpotCheck, *, actor: Actor, now: datetime, **more: int
) -> None:
    details = {"campaign": row.campaign_id, "spot_check": row.number, **more}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
