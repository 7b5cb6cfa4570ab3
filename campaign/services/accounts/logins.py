"""Logging in: how often one may try, and what becomes of a try.

A try takes three steps, so that no transaction waits for a password hash: `begin` counts it as failed,
`check` hashes, and `succeed` or `fail` writes down what came of it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.services.accounts import sessions
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell
from campaign.services.accounts.organizers import login_name
from campaign.services.accounts.passwords import Passwords
from campaign.services.accounts.throttling import TooManyTriesError
from campaign.services.audit import audit_log
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import LoginAttempt, Organizer

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TRIES_PER_ACCOUNT = 5
TRIES_PER_NETWORK = 20
# After the fifth failure within an hour each further one doubles the wait, up to this: long enough to make
# guessing hopeless, short enough that nobody can keep an organizer out.
LONGEST_WAIT = timedelta(minutes=1)
REMEMBERED = timedelta(days=1)
# So many tries of its own an hour a network has at any account, whatever others have tried there: nobody is
# kept out by strangers elsewhere.
OWN_TRIES = 3


@dataclass(frozen=True)
class LoginTry:
    """One try that may go on to the password check."""

    id: int
    account_hash: str
    network_hash: str
    organizer_id: int | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True)
class PasswordCheck:
    """What the check found; `new_hash` is set when the stored one is of another cost."""

    is_right: bool
    new_hash: str | None = field(default=None, repr=False)


def begin(session: Session, email: str, *, network: str, device: str, key: bytes, now: datetime) -> LoginTry:
    """Count a try; TooManyTriesError with the seconds to wait when there were too many.

    `device` is empty, or names a browser that this organizer has logged in with before: it is counted apart,
    so that no stranger's failures keep them out, neither at their account nor in their network. `key` makes
    hashes of account and network.
    """
    name = login_name(email)
    account_hash = _hash(key, "account", name, device)
    network_hash = _hash(key, "network", network, now.date().isoformat())
    take_advisory_lock(session, AdvisoryLock.LOGIN)
    organizer_id, password_hash = session.execute(
        select(Organizer.id, Organizer.password_hash).where(
            Organizer.email == name, Organizer.disabled_at.is_(None)
        )
    ).one_or_none() or (None, None)
    at_account = LoginAttempt.account_hash == account_hash
    from_network = LoginAttempt.network_hash == network_hash
    wait = _wait_for_account(_failures(session, at_account, now=now), now)
    if not device:
        if len(_failures(session, at_account, from_network, now=now)) < OWN_TRIES:
            wait = timedelta(0)
        wait = max(wait, _wait_for_network(_failures(session, from_network, now=now), now))
    if wait > timedelta(0):
        raise TooManyTriesError(wait, organizer_id, account_hash if organizer_id else network_hash)
    session.execute(delete(LoginAttempt).where(is_forgotten(now)))
    attempt = LoginAttempt(account_hash=account_hash, network_hash=network_hash, at=now)
    session.add(attempt)
    session.flush()
    return LoginTry(attempt.id, account_hash, network_hash, organizer_id, password_hash)


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
    audit_log.record(session, action=action, actor=actor, details={}, now=now)
    return attempt.organizer_id


def let_in(
    session: Session,
    organizer_id: int,
    *,
    device: str,
    is_known: bool,
    replaces: str | None,
    context: OrganizerMail,
    now: datetime,
) -> str:
    """Begin the session of somebody who has given all that was asked for; the token for its cookie.

    `device` is their browser in words. Unless it `is_known`, they are told by mail that it came in, but not
    the first time that they come at all.
    """
    was_here = session.scalar(select(Organizer.seen_at).where(Organizer.id == organizer_id)) is not None
    if was_here and not is_known:
        tell(session, context, organizer_id, SecurityNotice.NEW_DEVICE, device=device, now=now)
    return sessions.start(session, organizer_id, replaces=replaces, device=device, now=now)


def fail(session: Session, attempt: LoginTry, *, action: str, now: datetime) -> None:
    """Write down a refused try; who was meant is told by id.

    Of tries at accounts that there are not, one an hour is written down for each network.
    """
    actor = Actor(attempt.organizer_id, Via.DESK)
    if attempt.organizer_id:
        audit_log.record(session, action=action, actor=actor, details={}, now=now)
    else:
        details = {"account": attempt.account_hash[:16], "network": attempt.network_hash[:16]}
        audit_log.record_once(
            session, subject=attempt.network_hash, action=action, actor=actor, details=details, now=now
        )


def record_throttled(session: Session, error: TooManyTriesError, *, action: str, now: datetime) -> None:
    """Write down that tries are not looked at: one entry an hour for each account, or for each network."""
    audit_log.record_once(
        session,
        subject=error.subject,
        action=action,
        actor=Actor(error.organizer_id, Via.DESK),
        details={} if error.organizer_id else {"network": error.subject[:16]},
        now=now,
    )


def _failures(session: Session, *of: ColumnElement[bool], now: datetime) -> Sequence[datetime]:
    """When the last tries of one hour failed, the newest first; no more than a limit needs."""
    return session.scalars(
        select(LoginAttempt.at)
        .where(*of, LoginAttempt.at > now - HOUR)
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
