"""A forgotten password: asked for on the login page, answered by mail.

The request stores what was typed and nothing else, whoever it is about; a worker looks whose it is. So
neither the answer nor its time tells which addresses have a login.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.outbox import EmailKind
from campaign.errors import RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts import password_resets
from campaign.services.accounts.mails import OrganizerMail, send
from campaign.services.accounts.organizers import login_name
from campaign.services.audit import audit_log
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables.core import organizer, password_request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_NETWORK = 10  # an hour
# One link an hour is one that is always good, and a stranger can cause no more mail than that. Somebody in a
# browser that has logged in to the account before has as many of their own.
PER_ACCOUNT_AND_DAY = 6
AT_ONCE = 20
LONGEST_ADDRESS = 254
TOO_MANY = to_translate("Too many requests came from your network. Wait an hour, then try again.")


class TooManyRequestsError(RefusedError):
    """A request that was not stored; `network_hash` stands for the network it came from, that day."""

    def __init__(self, network_hash: str) -> None:
        super().__init__(TOO_MANY)
        self.network_hash = network_hash


def request(session: Session, email: str, *, network: str, device: str, key: bytes, now: datetime) -> None:
    """Store that somebody wants a link; TooManyRequestsError when their network asked too often.

    `device` is empty, or names a browser that has logged in to this account before.
    """
    network_hash = _hash(key, "network", network, now.date().isoformat())
    take_advisory_lock(session, AdvisoryLock.LOGIN)
    asked = (
        select(func.count())
        .select_from(password_request)
        .where(password_request.c.network_hash == network_hash, password_request.c.at > now - HOUR)
    )
    if (session.scalar(asked) or 0) >= PER_NETWORK:
        raise TooManyRequestsError(network_hash)
    session.execute(
        password_request.insert().values(
            email=login_name(email)[:LONGEST_ADDRESS],
            network_hash=network_hash,
            device_hash=_hash(key, "device", device) if device else "",
            at=now,
        )
    )


def record_refused(session: Session, error: TooManyRequestsError, *, now: datetime) -> None:
    """Write down that a network asks too often: one entry an hour for each."""
    audit_log.record_once(
        session,
        subject=error.network_hash,
        action="login.forgotten.throttled",
        actor=Actor(None, Via.DESK),
        details={"network": error.network_hash[:16]},
        now=now,
    )


def are_waiting(session: Session) -> bool:
    """Whether a request has not been looked at."""
    waiting = select(password_request.c.id).where(password_request.c.handled_at.is_(None))
    return session.execute(waiting.limit(1)).first() is not None


def answer(session: Session, *, context: OrganizerMail, now: datetime) -> None:
    """Mail a link to each who has a login, and forget what was typed."""
    rows = session.execute(
        select(password_request)
        .where(password_request.c.handled_at.is_(None))
        .order_by(password_request.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        person = session.execute(
            select(organizer.c.id, organizer.c.email, organizer.c.language).where(
                organizer.c.email == row.email, organizer.c.disabled_at.is_(None)
            )
        ).one_or_none()
        is_answered = person is not None and _may_be_sent(session, person.id, row.device_hash, now=now)
        session.execute(
            update(password_request)
            .where(password_request.c.id == row.id)
            .values(email="", handled_at=now, organizer_id=person.id if person and is_answered else None)
        )
        if person and is_answered:
            token = password_resets.offer(session, person.id, now=now)
            send(
                session,
                context,
                EmailKind.PASSWORD_RESET,
                to=person.email,
                language=person.language,
                now=now,
                url=context.address(f"reset/{token}"),
                is_asked_for=True,
            )
            details = {"organizer": person.id}
            audit_log.record(
                session, action="login.forgotten", actor=Actor(None, Via.DESK), details=details, now=now
            )


def is_forgotten(now: datetime) -> ColumnElement[bool]:
    """The condition that a request is counted by no limit any more; what nobody looked at goes too."""
    return password_request.c.at < now - DAY


def _may_be_sent(session: Session, organizer_id: int, device_hash: str, *, now: datetime) -> bool:
    mailed = session.scalars(
        select(password_request.c.handled_at)
        .where(
            password_request.c.organizer_id == organizer_id,
            password_request.c.device_hash == device_hash,
            password_request.c.at > now - DAY,
        )
        .order_by(password_request.c.at.desc())
        .limit(PER_ACCOUNT_AND_DAY)
    ).all()
    if len(mailed) >= PER_ACCOUNT_AND_DAY:
        return False
    return all(at is None or at <= now - HOUR for at in mailed)


def _hash(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode("utf-8", "replace"), "sha256").hex()
