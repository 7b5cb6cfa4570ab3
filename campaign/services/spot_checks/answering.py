"""The answer of somebody who was drawn: yes or no, once. What they said is added up and kept nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.spot_check import PickState, SpotCheckState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.services.signatures import self_service
from campaign.services.signatures.link_tokens import open_link
from campaign.services.signatures.self_service import LinkShown, Withdrawn
from campaign.store.statements import rows_changed
from campaign.store.tables import SpotCheck
from campaign.store.tables.core import spot_check, spot_check_pick


@dataclass(frozen=True)
class VouchQuestion:
    """What the page behind the link may show: the letter, and whether an answer still counts."""

    letter: LinkShown
    is_open: bool


def question(session: Session, token: str, *, now: datetime) -> VouchQuestion:
    """What a link asks; NotFoundError for a link of any other purpose."""
    letter = self_service.link_shown(session, token, TokenPurpose.VOUCH, now=now)
    signature_id = open_link(session, token, TokenPurpose.VOUCH, now=now)
    return VouchQuestion(
        letter, is_open=_asking(session, signature_id, (PickState.ASKED,), now=now) is not None
    )


def answer(session: Session, token: str, *, is_theirs: bool, now: datetime) -> VouchQuestion:
    """Count an answer; a second one, and one that comes too late, changes nothing. It is open if it counted.

    Nothing is entered into the audit log: beside the entry of an erasure a moment later, it would tell
    whoever reads there who said no.
    """
    letter = self_service.link_shown(session, token, TokenPurpose.VOUCH, now=now)
    signature_id = open_link(session, token, TokenPurpose.VOUCH, now=now)
    check_id = _asking(session, signature_id, (PickState.ASKED,), now=now)
    counted = check_id is not None and _count(session, check_id, signature_id, is_theirs=is_theirs)
    return VouchQuestion(letter, is_open=counted)


def erase(session: Session, token: str, *, now: datetime) -> Withdrawn:
    """Erase the signature that was asked about, as its owner can from its page: it was not them.

    ConflictError once the time to answer is over: an old link in a mailbox does nothing any more.
    """
    signature_id = open_link(session, token, TokenPurpose.VOUCH, now=now)
    if _asking(session, signature_id, (PickState.ASKED, PickState.ANSWERED), now=now) is None:
        raise ConflictError("The time for this question is over. Erase the signature from its own page.")
    return self_service.erase(session, token, TokenPurpose.VOUCH, now=now)


def _count(session: Session, check_id: int, signature_id: int, *, is_theirs: bool) -> bool:
    # The spot check before its picks, as whoever publishes it holds them.
    held = select(SpotCheck).where(SpotCheck.id == check_id)
    row = session.scalars(
        held.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).one()
    if row.state is not SpotCheckState.ASKING:
        return False
    picks = spot_check_pick.c
    mine = (picks.spot_check_id == check_id) & (picks.signature_id == signature_id)
    answered = update(spot_check_pick).where(mine, picks.state == PickState.ASKED)
    if not rows_changed(session, answered.values(state=PickState.ANSWERED)):
        return False
    if is_theirs:
        row.yes += 1
    else:
        row.no += 1
    return True


def _asking(
    session: Session, signature_id: int, states: tuple[PickState, ...], *, now: datetime
) -> int | None:
    """The spot check in its time to answer in which this signature is in one of these states."""
    waiting = (
        select(spot_check.c.id)
        .join(spot_check_pick, spot_check_pick.c.spot_check_id == spot_check.c.id)
        .where(
            spot_check_pick.c.signature_id == signature_id,
            spot_check_pick.c.state.in_(states),
            spot_check.c.state == SpotCheckState.ASKING,
            spot_check.c.closes_at > now,
        )
    )
    return session.scalar(waiting)
