"""Whether a provider may be used now: pauses that organizers set, and those that its answers ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import bindparam, delete, select, true, update
from sqlalchemy.orm import Session

from campaign.domain.circuit_breaker import (
    FAILURES_TO_OPEN,
    LONGEST_THROTTLE,
    failures_after,
    pause_length,
)
from campaign.domain.outbox import PauseCause
from campaign.domain.outcomes import Accepted, Outcome, Throttled, Unauthorized
from campaign.store.statements import inserting
from campaign.store.tables.core import provider_pause

_RESUMES_AT = select(provider_pause.c.resumes_at).where(provider_pause.c.provider == bindparam("provider"))


class BreakerState(Enum):
    """How much may be sent: all (closed), one email to see whether the provider is back, or nothing.

    `OPEN` ends by itself, `STOPPED` only when an organizer says so.
    """

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Verdict:
    """What outcomes say about the provider: its failures in a row, and why it is paused now, if it is."""

    failures: int
    pause_reason: str | None = None

    @property
    def must_pause(self) -> bool:
        """Whether no further call may begin."""
        return self.pause_reason is not None


def breaker_state(session: Session, provider: str, *, now: datetime) -> BreakerState:
    """What a worker may do with a provider at this moment."""
    row = session.execute(_RESUMES_AT, {"provider": provider}).first()
    if row is None:
        return BreakerState.CLOSED
    if row.resumes_at is None:
        return BreakerState.STOPPED
    return BreakerState.HALF_OPEN if row.resumes_at <= now else BreakerState.OPEN


def cause_of_pause(session: Session, provider: str) -> PauseCause | None:
    """Why nothing goes through a provider; None while something does."""
    return session.scalar(select(provider_pause.c.cause).where(provider_pause.c.provider == provider))


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
    ends_sooner = provider_pause.c.resumes_at < until if until else true()
    values = {"cause": cause, "paused_at": now, "resumes_at": until, "reason": reason}
    statement = inserting(session, provider_pause).values(provider=provider, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["provider"],
            set_=values,
            where=provider_pause.c.resumes_at.is_not(None) & ends_sooner,
        )
    )


def pause_failing(session: Session, provider: str, *, cause: PauseCause, reason: str, now: datetime) -> None:
    """Pause a failing provider: for longer each time it fails again right after such a pause."""
    row = session.execute(select(provider_pause).where(provider_pause.c.provider == provider)).first()
    previous = None
    if row is not None and row.cause is cause:
        if row.resumes_at > now:  # calls that were under way when the pause began fail too
            return
        previous = row.resumes_at - row.paused_at
    until = now + pause_length(cause, previous=previous)
    pause(session, provider, cause=cause, reason=reason, now=now, until=until)


def judge(
    session: Session,
    provider: str,
    outcomes: Sequence[Outcome],
    *,
    failures: int,
    is_probing: bool,
    now: datetime,
) -> Verdict:
    """Pause or reopen the provider as the outcomes ask for; `failures` stood in a row before them."""
    for outcome in outcomes:
        failures = failures_after(failures, outcome)
    if is_probing and any(isinstance(outcome, Accepted) for outcome in outcomes):
        resume_after_probe(session, provider, now=now)
    throttled = [outcome for outcome in outcomes if isinstance(outcome, Throttled)]
    if throttled:
        last = max(throttled, key=lambda outcome: outcome.until)
        until = min(last.until, now + LONGEST_THROTTLE)
        pause(session, provider, cause=PauseCause.THROTTLED, reason=last.reason, now=now, until=until)
    refusal = next((outcome for outcome in outcomes if isinstance(outcome, Unauthorized)), None)
    if refusal:
        pause_failing(session, provider, cause=PauseCause.UNAUTHORIZED, reason=refusal.reason, now=now)
    if failures >= (1 if is_probing else FAILURES_TO_OPEN):
        reason = f"{failures} failures in a row"
        pause_failing(session, provider, cause=PauseCause.UNREACHABLE, reason=reason, now=now)
        return Verdict(0, reason)
    if throttled:
        return Verdict(failures, last.reason)
    return Verdict(failures, refusal.reason if refusal else None)


def resume(session: Session, provider: str) -> None:
    """Use a provider again, whatever it was paused for: an organizer's word, or an email that got through."""
    session.execute(delete(provider_pause).where(provider_pause.c.provider == provider))


def resume_after_probe(session: Session, provider: str, *, now: datetime) -> None:
    """End a pause whose time is over, because an email was accepted."""
    session.execute(
        delete(provider_pause).where(
            provider_pause.c.provider == provider, provider_pause.c.resumes_at <= now
        )
    )


def probe_now(session: Session, provider: str, *, now: datetime) -> None:
    """Try one email at once although the key was refused: a worker that starts may have a new one."""
    session.execute(
        update(provider_pause)
        .where(
            provider_pause.c.provider == provider,
            provider_pause.c.cause == PauseCause.UNAUTHORIZED,
            provider_pause.c.resumes_at > now,
        )
        .values(resumes_at=now)
    )
