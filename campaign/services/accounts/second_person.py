"""Who may approve what somebody else began: one rule for updates, spot checks and questions about quotes."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.approval import TO_APPROVE, Approvable, is_second_person
from campaign.errors import ForbiddenError
from campaign.services.accounts import rights
from campaign.store.tables import Organizer


@dataclass(frozen=True)
class WhoMayApprove:
    """Whether somebody may approve a thing, and whether they would do so alone, for want of a second.

    It `is_stuck` when each of those who could approve has begun it: one wrote it, and another asked.
    """

    may: bool
    is_alone: bool
    is_stuck: bool = False


def who_may(
    session: Session,
    what: Approvable,
    organizer_id: int,
    campaign_id: int,
    *,
    begun_by: Collection[int | None],
) -> WhoMayApprove:
    """Whether this organizer is a second person; alone only where there is no other who could be."""
    if is_second_person(organizer_id, begun_by):
        return WhoMayApprove(may=True, is_alone=False)
    working = select(Organizer.id).where(Organizer.disabled_at.is_(None), Organizer.id != organizer_id)
    others = rights.of_organizers(session, session.scalars(working).all())
    able = [
        id_ for id_, other in others.items() if all(other.may(one, campaign_id) for one in TO_APPROVE[what])
    ]
    is_stuck = bool(able) and not any(is_second_person(id_, begun_by) for id_ in able)
    return WhoMayApprove(may=not able, is_alone=not able, is_stuck=is_stuck)


def require(
    session: Session,
    what: Approvable,
    actor: Actor,
    campaign_id: int,
    *,
    begun_by: Collection[int | None],
) -> bool:
    """Whether it is approved alone; ForbiddenError for whoever began it, while there is somebody else."""
    who = who_may(session, what, actor.organizer_id or 0, campaign_id, begun_by=begun_by)
    if actor.organizer_id is None or not who.may:
        raise ForbiddenError("A second person must approve this: somebody who did not begin it.")
    return who.is_alone
