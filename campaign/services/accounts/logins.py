"""Logging in: how often one may try, and what becomes of a try.

A try takes three steps, so that no transaction waits for a password hash: `begin` counts it as failed,
`check` hashes, and `succeed` or `fail` writes down what came of it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.domain.actor import Actor, Via
from campaign.errors import RefusedError
from campaign.services import audit
from campaign.services.accounts.organizers import login_name
from campaign.services.accounts.passwords import Passwords
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import LoginAttempt, Organizer

MINUTE = timedelta(minutes=1)
TRIES_PER_ACCOUNT = 5
TRIES_PER_NETWORK = 20
# After the fifth failure within an hour each further one doubles the wait, up to this: long enough to make
# guessing hopeless, short enough that nobody can keep an organizer out.
LONGEST_WAIT = timedelta(minutes=1)
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True)
class LoginTry:
    """One try that may go on to the password check."""

    id: int
    account_hash: str
    organizer_id: int | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True)
class PasswordCheck:
    """What the check found; `new_hash` is set when the stored one is of another cost."""

    is_right: bool
    new_hash: str | None = field(default=None, repr=False)


def begin(session: Session, email: str, *, network: str, device: str, key: bytes, now: datetime) -> LoginTry:
    """Count a try; RefusedError with the seconds to wait when there were too many.

    `device` is empty, or names a browser that this organizer has logged in with before: it is counted apart,
    so that no stranger's failures keep them out. `key` makes hashes of account and network.
    """
    name = login_name(email)
    account_hash = _hash(key, "account", name, device)
    network_hash = _hash(key, "network", network, now.date().isoformat())
    take_advisory_lock(session, AdvisoryLock.LOGIN)
    wait = max(
        _wait_for_account(_failures(session, LoginAttempt.account_hash, account_hash, now=now), now),
        _wait_for_network(_failures(session, LoginAttempt.network_hash, network_hash, now=now), now),
    )
    if wait > timedelta(0):
        raise RefusedError(
            "There were too many tries. Wait %(seconds)d seconds, then try again.",
            seconds=int(wait.total_seconds()) + 1,
        )
    session.execute(delete(LoginAttempt).where(is_forgotten(now)))
    attempt = LoginAttempt(account_hash=account_hash, network_hash=network_hash, at=now)
    session.add(attempt)
    session.flush()
    organizer = session.execute(
        select(Organizer.id, Organizer.password_hash).where(
            Organizer.email == name, Organizer.disabled_at.is_(None)
        )
    ).one_or_none()
    return LoginTry(attempt.id, account_hash, *(organizer or (None, None)))


def is_forgotten(now: datetime) -> ColumnElement[bool]:
    """The condition that a failed login counts no more."""
    return LoginAttempt.at < now - REMEMBERED


def check(attempt: LoginTry, password: str, passwords: Passwords) -> PasswordCheck:
    """Hash and compare, for an unknown account too; it takes a tenth of a second, so open no transaction."""
    if not passwords.matches(attempt.password_hash, password):
        return PasswordCheck(is_right=False)
    outdated = passwords.is_outdated(attempt.password_hash or "")
    return PasswordCheck(is_right=True, new_hash=passwords.hashed(password) if outdated else None)


def succeed(
    session: Session, attempt: LoginTry, checked: PasswordCheck, *, action: str, now: datetime
) -> int:
    """Take the try off the count of failures and say whose it was; `action` is what the audit calls it."""
    if not checked.is_right or attempt.organizer_id is None:
        raise ValueError("only a try with the right password can succeed")
    session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt.id))
    if checked.new_hash:
        session.execute(
            update(Organizer)
            .where(Organizer.id == attempt.organizer_id, Organizer.password_hash == attempt.password_hash)
            .values(password_hash=checked.new_hash)
        )
    actor = Actor(attempt.organizer_id, Via.DESK)
    audit.record(session, action=action, actor=actor, details={}, now=now)
    return attempt.organizer_id


def fail(session: Session, attempt: LoginTry, *, action: str, now: datetime) -> None:
    """Write down a refused try; who was meant is told by id, or for no account by a hash."""
    details = {} if attempt.organizer_id else {"account": attempt.account_hash[:16]}
    actor = Actor(attempt.organizer_id, Via.DESK)
    audit.record(session, action=action, actor=actor, details=details, now=now)


def _failures(
    session: Session, column: InstrumentedAttribute[str], value: str, *, now: datetime
) -> Sequence[datetime]:
    """When the last tries of one hour failed, the newest first; no more than a limit needs."""
    return session.scalars(
        select(LoginAttempt.at)
        .where(column == value, LoginAttempt.at > now - timedelta(hours=1))
        .order_by(LoginAttempt.at.desc())
        .limit(TRIES_PER_NETWORK)
    ).all()


def _wait_for_account(failures: Sequence[datetime], now: datetime) -> timedelta:
    if len(failures) < TRIES_PER_ACCOUNT:
        return timedelta(0)
    doubled = timedelta(seconds=2 ** min(len(failures) - TRIES_PER_ACCOUNT, 10))
    per_minute = failures[TRIES_PER_ACCOUNT - 1] + MINUTE - now
    return max(per_minute, failures[0] + min(doubled, LONGEST_WAIT) - now)


def _wait_for_network(failures: Sequence[datetime], now: datetime) -> timedelta:
    if len(failures) < TRIES_PER_NETWORK:
        return timedelta(0)
    return failures[TRIES_PER_NETWORK - 1] + MINUTE - now


def _hash(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode("utf-8", "replace"), "sha256").hex()
