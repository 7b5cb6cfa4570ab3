"""Whether a provider may be used now: pauses that organizers set, and rests that its answers ask for."""

from datetime import datetime
from enum import Enum

from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from campaign.domain.breaker import rest_length
from campaign.domain.states import PauseCause
from campaign.store.statements import inserting
from campaign.store.tables import ProviderPause
from campaign.store.tables.base import table_of

_pauses = table_of(ProviderPause)


class Gate(Enum):
    """How much may be sent: all, one email to see whether the provider is back, or nothing."""

    OPEN = "open"
    PROBING = "probing"
    CLOSED = "closed"


def gate(session: Session, provider: str, *, now: datetime) -> Gate:
    """What a worker may do with a provider at this moment."""
    row = session.execute(select(_pauses.c.resumes_at).where(_pauses.c.provider == provider)).first()
    if row is None:
        return Gate.OPEN
    return Gate.PROBING if row.resumes_at is not None and row.resumes_at <= now else Gate.CLOSED


def pause(
    session: Session,
    provider: str,
    *,
    cause: PauseCause,
    reason: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Send nothing through a provider until a time, or without one until `resume`.

    A pause that lasts longer than the new one stays as it is.
    """
    ends_sooner = _pauses.c.resumes_at < until if until else true()
    values = {"cause": cause, "paused_at": now, "resumes_at": until, "reason": reason}
    statement = inserting(session, _pauses).values(provider=provider, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["provider"],
            set_=values,
            where=_pauses.c.resumes_at.is_not(None) & ends_sooner,
        )
    )


def rest(session: Session, provider: str, *, cause: PauseCause, reason: str, now: datetime) -> None:
    """Let a failing provider rest: longer each time it fails again right after a rest."""
    row = session.execute(select(_pauses).where(_pauses.c.provider == provider)).first()
    previous = None
    if row is not None and row.cause is cause:
        if row.resumes_at > now:  # calls that were under way when the rest began fail too
            return
        previous = row.resumes_at - row.paused_at
    until = now + rest_length(cause, previous=previous)
    pause(session, provider, cause=cause, reason=reason, now=now, until=until)


def resume(session: Session, provider: str) -> None:
    """Use a provider again, whatever it was paused for: an organizer's word, or an email that got through."""
    session.execute(delete(_pauses).where(_pauses.c.provider == provider))


def got_through(session: Session, provider: str, *, now: datetime) -> None:
    """End a rest whose time is over, because an email was accepted."""
    session.execute(delete(_pauses).where(_pauses.c.provider == provider, _pauses.c.resumes_at <= now))


def look_again(session: Session, provider: str, *, now: datetime) -> None:
    """Try one email at once although the key was refused: a worker that starts may have a new one."""
    session.execute(
        update(_pauses)
        .where(
            _pauses.c.provider == provider,
            _pauses.c.cause == PauseCause.UNAUTHORIZED,
            _pauses.c.resumes_at > now,
        )
        .values(resumes_at=now)
    )
