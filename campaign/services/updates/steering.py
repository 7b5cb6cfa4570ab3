"""An update on its way: paused, resumed, stopped for good."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.updates import UpdateState
from campaign.services.updates import batch
from campaign.services.updates.drafts import locked, move, record


def pause(session: Session, slug: str, update_id: int, *, actor: Actor, now: datetime) -> None:
    """Let nobody more get it for now; what has not left waits with the rest of the list."""
    row = locked(session, slug, update_id)
    move(row, UpdateState.PAUSED, now=now)
    called_back = batch.call_back(session, row, keeps_list=True, now=now)
    session.flush()
    record(session, "update.pause", row, actor=actor, now=now, emails=called_back)


def resume(session: Session, slug: str, update_id: int, *, actor: Actor, now: datetime) -> None:
    """Go on where it was paused."""
    row = locked(session, slug, update_id)
    move(row, UpdateState.SENDING, now=now)
    session.flush()
    record(session, "update.resume", row, actor=actor, now=now)


def stop(session: Session, slug: str, update_id: int, *, actor: Actor, now: datetime) -> None:
    """End it for good: whoever has not got it yet does not."""
    row = locked(session, slug, update_id)
    move(row, UpdateState.STOPPED, now=now)
    called_back = batch.call_back(session, row, keeps_list=False, now=now)
    session.flush()
    record(session, "update.stop", row, actor=actor, now=now, emails=called_back)
