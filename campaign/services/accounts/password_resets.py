"""Links under which an organizer chooses a new password: printed once, good for an hour and one use."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.tokens import new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.services import audit
from campaign.services.accounts import organizers, sessions
from campaign.store.tables import Organizer

GOOD_FOR = timedelta(hours=1)
# What no password matches: the old one ends when the link is made.
_NO_PASSWORD = ""


def start(session: Session, email: str, *, actor: Actor, now: datetime) -> str:
    """The token of a new link; the old password, an earlier link and every session end at once.

    NotFoundError when there is no such login, ConflictError when it is disabled.
    """
    organizer = organizers.locked(session, email)
    if organizer.disabled_at is not None:
        raise ConflictError("This login is disabled. Enable it first.")
    token = new_token()
    organizer.password_hash = _NO_PASSWORD
    organizer.reset_hash, organizer.reset_until = token_hash(token), now + GOOD_FOR
    session.flush()
    ended = sessions.delete_others(session, organizer.id, keep="")
    details = {"organizer": organizer.id, "sessions_ended": ended}
    audit.record(session, action="organizer.reset", actor=actor, details=details, now=now)
    return token


def email_behind(session: Session, token: str, *, now: datetime) -> str:
    """Whose link it is; NotFoundError when it is not known, was used, or its hour is over."""
    email = session.scalar(select(Organizer.email).where(*_is_good(token, now)))
    if email is None:
        raise _unknown()
    return email


def finish(session: Session, token: str, *, password_hash: str, now: datetime) -> None:
    """Store the hash of a password that passed `check_new_password`; the link is used up."""
    organizer_id = session.scalar(
        update(Organizer)
        .where(*_is_good(token, now))
        .values(password_hash=password_hash, reset_hash=None, reset_until=None)
        .returning(Organizer.id)
    )
    if organizer_id is None:
        raise _unknown()
    actor = Actor(organizer_id, Via.LINK)
    audit.record(session, action="organizer.password", actor=actor, details={}, now=now)


def _is_good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Organizer.reset_hash == token_hash(token),
        Organizer.reset_until > now,
        Organizer.disabled_at.is_(None),
    )


def _unknown() -> NotFoundError:
    return NotFoundError("This link is unknown, already used, or more than an hour old. Ask for a new one.")
